/** The statements of the learner's policy. */
import type { PolicyDocument, PolicyStatement } from '../../lib/target/learner-policy';
import { LAB_IDS } from '../../lib/course/names';
import { kindsOf } from '../../lib/teardown/kinds';
import type { LabNames } from '../../lib/teardown/kind';
import { BEYOND, type Addition } from './beyond';
import type { Recorded } from './record';
import requests from './requests.json';
import { covers, OURS, oursOfType, patternOf } from './resources';

/** Which of the policies an action is in, by its service: each has to fit into a managed policy. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  data: ['s3', 'glue', 'athena', 'logs'],
  models: ['sagemaker', 'application-autoscaling'],
  operations: ['codepipeline', 'codebuild', 'cloudwatch', 'events', 'scheduler', 'sns', 'sqs', 'lambda'],
};
const REST = 'base';

const alone = (list: readonly string[]): string | readonly string[] => (list.length === 1 ? list[0]! : list);

/** Everybody may ask that. */
const NEEDS_NO_PERMISSION = 'sts:GetCallerIdentity';

export interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly condition?: PolicyStatement['Condition'];
}

const READS = /:(Get|List|Describe|BatchGet|Search|Filter)/;

/** What commands asked for on local clouds. */
export function recorded(): Grant[] {
  const passed = new Map<string, string[]>();
  const all = (requests as readonly Recorded[]).filter(({ action }) => action !== NEEDS_NO_PERMISSION);
  for (const { resource, passedTo } of all)
    if (passedTo !== undefined) passed.set(resource, [...(passed.get(resource) ?? []), passedTo].sort());
  return all.map(({ action, resource, passedTo }) => ({
    action,
    resource,
    ...(passedTo !== undefined && {
      condition: { StringEquals: { 'iam:PassedToService': alone(passed.get(resource)!) } },
    }),
  }));
}

/**
 * What teardown needs where an account holds more than a rehearsal's: what it looks at is as wide as its kinds say, for it
 * has to look at a thing to know whose it is; what it removes are things that this policy lets a learner make, so they
 * have our names.
 */
export function teardown(): Grant[] {
  return LAB_IDS.flatMap((lab) => {
    const place: LabNames = {
      partition: 'PARTITION',
      account: 'ACCOUNT',
      region: 'REGION',
      lab,
      learner: '*',
      stackName: 'MlaLabs-*',
      buckets: ['arn:PARTITION:s3:::mlalabs-*'],
    };
    return kindsOf(lab).flatMap(({ permissions }) =>
      permissions.flatMap((permission) =>
        permission.actions.flatMap((action) =>
          permission.resources(place).flatMap((resource): Grant[] => {
            const pattern = patternOf(resource);
            const narrow = READS.test(action) ? [] : oursOfType(pattern);
            if (narrow.length > 0) return narrow.map((one) => ({ action, resource: one }));
            const condition = OURS.includes(pattern) ? undefined : permission.conditions?.(place);
            return [{ action, resource: pattern, ...(condition && { condition }) }];
          }),
        ),
      ),
    );
  });
}

/** Each action with the resources of its own service. */
const additions = (): Grant[] =>
  BEYOND.flatMap(({ actions, resources, condition }: Addition) =>
    actions.flatMap((action) =>
      resources
        .filter((one) => ['*', action.split(':')[0], 'iam'].includes(one === '*' ? one : one.split(':')[2]))
        .map((resource) => ({ action, resource, ...(condition && { condition }) })),
    ),
  );

/** Everything, without what a wider grant of the same action allows already. */
export function grants(): Grant[] {
  const all = [...recorded(), ...teardown(), ...additions()];
  const distinct = [...new Map(all.map((grant) => [JSON.stringify(grant), grant])).values()];
  return distinct.filter(
    (one) =>
      !distinct.some(
        (other) =>
          other !== one && other.action === one.action && !other.condition && covers(other.resource, one.resource),
      ),
  );
}

/** How far a grant reaches: to things of ours, to all of the account, or to what names nothing. */
type Reach = 'Ours' | 'All' | 'Look';

const reachOf = (resources: readonly string[]): Reach => {
  if (resources.includes('*')) return 'Look';
  return resources.every((one) => OURS.includes(one)) ? 'Ours' : 'All';
};

/** Actions whose resources are of any type, or that must not reach each other's. */
const APART = /Tags$|^logs:|^iam:|^ssm:|^sns:ListTagsForResource$|^cloudwatch:ListTagsForResource$/;

interface Group {
  readonly name: string;
  readonly condition?: Grant['condition'];
  readonly resources: Set<string>;
  readonly actions: Set<string>;
}

/**
 * One statement a service and reach: an action has effect on the resources of its own types only, so those of others beside
 * it give nothing.
 */
function statements(part: string, of: readonly Grant[]): PolicyStatement[] {
  const byAction = new Map<string, Grant[]>();
  for (const grant of of) {
    const key = JSON.stringify([grant.action, grant.condition]);
    byAction.set(key, [...(byAction.get(key) ?? []), grant]);
  }
  const groups = new Map<string, Group>();
  for (const same of byAction.values()) {
    const { action, condition } = same[0]!;
    const resources = same.map(({ resource }) => resource).sort();
    const reach = reachOf(resources);
    const service = pascal(reach === 'Look' ? part : action.split(':')[0]!);
    const key = JSON.stringify([
      service,
      reach,
      condition,
      ...(APART.test(action) && reach !== 'Look' ? resources : []),
    ]);
    const group = groups.get(key) ?? {
      name: `${service}${reach}`,
      condition,
      resources: new Set(),
      actions: new Set(),
    };
    group.actions.add(action);
    for (const one of resources) group.resources.add(one);
    groups.set(key, group);
  }
  const taken = new Map<string, number>();
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { name, condition, resources, actions }]) => {
      const times = (taken.get(name) ?? 0) + 1;
      taken.set(name, times);
      return {
        Sid: times === 1 ? name : `${name}${times}`,
        Effect: 'Allow' as const,
        Action: alone([...actions].sort()),
        Resource: reachOf([...resources]) === 'Look' ? '*' : alone([...resources].sort()),
        ...(condition && { Condition: condition }),
      };
    });
}

const pascal = (text: string): string =>
  text.replaceAll(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());

const partOf = (action: string): string =>
  Object.entries(PARTS).find(([, services]) => services.includes(action.split(':')[0]!))?.[0] ?? REST;

/** The policy's documents, by part. */
export function documents(): Record<string, PolicyDocument> {
  const all = grants();
  return Object.fromEntries(
    [...Object.keys(PARTS), REST].sort().map((part) => [
      part,
      {
        Version: '2012-10-17',
        Statement: statements(
          part,
          all.filter(({ action }) => partOf(action) === part),
        ),
      },
    ]),
  );
}
