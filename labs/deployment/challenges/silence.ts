/** Nobody asks production any more, and somebody can see it. */
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import {
  allAlarms,
  delayOf,
  metricsOf,
  entersAlarm,
  type MetricValues,
  type WatchedMetric,
} from '../../../lib/aws/alarm-behaviour';
import { type CandidateCriterion, type Challenge, criteriaOfBest } from '../../../lib/course/challenge';
import type { Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { count, done, list, notDone } from '../../../lib/course/say';
import { namesOf, VARIANT } from '../names';
import { resourcesOf } from '../resources';

const ID = 'silence';
/** Seconds. */
const NO_SILENCE = 300;
const WITHIN = 900;
/** Requests a minute that are little, and many. */
const TRAFFIC = [1, 500] as const;

/**
 * What CloudWatch shows of an endpoint that is asked so often. Without a request there is no figure at all, where one
 * might expect 0.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
export const asked =
  (aMinute: number): MetricValues =>
  ({ namespace, name, stat, period }) => {
    if (namespace !== 'AWS/SageMaker' || aMinute === 0) return undefined;
    const requests = Math.max(1, (aMinute * period) / 60);
    if (stat === 'SampleCount') return requests;
    if (name === 'Invocations') return stat === 'Sum' ? requests : 1;
    if (name === 'InvocationsPerInstance') return stat === 'Sum' ? requests : undefined;
    if (/Errors$/.test(name)) return 0;
    return 20_000;
  };

const isOurs = ({ namespace, dimensions }: WatchedMetric, endpoint: string): boolean =>
  namespace === 'AWS/SageMaker' && dimensions.EndpointName === endpoint && dimensions.VariantName === VARIANT;

/** Alarms of the learner on production alone, without the lab's own two. */
async function candidates(run: LabRun): Promise<MetricAlarm[]> {
  const { endpoint } = resourcesOf(run).production;
  const ours: readonly string[] = namesOf(run.learner).alarms;
  return (await allAlarms(run)).metric.filter((alarm) => {
    const metrics = metricsOf(alarm);
    return !ours.includes(alarm.AlarmName ?? '') && metrics.length > 0 && metrics.every((one) => isOurs(one, endpoint));
  });
}

type Judge = (run: LabRun, alarm: MetricAlarm) => Verdict;

const cannot = (alarm: MetricAlarm, why: string): Verdict =>
  notDone(`The alarm ${alarm.AlarmName} cannot be judged: ${why}.`, 'whether silence needs all that');

const silent: Judge = (_run, alarm) => {
  const ringing = entersAlarm(alarm, asked(0));
  if (typeof ringing === 'string') return cannot(alarm, ringing);
  return ringing
    ? done(`The alarm ${alarm.AlarmName} rings when nobody asks.`, '')
    : notDone(
        `The alarm ${alarm.AlarmName} stays as it is when nobody asks: ${list(metricsOf(alarm).map(({ name }) => name))} then has no figure.`,
        'what CloudWatch gets from an endpoint that nobody asks: a 0, or nothing? And what the alarm makes of that',
      );
};

const awake: Judge = (_run, alarm) => {
  for (const aMinute of TRAFFIC) {
    const ringing = entersAlarm(alarm, asked(aMinute));
    if (typeof ringing === 'string') return cannot(alarm, ringing);
    if (ringing)
      return notDone(
        `The alarm ${alarm.AlarmName} rings with ${count(aMinute, 'request')} a minute.`,
        'how little traffic is still traffic',
      );
  }
  // An alarm that can never be quiet knows no traffic; one that nothing wakes is quiet for nothing.
  return entersAlarm(alarm, asked(0)) === true
    ? done(`The alarm ${alarm.AlarmName} is quiet with ${list(TRAFFIC.map(String))} requests a minute.`, '')
    : notDone(
        `The alarm ${alarm.AlarmName} is quiet with requests, and without them too.`,
        'what tells one from the other',
      );
};

const patient: Judge = (_run, alarm) => {
  const { seconds, datapoints, period } = delayOf(alarm);
  const told = `The alarm ${alarm.AlarmName} waits for ${count(datapoints, 'period')} of ${period} s`;
  if (seconds <= NO_SILENCE)
    return notDone(`${told}, ${seconds} s: a pause rings.`, 'how long a period is, and how many it waits for');
  return seconds <= WITHIN
    ? done(`${told}, ${seconds} s.`, '')
    : notDone(`${told}, ${seconds} s; ${WITHIN} s are allowed.`, 'how long a period is, and how many it waits for');
};

const CRITERIA: readonly CandidateCriterion<MetricAlarm>[] = [
  { id: 'silent', points: 4, what: 'It rings when no request comes at all', judge: silent },
  {
    id: 'awake',
    points: 3,
    what: `It stays quiet with ${TRAFFIC[0]} request a minute and with ${TRAFFIC[1]}`,
    judge: awake,
  },
  {
    id: 'patient',
    points: 3,
    what: `A pause of ${NO_SILENCE / 60} minutes is no silence; after ${WITHIN / 60} minutes it has rung`,
    judge: patient,
  },
];

export const silence: Challenge = {
  id: ID,
  title: 'Nobody asks production any more',
  brief: [
    'Last week the caller was misconfigured, and for nine hours no request reached production. The endpoint stood and was paid; every alarm was green, since nothing failed.',
    'See to it that CloudWatch shows an alarm of yours in ALARM when nobody asks production, and OK when somebody does. Whom it tells comes later.',
  ],
  constraints: [
    `It looks at the production endpoint alone, variant ${VARIANT}, under any name: ./lab down finds it by that.`,
    "The lab's two alarms on production stay as they are: a release is taken back by them. Where you have the learner's policy of docs/permissions.md, names begin with mla-labs-.",
  ],
  minutes: 15,
  task: '4.2',
  cost: 'an alarm is 10 US cents a month, by the hour.',
  steps: ['source', 'release', 'staging', 'promote'],
  criteria: criteriaOfBest(candidates, CRITERIA, (run) =>
    notDone(
      `No alarm of yours looks at ${resourcesOf(run).production.endpoint} alone.`,
      'what CloudWatch counts of each endpoint by itself',
    ),
  ),
  learn: [
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html',
    'https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html',
    './lab guide deployment invoke',
  ],
};
