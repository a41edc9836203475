/** Learners share an account. Whatever they are called: nothing that one's labs may do, hear or list reaches another's. */
import { isJobOf, LEARNER_PATTERN } from '../../../lib/course/names';
import { namesOf } from '../../../labs/deployment/names';
import { fires, fulfilled, matches, taggedAs, worldOf, type Grant, type World } from './learner-world';

/** As alike as can be: one's name is the start of another's, or ends in a word that names of things end with. */
const ALIKE = [
  'me',
  'a',
  'a-b',
  'a-b-c',
  'a-serve',
  'a-endpoint',
  'a-production',
  'a-production-b',
  'b',
  'train-a',
  'mon-a',
];

/** Names made of a seed: the same on each run. */
function seeded(count: number): string[] {
  let state = 2013;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const parts = [
    'a',
    'b',
    'me',
    'ana',
    'serve',
    'staging',
    'endpoint',
    'production',
    'mon',
    'train',
    'x1',
    'errors',
    'lease',
  ];
  const names = new Set<string>();
  while (names.size < count) {
    const name = Array.from({ length: 1 + random(4) }, () => parts[random(parts.length)]).join('-');
    if (LEARNER_PATTERN.test(name)) names.add(name);
  }
  return [...names];
}

const LEARNERS = [...new Set([...ALIKE, ...seeded(10)])];
const worlds = new Map<string, World>();
beforeAll(async () => {
  for (const learner of LEARNERS) worlds.set(learner, await worldOf(learner));
});

/** Every pair of two learners, in both orders. */
const pairs = (): [string, World, string, World][] =>
  LEARNERS.flatMap((one) =>
    LEARNERS.filter((other) => other !== one).map((other): [string, World, string, World] => [
      one,
      worlds.get(one)!,
      other,
      worlds.get(other)!,
    ]),
  );

/** Patterns that are the same for each learner: all of the account's, or what AWS shares. Conditions and reasons keep these. */
const everybodys = (): ReadonlySet<string> => {
  const [first, ...rest] = ['b', 'a-b'].map(
    (learner) => new Set(worlds.get(learner)?.grants.flatMap((one) => one.resources)),
  );
  return new Set([...first!].filter((one) => rest.every((set) => set.has(one))));
};

const READS = /:(Get|BatchGet|List|Describe|BatchCheck|Search|Validate)/;
/** What takes no resource, or writes where the whole account writes: streams of shared log groups, metrics, answers to jobs. */
const SHARED = [
  /^logs:(CreateLogGroup|CreateLogStream|PutLogEvents)$/,
  /^cloudwatch:PutMetricData$/,
  /^codepipeline:PutJob(Success|Failure)Result$/,
  /^glue:PublishDataQuality$/,
];

test('names put in the place of another’s give the very policies, rules and things that the CDK gives', async () => {
  expect(await worldOf('a-b')).toEqual(await worldOf('a-b', true));
});

test.each(['a--b', 'a-', '-a', 'a--', 'ana--endpoint'])('%s is no learner’s name', (name) => {
  expect(name).not.toMatch(LEARNER_PATTERN);
});

test('no pattern with a learner’s name in it matches a thing of another', () => {
  const shared = everybodys();
  const reached = pairs().flatMap(([one, { grants }, other, { things }]) => {
    const patterns = new Set(grants.flatMap(({ resources }) => resources).filter((pattern) => !shared.has(pattern)));
    return [...patterns].flatMap((pattern) =>
      things.filter((arn) => matches(pattern, arn)).map((arn) => `${one}, by ${pattern}: ${arn} of ${other}`),
    );
  });
  expect(reached.slice(0, 10)).toEqual([]);
});

test('what all of the account’s things match is read only, shared by AWS, or asks for the learner’s tags', () => {
  const shared = everybodys();
  const theirThings = worlds.get('a')!.things;
  const wide = (['b', 'a-b'] as const).flatMap((learner) =>
    worlds.get(learner)!.grants.flatMap((grant) => {
      const reaches = grant.resources.some((one) => shared.has(one) && theirThings.some((arn) => matches(one, arn)));
      if (grant.role.startsWith('Lease') || !reaches) return [];
      const theirs = { ...taggedAs(grant.lab, 'a', 'ResourceTag'), ...taggedAs(grant.lab, 'a', 'RequestTag') };
      const asked = Object.values(grant.conditions).length > 0 && !fulfilled(grant, theirs);
      return grant.actions
        .filter((action) => !READS.test(action) && !SHARED.some((one) => one.test(action)) && !asked)
        .map((action) => `${grant.lab} ${grant.role}: ${action} on ${grant.resources.join(', ')}`);
    }),
  );
  expect(wide).toEqual([]);
});

