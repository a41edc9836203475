/** What a role may do was asked for in a rehearsal or proof, or is in a typed list with the reason and its source. */
import { byAwsItself, type Entry, NOT_RECORDED } from '../../iam/aws-itself';
import exercised from '../../iam/exercised.json';
import { granted } from '../../iam/granted';
import type { Exercised } from '../../iam/record';

const RECORDED = exercised as Exercised;
const key = (lab: string, role: string, action: string): string => `${lab} ${role} ${action}`;

let allowed: ReadonlySet<string>;
beforeAll(async () => {
  allowed = new Set((await granted()).map(({ lab, role, action }) => key(lab, role, action)));
});

const asked = new Set(
  Object.entries(RECORDED).flatMap(([who, actions]) => Object.keys(actions).map((action) => `${who} ${action}`)),
);
const covers = (entry: Entry, one: string): boolean => {
  const [lab = '', role = '', action = ''] = one.split(' ');
  return entry.labs.test(lab) && entry.roles.test(role) && entry.actions.includes(action);
};
const listed = [...byAwsItself, ...NOT_RECORDED];

test('each allowed action is exercised (test/iam/record.ts), or has a reason in test/iam/aws-itself.ts', () => {
  const idle = [...allowed].filter((one) => !asked.has(one) && !listed.some((entry) => covers(entry, one)));
  expect(idle).toEqual([]);
});

test('what was exercised is still allowed: record it anew with test/iam/record.ts', () => {
  expect([...asked].filter((one) => !allowed.has(one))).toEqual([]);
});

test('no reason is of something that is not allowed any more, or is exercised by now', () => {
  const idle = listed.flatMap((entry) =>
    entry.actions
      .filter((action) => ![...allowed].some((one) => !asked.has(one) && covers({ ...entry, actions: [action] }, one)))
      .map((action) => `${entry.roles} ${action}`),
  );
  expect(idle).toEqual([]);
});

test.each(byAwsItself)('AWS says so: $actions', ({ source, reason }) => {
  expect(source).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|hadoop\.apache\.org)\//);
  expect(reason).not.toBe('');
});
