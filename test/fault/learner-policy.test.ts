/** A learner who has the policy of docs/permissions and no more: labs in further modes go through, and one action less stops a lab, naming it. */
import {
  CreatePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListAttachedUserPoliciesCommand,
} from '@aws-sdk/client-iam';
import { realDeps } from '../../lib/commands/deps';
import type { RehearsalReport } from '../../lib/commands/rehearse';
import { openTarget, type Target } from '../../lib/target';
import type { PolicyDocument } from '../../lib/target/learner-policy';
import type { Recorded } from '../../scripts/policy/record';
import requests from '../../scripts/policy/requests.json';
import { runCli } from '../proof/run-cli';
import { generator } from '../unit/teardown/random';
import { record } from './figures';
import { testAll } from './played';
import { SEED } from './seed';

/** Takes an action away from the learner, as an administrator. */
async function takeAway(target: Target, action: string): Promise<void> {
  const { iam } = target.administrator!;
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName: 'learner' }));
  for (const { PolicyArn } of AttachedPolicies) {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy!.DefaultVersionId }),
    );
    const document = JSON.parse(decodeURIComponent(PolicyVersion!.Document!)) as PolicyDocument;
    const Statement = document.Statement.map((one) => ({
      ...one,
      Action: [one.Action].flat().filter((name) => name !== action),
    })).filter(({ Action }) => Action.length > 0);
    const PolicyDocument = JSON.stringify({ ...document, Statement });
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
  }
}

/** `./lab rehearse`, in a cloud in which something is done first. */
async function rehearse(
  line: string,
  first: (target: Target) => Promise<void> = async () => undefined,
): Promise<{ code: number; report: RehearsalReport; err: string }> {
  const deps = {
    ...realDeps(),
    openTarget: async (...asked: Parameters<typeof openTarget>) => {
      const target = await openTarget(...asked);
      await first(target);
      return target;
    },
  };
  const { code, out, err } = await runCli(['rehearse', ...line.split(' '), '--json'], deps);
  return { code, report: JSON.parse(out) as RehearsalReport, err };
}

const NOTHING = { denied: [], invalid: [], leftovers: [], err: '' };

// The labs in their default modes are rehearsed by test/rehearsal, as the same learner.
testAll.each(['training --compute processing', 'deployment --build lambda', 'monitoring --monitor managed'])(
  '%s: it goes through, and nothing is refused',
  async (line) => {
    const { code, report, err } = await rehearse(line);
    const { denied, invalid, leftovers } = report.labs[0]!;
    expect({ code, denied, invalid, leftovers, err: code === 0 ? '' : err }).toEqual({ ...NOTHING, code: 0 });
  },
);

/** What the steps and checks of the shortest lab ask for. */
const asked = (requests as readonly Recorded[])
  .filter(({ by }) => by['data-prep']?.some((verb) => ['step', 'check', 'up'].includes(verb)))
  .map(({ action }) => action)
  .filter((action) => !['sts:GetCallerIdentity', 'ssm:GetParameter'].includes(action));
const next = generator(SEED);
const sample = [...new Set(asked)]
  .map((action) => ({ action, at: next() }))
  .sort((a, b) => a.at - b.at)
  .slice(0, 5)
  .map(({ action }) => action);

testAll.each(sample)(`without %s the rehearsal fails, naming it (seed ${SEED})`, async (action) => {
  const { code, report, err } = await rehearse('data-prep', (target) => takeAway(target, action));
  expect(code).not.toBe(0);
  expect(report.labs[0]!.denied.map((one) => one.action)).toContain(action);
  expect(err).toContain(action);
  record(`The learner's policy without ${action}`, 'data-prep stops there, naming it');
});
