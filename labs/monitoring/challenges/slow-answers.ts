/** A person is told when answers stay slow. */
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import {
  actionsOf,
  allAlarms,
  delayOf,
  metricsOf,
  entersAlarm,
  type MetricValues,
  type WatchedMetric,
} from '../../../lib/aws/alarm-behaviour';
import { orUndefined } from '../../../lib/aws/not-found';
import { type CandidateCriterion, type Challenge, criteriaOfBest } from '../../../lib/course/challenge';
import type { Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { done, list, notDone } from '../../../lib/course/say';
import { namesOf, VARIANT } from '../names';
import { resourcesOf } from '../resources';

const ID = 'slow-answers';
/** Milliseconds that the slowest of a hundred answers may take. */
const LIMIT_MS = 400;
const SLOW_MS = 450;
const FINE_MS = 350;
/** Seconds within which somebody is told. */
const WITHIN = 300;
const STEADY = 120;

/** Who reads what a topic tells. A function is nobody. */
const PEOPLE = ['email', 'email-json', 'sms', 'http', 'https', 'sqs', 'application', 'firehose'];

interface Candidate {
  readonly alarm: MetricAlarm;
  readonly actions: readonly string[];
}

/** An alarm's metric that tells how long answers of our endpoint take. */
const isAnswerTime = ({ namespace, name, dimensions }: WatchedMetric, endpoint: string): boolean =>
  namespace === 'AWS/SageMaker' &&
  (name === 'ModelLatency' || name === 'OverheadLatency') &&
  dimensions.EndpointName === endpoint &&
  dimensions.VariantName === VARIANT;

/**
 * What CloudWatch shows when of a hundred answers the slowest takes so long, in microseconds, and half take a tenth.
 * SageMaker's own share of the time is small.
 */
export const answersTaking =
  (ms: number | undefined): MetricValues =>
  ({ name, stat }) => {
    if (name === 'Invocations' || stat === 'SampleCount') return ms === undefined ? undefined : 100;
    if (ms === undefined) return undefined;
    const micros = ms * 1000 * (name === 'OverheadLatency' ? 0.01 : 1);
    const percentile = /^p(\d+(?:\.\d+)?)$/.exec(stat)?.[1];
    if (percentile !== undefined) return Number(percentile) >= 99 ? micros : micros / 10;
    return stat === 'Maximum' ? micros : micros / 10;
  };

/** Alarms of the learner on how long this endpoint takes; what the lab has by itself left out. */
async function candidates(run: LabRun): Promise<Candidate[]> {
  const resources = resourcesOf(run);
  const names = namesOf(run.learner);
  const ours = [...Object.values(resources.alarms), names.bandAlarm, `${names.base}--exercise`];
  const { metric, composite } = await allAlarms(run);
  return metric
    .filter(
      (alarm) =>
        !ours.includes(alarm.AlarmName ?? '') && metricsOf(alarm).some((one) => isAnswerTime(one, resources.endpoint)),
    )
    .map((alarm) => ({ alarm, actions: actionsOf(alarm, composite) }));
}

type Judge = CandidateCriterion<Candidate>['judge'];

const nothing = (run: LabRun): Verdict =>
  notDone(
    `No alarm of yours looks at how long ${resourcesOf(run).endpoint} takes to answer.`,
    'what CloudWatch knows of each answer by itself, and in which unit',
  );

const name = ({ alarm }: Candidate): string => `The alarm ${alarm.AlarmName}`;

const watches: Judge = (_run, candidate) => {
  const stats = metricsOf(candidate.alarm)
    .filter(({ name: metric }) => metric === 'ModelLatency')
    .map(({ stat }) => stat);
  const right = stats.some((stat) => /^p99(\.0+)?$/.test(stat));
  return right
    ? done(`${name(candidate)} looks at the p99 of ModelLatency.`, '')
    : notDone(
        `${name(candidate)} looks at ${list(stats.length > 0 ? stats : ['nothing'])} of ModelLatency.`,
        'which figure of a minute says what the slowest of a hundred took, when one of a thousand is allowed to take ages',
      );
};

const limit: Judge = (_run, candidate) => {
  const { alarm } = candidate;
  const [slow, fine] = [entersAlarm(alarm, answersTaking(SLOW_MS)), entersAlarm(alarm, answersTaking(FINE_MS))];
  if (typeof slow === 'string')
    return notDone(`${name(candidate)} cannot be judged: ${slow}.`, 'whether a fixed limit needs all that');
  if (slow && fine === false) return done(`${name(candidate)} rings at ${SLOW_MS} ms and not at ${FINE_MS} ms.`, '');
  return notDone(
    slow ? `${name(candidate)} rings at ${FINE_MS} ms as well.` : `${name(candidate)} does not ring at ${SLOW_MS} ms.`,
    `the unit of what is compared with ${alarm.Threshold}, and the direction`,
  );
};

const inTime: Judge = (_run, candidate) => {
  const { seconds, datapoints, period } = delayOf(candidate.alarm);
  const told = `${name(candidate)} rings when ${datapoints} of its periods of ${period} s are slow, after ${seconds} s`;
  if (seconds > WITHIN)
    return notDone(`${told}; ${WITHIN} s are allowed.`, 'how long a period is, and how many it waits for');
  if (seconds < STEADY)
    return notDone(`${told}: one slow minute wakes somebody.`, 'what has to be slow for answers to stay slow');
  return done(`${told}.`, '');
};

const quiet: Judge = (_run, candidate) => {
  const ringing = entersAlarm(candidate.alarm, answersTaking(undefined));
  return ringing === false
    ? done(`${name(candidate)} stays quiet when nobody asks.`, '')
    : notDone(
        typeof ringing === 'string'
          ? `${name(candidate)} cannot be judged: ${ringing}.`
          : `${name(candidate)} rings in a night in which nobody asks.`,
        'what CloudWatch has of a minute without requests, and what the alarm makes of that',
      );
};

const told: Judge = async (run, candidate) => {
  const topics = candidate.actions.filter((arn) => arn.split(':')[2] === 'sns');
  if (topics.length === 0)
    return notDone(`${name(candidate)} tells nobody.`, 'what an alarm does when it goes off, besides turning red');
  for (const TopicArn of topics) {
    const found = await orUndefined(run.clients.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn })));
    const people = (found?.Subscriptions ?? []).find(({ Protocol = '' }) => PEOPLE.includes(Protocol));
    if (people)
      return done(
        `${name(candidate)} tells ${TopicArn.split(':').at(-1)}, which has a subscription by ${people.Protocol}.`,
        '',
      );
  }
  return notDone(
    `${name(candidate)} tells ${list(topics.map((arn) => arn.split(':').at(-1)!))}, where nobody but a function listens.`,
    'who gets what is published there',
  );
};

