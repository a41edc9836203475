/** What an account and its Region have for the labs. Asks only, and makes nothing. */
import { fetchQuotas, isTooLow, type QuotaAnswer, describeQuota } from '../aws/quotas';
import type { Lab } from '../course/model';
import { allModes, inModes } from '../course/modes';
import { isKnownRegion, REGIONS } from '../facts/regions';
import type { Target } from '../target/target';
import type { Finding } from './finding';
import { lookAtServices } from './services';

/** A lab with the modes that it is looked at in, and the account's quotas for it. */
export interface LabQuotas {
  readonly lab: Lab;
  readonly modes: Readonly<Record<string, string>>;
  readonly answers: readonly QuotaAnswer[];
}

export async function quotasOf(
  target: Target,
  labs: readonly Lab[],
  chosen: Readonly<Record<string, string>>,
): Promise<LabQuotas[]> {
  return Promise.all(
    labs.map(async (lab) => ({ lab, modes: allModes(lab, chosen), answers: await fetchQuotas(target.clients, lab) })),
  );
}

export async function lookAtAccount(
  target: Target,
  labs: readonly Lab[],
  bootstrapped: () => Promise<boolean>,
): Promise<Finding[]> {
  const [bootstrap, services] = await Promise.all([
    lookAtBootstrap(target, bootstrapped),
    lookAtServices(target.clients, labs),
  ]);
  return [lookAtRegion(target, labs), bootstrap, ...services, ...notAsked(target, labs)];
}

function lookAtRegion({ account, region }: Target, labs: readonly Lab[]): Finding {
  const where = `Account ${account}, Region ${region}`;
  const needing = labs.filter(({ kinds }) => kinds.some((kind) => kind.startsWith('sagemaker:'))).map(({ id }) => id);
  if (needing.length === 0 || isKnownRegion(region)) {
    return { about: 'account', id: 'region', state: 'ok', saw: `${where}.` };
  }
  return {
    about: 'account',
    id: 'region',
    state: 'bad',
    saw: `${where}: this project knows no SageMaker images there, and ${needing.join(', ')} cannot be deployed.`,
    next: `use one of ${Object.keys(REGIONS).join(', ')}, for example: --region ${Object.keys(REGIONS)[0]}`,
  };
}

async function lookAtBootstrap(target: Target, bootstrapped: () => Promise<boolean>): Promise<Finding> {
  const about = { about: 'account', id: 'bootstrap' } as const;
  try {
    return (await bootstrapped())
      ? { ...about, state: 'ok', saw: 'The CDK is set up there (stack CDKToolkit).' }
      : {
          ...about,
          state: 'note',
          saw: 'The CDK is not set up there: ./lab up does it first, within the same question.',
          next: `npx cdk bootstrap aws://${target.account}/${target.region} (only to do it yourself)`,
        };
  } catch (error) {
    const { name, message } = error as Error;
    return {
      ...about,
      state: 'unknown',
      saw: `Whether the CDK is set up could not be asked (${name}: ${message.split('\n')[0]}).`,
    };
  }
}

/** What no read-only question tells. */
function notAsked({ name }: Target, labs: readonly Lab[]): Finding[] {
  if (name === 'local') return [];
  const findings: Finding[] = [
    {
      about: 'account',
      id: 'plan',
      state: 'note',
      saw: 'Whether the account is on the free plan, which blocks some services, is not asked here: aws freetier get-account-plan-state says it.',
    },
  ];
  const builds = labs.some(({ quotas = [] }) => quotas.some(({ quota }) => quota.service === 'codebuild'));
  if (builds) {
    findings.push({
      about: 'account',
      id: 'builds',
      state: 'note',
      saw: 'Builds can be held in a new account though the quota allows them: only a build shows it, and only AWS support lifts it. ./lab up deployment --build lambda needs none.',
    });
  }
  if (labs.some(({ id }) => id === 'monitoring')) {
    findings.push({
      about: 'account',
      id: 'model-monitor',
      state: 'note',
      saw: 'SageMaker Model Monitor is closed to new customers since 2026-07-30. Nothing that only reads tells whether yours is one; the lab monitoring does not need it.',
    });
  }
  return findings;
}

/** One finding a quota, once for all labs that need it: the largest need counts. */
export function lookAtQuotas(labs: readonly LabQuotas[]): Finding[] {
  const largest = new Map<string, QuotaAnswer>();
  for (const { answers, modes } of labs) {
    for (const answer of answers.filter(({ need }) => inModes(need, modes))) {
      const before = largest.get(answer.need.quota.code);
      if (before === undefined || before.need.value < answer.need.value) largest.set(answer.need.quota.code, answer);
    }
  }
  return [...largest.values()].map((answer) => ({
    about: 'quota',
    id: `quota:${answer.need.quota.code}`,
    state: answer.applied === undefined ? 'unknown' : isTooLow(answer) ? 'bad' : 'ok',
    saw: describeQuota(answer),
  }));
}
