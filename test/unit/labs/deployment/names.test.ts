/** Learners share an account: whatever they are called, no name of one is a name, or within a permission, of another. */
import { LEARNER_PATTERN, baseName, stackName } from '../../../../lib/course/names';
import { namesOf } from '../../../../labs/deployment/names';
import { leasePolicy } from '../../infra/lease-policy';

const WHO = { account: '123456789012', region: 'us-east-1' };
/** Made of the words that names end with, to be as alike as can be. */
const WORDS = ['staging', 'production', 'verify', 'lease', 'errors', 'latency', 'endpoint', 'databucket', 'me', 'a'];
const LEARNERS = WORDS.flatMap((word) => [word, ...WORDS.map((end) => `${word}-${end}`)]).filter((name) =>
  LEARNER_PATTERN.test(name),
);

/** Those whose names end in a word that counts, for what takes time. */
const FEW = [
  'me',
  'a',
  ...['staging', 'production', 'endpoint', 'databucket'].flatMap((word) => [word, `a-${word}`]),
].filter((name) => LEARNER_PATTERN.test(name));

/** All that a learner's lab names, by the sort of thing: two of a sort may not have one name. */
function named(learner: string): string[] {
  const names = namesOf(learner);
  return [
    ...[stackName('deployment', learner), names.stagingStack, names.productionStack].map((one) => `stack ${one}`),
    ...[names.stagingEndpoint, names.productionEndpoint].map((one) => `endpoint ${one}`),
    ...names.alarms.map((one) => `alarm ${one}`),
    `pipeline ${names.base}`,
    `project ${names.buildProject}`,
    `function ${baseName('deployment', learner)}-lease`,
  ];
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: object;
}

/** ARN patterns on which a learner's lease may do something without our tags being asked for. */
function reach(learner: string, actions: RegExp): RegExp[] {
  const { Statement } = JSON.parse(leasePolicy('deployment', { learner, ...WHO })) as { Statement: Statement[] };
  return Statement.filter(({ Action, Condition }) => !Condition && [Action].flat().some((one) => actions.test(one)))
    .flatMap(({ Resource }) => Resource)
    .map((arn) => new RegExp(`^${arn.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`));
}

test('many names are tried', () => expect(LEARNERS.length).toBeGreaterThan(50));

test('no thing of one learner is called like another’s', () => {
  const all = LEARNERS.flatMap(named);
  expect(all.filter((name, at) => all.indexOf(name) !== at)).toEqual([]);
});

test('a learner’s lease may delete that learner’s stacks, and none of another', () => {
  const arn = (stack: string) => `arn:aws:cloudformation:us-east-1:${WHO.account}:stack/${stack}/1-2-3`;
  const stacks = (learner: string) =>
    named(learner)
      .filter((one) => one.startsWith('stack '))
      .map((one) => arn(one.slice(6)));
  for (const learner of FEW) {
    const patterns = reach(learner, /^cloudformation:DeleteStack$/);
    const reached = (one: string) => patterns.some((pattern) => pattern.test(one));
    expect(stacks(learner).filter((one) => !reached(one))).toEqual([]);
    const others = FEW.filter((one) => one !== learner).flatMap(stacks);
    expect({ learner, reached: others.filter(reached) }).toEqual({ learner, reached: [] });
  }
});

test('a learner’s lease may empty that learner’s buckets, and none of another', () => {
  const objects = (learner: string) =>
    ['databucket', 'sourcebucket'].map(
      (id) => `arn:aws:s3:::${stackName('deployment', learner).toLowerCase()}-${id}-x1y2z3/evidence/e/smoke.json`,
    );
  for (const learner of FEW) {
    const patterns = reach(learner, /^s3:DeleteObject/);
    const reached = (one: string) => patterns.some((pattern) => pattern.test(one));
    expect(objects(learner).filter((one) => !reached(one))).toEqual([]);
    const others = FEW.filter((one) => one !== learner).flatMap(objects);
    expect({ learner, reached: others.filter(reached) }).toEqual({ learner, reached: [] });
  }
});

test.each(['databucket', 'sourcebucket', 'a-databucket', 'databucket-2'])('%s is no learner’s name', (name) =>
  expect(name).not.toMatch(LEARNER_PATTERN),
);
