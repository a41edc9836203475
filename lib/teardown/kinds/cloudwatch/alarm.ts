import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  type CompositeAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { arnHere, arnsOf, SEARCH_BY_TAG } from '../../arns';
import { provenNames, taggedNames } from '../../ownership-proof';
import type { Found, Kind, Scope } from '../../kind';
import { listAll } from '../../pages';
import { goesWithStack } from '../cloudformation/ours';
import { dimensionsOf, metricsOf, whyOurs } from './watching';

const TYPES = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'] as const;

/** An alarm that a learner made: with our tags, or on metrics of our endpoints alone. */
export const cloudwatchAlarm: Kind = {
  id: 'cloudwatch:alarm',
  title: 'CloudWatch alarms',
  after: [
    { kind: 'cloudformation:stack', why: 'the alarms of a stack go with it' },
    {
      kind: 'sagemaker:endpoint',
      why: 'an endpoint that is being updated looks at its alarms, and rolls back without',
    },
  ],
  async list(scope) {
    const { metric, composite } = await allAlarms(scope);
    const tagged = new Set(await taggedNames(scope, 'cloudwatch', 'alarm:'));
    const exist = new Set([...metric, ...composite].map(({ AlarmName = '' }) => AlarmName));
    const recorded = await provenNames(scope, 'alarms', async (name) =>
      exist.has(name) ? tagsOfAlarm(scope, name) : undefined,
    );
    const why = new Map<string, string>();
    for (const { AlarmName: name = '', MetricName, Dimensions, Metrics = [] } of metric) {
      const watched = MetricName === undefined ? metricsOf(Metrics) : [dimensionsOf(Dimensions)];
      const because = recorded.get(name) ?? (tagged.has(name) ? 'with our tags' : await whyOurs(scope, watched));
      if (because) why.set(name, because);
    }
    for (const { AlarmName: name = '', AlarmRule = '' } of composite) {
      const children = alarmsIn(AlarmRule);
      const ofOurs = children.length > 0 && children.every((child) => why.has(child));
      const because =
        recorded.get(name) ??
        (tagged.has(name) ? 'with our tags' : ofOurs ? `made of our alarm ${children[0]}` : undefined);
      if (because) why.set(name, because);
    }
    const found: Found[] = [];
    for (const [id, because] of why) {
      if (await held(scope, id)) continue;
      found.push({ kind: 'cloudwatch:alarm', id, because });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [found.id] }));
  },
  permissions: [
    SEARCH_BY_TAG,
    {
      actions: ['cloudwatch:DescribeAlarms'],
      resources: () => ['*'],
      reason: 'an alarm of ours is found by what it watches, among all of the account',
    },
    {
      actions: ['cloudwatch:ListTagsForResource', 'cloudwatch:DeleteAlarms'],
      resources: (place) => arnsOf(place, 'cloudwatch', 'alarm:*'),
      reason: 'an alarm that a learner made may have any name and no tag; the code asks first what it watches',
    },
  ],
};

async function held(scope: Scope, name: string): Promise<boolean> {
  for (const type of TYPES) if (await goesWithStack(scope, type, name)) return true;
  return false;
}

async function allAlarms({ run }: Scope): Promise<{ metric: MetricAlarm[]; composite: CompositeAlarm[] }> {
  const pages = await listAll(async (NextToken) => {
    // Without the types, CloudWatch tells of metric alarms alone.
    const page = await run.clients.cloudwatch.send(
      new DescribeAlarmsCommand({ NextToken, MaxRecords: 100, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    return { items: [page], next: page.NextToken };
  });
  return {
    metric: pages.flatMap(({ MetricAlarms }) => MetricAlarms ?? []),
    composite: pages.flatMap(({ CompositeAlarms }) => CompositeAlarms ?? []),
  };
}

async function tagsOfAlarm({ run }: Scope, name: string) {
  const ResourceARN = arnHere(run, 'cloudwatch', `alarm:${name}`);
  return (await run.clients.cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags;
}

/** Names of the alarms in a rule such as `ALARM("a") OR ALARM(arn:…:alarm:b)`. */
function alarmsIn(rule: string): string[] {
  return [...rule.matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^\s)]+))\s*\)/g)].map(
    ([, double, single, bare]) => (double ?? single ?? bare ?? '').replace(/^arn:.*:alarm:/, ''),
  );
}