const CRITERIA: readonly CandidateCriterion<Candidate>[] = [
  {
    id: 'figure',
    points: 2,
    what: 'It looks at what the slowest of a hundred answers of the endpoint took',
    judge: watches,
  },
  { id: 'limit', points: 2, what: `It rings at ${SLOW_MS} ms, and not at ${FINE_MS} ms`, judge: limit },
  {
    id: 'time',
    points: 2,
    what: `It rings when answers stay slow for two minutes or longer, ${WITHIN} s after they began at the latest`,
    judge: inTime,
  },
  { id: 'night', points: 2, what: 'It stays quiet while nobody asks', judge: quiet },
  {
    id: 'told',
    points: 2,
    what: 'It tells a topic where a person listens: e-mail, SMS, a web address, or a queue that the desk reads',
    judge: told,
  },
];

export const slowAnswers: Challenge = {
  id: ID,
  title: 'Somebody is told when answers stay slow',
  brief: [
    `Who asks the endpoint is promised that of a hundred answers ninety-nine come within ${LIMIT_MS} ms, by the time that the model takes. The lab's own alarm guards a release, at a second and for nine in ten; nobody is told of an endpoint that just becomes slow.`,
    `Have a person told, within five minutes after the slowest of a hundred answers began to take longer than ${LIMIT_MS} ms and goes on to. One slow minute is no reason to wake anybody, and neither is a night without requests.`,
  ],
  constraints: [
    'What the lab has made stays as it is, its alarms and its topic too: the responder listens there, and it is no person.',
    "What you make of topics and queues carries the tags mla-labs:lab=monitoring and mla-labs:learner with your name (me, if you gave none): ./lab down finds it by them. An alarm on this endpoint alone needs none. Where you have the learner's policy of docs/permissions.md, names begin with mla-labs-.",
  ],
  minutes: 20,
  task: '4.2',
  cost: 'an alarm is 10 US cents a month, by the hour; topic and queue are free at this size.',
  steps: [],
  criteria: criteriaOfBest(candidates, CRITERIA, nothing),
  learn: [
    'https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html',
    './lab guide monitoring alarm',
  ],
};
