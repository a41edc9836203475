/** Two engines that share no code decide alike about requests and policies by chance: the local cloud's, and test/iam's. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { venvPython } from '../../../local-cloud/boot/python';
import { decide, type Decision } from '../../iam/evaluation';
import { type Case, Cases } from '../../iam/generated';
import { generator } from '../../unit/teardown/random';

const SEED = Number(process.env.LAB_IAM_SEED ?? 1);
const COUNT = Number(process.env.LAB_IAM_CASES ?? 20_000);
const NAMES: Readonly<Record<string, Decision>> = {
  Allow: 'allowed',
  Deny: 'explicitly denied',
  ImplicitDeny: 'implicitly denied',
};

let cases: readonly Case[];
let theirs: readonly Decision[];
let ours: readonly Decision[];
beforeAll(() => {
  const made = new Cases(generator(SEED));
  cases = Array.from({ length: COUNT }, () => made.case());
  const done = spawnSync(venvPython(), [join(__dirname, 'decide.py')], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (done.status !== 0) throw new Error(done.stderr);
  theirs = (JSON.parse(done.stdout) as string[]).map((one) => NAMES[one]!);
  ours = cases.map(({ request, policies }) => decide(request, policies));
});

test(`both decide alike (seed ${SEED})`, () => {
  const different = cases
    .map((one, at) => ({ ...one, ours: ours[at], theirs: theirs[at] }))
    .filter((one) => one.ours !== one.theirs);
  expect({ different: different.length, first: different[0] }).toEqual({ different: 0, first: undefined });
});

test('the cases are of all sorts', () => {
  const share = (decision: Decision): number => ours.filter((one) => one === decision).length / COUNT;
  for (const decision of Object.values(NAMES)) expect(share(decision)).toBeGreaterThan(0.1);
  const text = JSON.stringify(cases);
  for (const part of [
    'NotAction',
    'NotResource',
    'IfExists',
    'ForAllValues:',
    'ForAnyValue:',
    'Null',
    '${aws:username}',
  ])
    expect(text).toContain(part);
});