test('no rule hears of another’s jobs, versions or sources', () => {
  const heard = pairs().flatMap(([one, { rules }, other, { jobs, things }]) => {
    const events = [
      ...jobs.flatMap((name) =>
        ['Training', 'Processing'].map((kind) => ({
          source: 'aws.sagemaker',
          'detail-type': `SageMaker ${kind} Job State Change`,
          detail: { [`${kind}JobName`]: name, [`${kind}JobStatus`]: 'Completed' },
        })),
      ),
      ...things.flatMap((arn): object[] => {
        const [, group] = /model-package-group\/(.+)$/.exec(arn) ?? [];
        const [, bucket] = /^arn:aws:s3:::([^/]+)$/.exec(arn) ?? [];
        if (group !== undefined)
          return [
            {
              source: 'aws.sagemaker',
              'detail-type': 'SageMaker Model Package State Change',
              detail: { ModelPackageGroupName: group, ModelApprovalStatus: 'Approved' },
            },
          ];
        return bucket === undefined
          ? []
          : [
              {
                source: 'aws.s3',
                'detail-type': 'Object Created',
                detail: { bucket: { name: bucket }, object: { key: 'source.zip' } },
              },
            ];
      }),
    ];
    return rules.flatMap(({ pattern }) =>
      events
        .filter((event) => fires(pattern, event))
        .map((event) => `${one} hears ${JSON.stringify(event)} of ${other}`),
    );
  });
  expect(heard).toEqual([]);
});

test('a learner’s own rules hear of that learner’s retrainings, versions and sources', () => {
  const { rules, jobs } = worlds.get('a-b')!;
  const retrained = jobs.find((name) => name.startsWith('mla-retrain-'))!;
  const detail = { TrainingJobName: retrained, TrainingJobStatus: 'Completed' };
  const event = { source: 'aws.sagemaker', 'detail-type': 'SageMaker Training Job State Change', detail };
  expect(rules.filter(({ pattern }) => fires(pattern, event))).toHaveLength(1);
});

test('lists by the start of a name hold that learner’s jobs and alarms only', () => {
  for (const learner of LEARNERS) {
    const { jobs } = worlds.get(learner)!;
    expect(jobs.filter((name) => !isJobOf(learner, name))).toEqual([]);
  }
  const listed = pairs().flatMap(([one, , other, { jobs, alarms }]) => [
    ...jobs.filter((name) => isJobOf(one, name)).map((name) => `${one} lists ${name} of ${other}`),
    ...alarms
      .filter((name) => name.startsWith(`${namesOf(one).productionEndpoint}-`))
      .map((name) => `${one} lists ${name} of ${other}`),
  ]);
  expect(listed).toEqual([]);
});

describe('tagging', () => {
  const TAGGING =
    /:(AddTags|TagResource|AddTagsToResource|TagRole|PutBucketTagging|TagQueue|DeleteTags|UntagResource)$/;
  const can = ({ grants }: World, action: string, arn: string, context: Record<string, string>): Grant[] =>
    grants.filter(
      (one) =>
        one.actions.includes(action) &&
        one.resources.some((pattern) => matches(pattern, arn)) &&
        fulfilled(one, context),
    );

  test('makes nothing that another learner or nobody tagged a learner’s own', () => {
    const made = pairs().flatMap(([one, world, other, { things }]) => {
      const tagging = world.grants.filter(({ actions }) => actions.some((action) => TAGGING.test(action)));
      return tagging.flatMap((grant) => {
        const asked = taggedAs(grant.lab, one, 'RequestTag');
        const may = [taggedAs(grant.lab, other, 'ResourceTag'), {}].some((is) => fulfilled(grant, { ...is, ...asked }));
        const reached = things.filter((arn) => may && grant.resources.some((pattern) => matches(pattern, arn)));
        return reached.map((arn) => `${one}’s ${grant.role} may ${grant.actions.join()} ${arn} of ${other}`);
      });
    });
    expect(made.slice(0, 10)).toEqual([]);
  });

  test.each([
    ['deployment', 'CreateModel', 'model/anything'],
    ['deployment', 'CreateEndpointConfig', 'endpoint-config/anything'],
    ['deployment', 'CreateEndpoint', 'endpoint/mla-labs-deployment-a-b--staging'],
    ['monitoring', 'CreateModel', 'model/anything'],
    ['monitoring', 'CreateProcessingJob', 'processing-job/mla-mon-a-b--1'],
    ['monitoring', 'CreateTrainingJob', 'training-job/mla-retrain-a-b--1'],
  ] as const)('of %s is allowed while %s makes %s', (lab, call, resource) => {
    const arn = `arn:aws:sagemaker:us-east-1:123456789012:${resource}`;
    const ours = { ...taggedAs(lab, 'a-b', 'RequestTag'), 'sagemaker:TaggingAction': call };
    const roles = (action: string): string[] =>
      can(worlds.get('a-b')!, action, arn, ours)
        .filter((one) => one.lab === lab)
        .map(({ role }) => role);
    expect(roles('sagemaker:AddTags')).toEqual(expect.arrayContaining(roles(`sagemaker:${call}`)));
    expect(roles(`sagemaker:${call}`).length).toBeGreaterThan(0);
  });
});
