import { PutMetricAlarmCommand, type PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { sagemakerTags } from '../../../lib/aws/sagemaker';
import type { Exercise, Step, Verdict } from '../../../lib/course/model';
import { tagsOf } from '../../../lib/course/names';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import { requestWord } from '../../../lib/course/shell';
import { readWork } from '../../../lib/course/work';
import { NAMESPACE, namesOf } from '../names';
import { describeAlarm } from '../alarms/state';
import { wouldAlarm, readAlarmDefinition, type AlarmDefinition } from '../alarms/definition';
import { columnsOf, distances, driftedFeatures } from '../analysis/distance';
import { sampleFlights, HELD_OUT, JULY, OTHER_MONTHS, rowsOf } from '../traffic/flights';
import { resourcesOf, type LabResources } from '../resources';

const exercise: Exercise = {
  file: 'alarm.json',
  template: 'exercises/alarm.json',
  solution: 'solutions/alarm.json',
  ask: 'Define an alarm on what the hourly analysis publishes that goes off on July’s flights and stays quiet on held-out ones. It is tried on both, and on months that the guide does not name.',
  teaches:
    'An alarm’s period follows how often the figure comes, its threshold lies between what chance makes and the mildest case that matters, and silence is no alarm.',
  alternative:
    'FeaturesDrifted above 0 (or above 2) and the distance of dewp above 0.1 pass every trial as well; pressure above 0.1 stays quiet in two months that differ from spring.',
};

/** Define an alarm that catches drift, and only drift. */
export const alarm: Step = {
  id: 'alarm',
  title: 'An alarm of your own',
  predict:
    'An analysis publishes once an hour. With a period of five minutes, what does the alarm see in the other eleven?',
  awsMinutes: 2,
  hints: [
    'Choose a metric first: FeaturesDrifted counts features, feature_baseline_drift_<feature> is one distance. Which are high in every month that differs from spring, and not only in July?',
    'A threshold belongs between what chance makes (0 on held-out flights) and what the mildest month shows, not just below July.',
    'Figures come once an hour. Two breaching periods of five minutes in a row never come; and a night without traffic must not ring.',
  ],
  exercise,
  act,
  check,
  explain,
};

const MANAGED_NAMESPACE = 'aws/sagemaker/Endpoints/data-metrics';
/** Flights of one hour that is tried, and how many hours of each sort. */
const FLIGHTS = 1000;
const SEEDS = ['first', 'second', 'third'] as const;

/** The whole request: names and dimensions are the lab's. */
function requestOf(run: LabRun, resources: LabResources, definition: AlarmDefinition): PutMetricAlarmInput {
  const names = namesOf(run.learner);
  const managed = resources.monitor === 'managed';
  return {
    AlarmName: `${names.base}--exercise`,
    AlarmDescription: 'An alarm of the learner, on what the hourly analysis publishes.',
    Namespace: managed ? MANAGED_NAMESPACE : NAMESPACE,
    Dimensions: [
      { Name: 'Endpoint', Value: resources.endpoint },
      ...(managed ? [{ Name: 'MonitoringSchedule', Value: names.schedule }] : []),
    ],
    ...definition,
    // It is tried, and acts on nothing.
    ActionsEnabled: false,
    Tags: sagemakerTags(tagsOf(run.lab, run.learner)),
  };
}

/** The definition in the learner's file. @throws LabError saying what is wrong with it */
function definitionOf(run: LabRun, resources: LabResources): AlarmDefinition {
  const read = readAlarmDefinition(readWork(run, 'alarm', exercise));
  const fault =
    typeof read === 'string'
      ? read
      : resources.monitor === 'managed' && !read.MetricName.startsWith('feature_')
        ? `Model Monitor publishes no ${read.MetricName}; it publishes feature_baseline_drift_<feature>`
        : undefined;
  if (fault === undefined) return read as AlarmDefinition;
  throw new LabError(`work/${run.lab}/${exercise.file} is no alarm: ${fault}.`, {
    why: 'It is a part of PutMetricAlarm’s request, as JSON.',
    next: `Change it, then ${labCommand(run, 'step', 'alarm')}; a hint: ${labCommand(run, 'hint', 'alarm')}`,
    exit: Exit.CheckFailed,
  });
}

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const request = requestOf(run, resources, definitionOf(run, resources));
  await run.clients.cloudwatch.send(new PutMetricAlarmCommand(request));
  run.progress(`put the alarm ${request.AlarmName} on ${request.MetricName}`);
  run.progress(alarmTrial(definitionOf(run, resources)) ?? 'it goes off where it should, and nowhere else');
}

const measuredOnce = new Map<string, ReadonlyMap<string, number>>();

/** Distances of some flights of a batch, measured once. */
function measuredOf(batch: string, seed: string): ReadonlyMap<string, number> {
  const key = `${batch} ${seed}`;
  const known = measuredOnce.get(key) ?? distances(columnsOf(rowsOf(sampleFlights(batch, FLIGHTS, seed))));
  measuredOnce.set(key, known);
  return known;
}

/** What analyses of flights publish: the distances, and how many features drifted. */
function figureOf(metric: string, batch: string, seed: string): number {
  const measured = measuredOf(batch, seed);
  if (metric === 'FeaturesDrifted') return driftedFeatures(measured).length;
  if (metric.startsWith('Records')) return FLIGHTS;
  return measured.get(metric.replace('feature_baseline_drift_', '')) ?? 0;
}

/** Tries an alarm on hours of spring, of July and of other months. @returns where it does wrong; undefined when nowhere */
export function alarmTrial(definition: AlarmDefinition): string | undefined {
  const hours = (batch: string): number[] => SEEDS.map((seed) => figureOf(definition.MetricName, batch, seed));
  const told = (values: readonly number[]): string =>
    values.map((value) => (Number.isInteger(value) ? `${value}` : value.toFixed(3))).join(', ');
  const quiet = hours(HELD_OUT);
  if (wouldAlarm(definition, [...quiet, ...quiet])) {
    // Would it, with figures alone?
    return wouldAlarm({ ...definition, TreatMissingData: 'notBreaching' }, [...quiet, ...quiet])
      ? `it goes off on held-out flights, whose ${definition.MetricName} is ${told([Math.max(...quiet)])} at most`
      : `it goes off on held-out flights: figures come once an hour, and a period of ${definition.Period} s without one is breaching`;
  }
  if (wouldAlarm(definition, [...quiet, undefined, undefined, undefined])) {
    return 'it goes off in a night without traffic, in which nothing is published';
  }
  const silent = [JULY, ...OTHER_MONTHS].filter((month) => !wouldAlarm(definition, [...quiet, ...hours(month)]));
  if (silent.includes(JULY)) {
    const july = `it stays quiet on three hours of July, whose ${definition.MetricName} is ${told(hours(JULY))}`;
    const one = wouldAlarm({ ...definition, EvaluationPeriods: 1, DatapointsToAlarm: 1 }, hours(JULY));
    return one ? `${july}: one period breaches, and so many as it asks for never do within its time` : july;
  }
  return silent.length > 0
    ? `it goes off on July, and stays quiet in ${count(silent.length, 'other month')} that differ from spring as well`
    : undefined;
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'alarm');
  let definition: AlarmDefinition;
  try {
    definition = definitionOf(run, resources);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return notDone(error.message, error.next);
  }
  const wanted = requestOf(run, resources, definition);
  const stands = await describeAlarm(run, wanted.AlarmName!);
  if (stands === undefined) return notDone(`There is no alarm ${wanted.AlarmName}.`, `Put it: ${again}`);
  const other = (['Namespace', ...Object.keys(definition)] as (keyof PutMetricAlarmInput & keyof typeof stands)[]).find(
    (key) => wanted[key] !== stands[key],
  );
  if (other) {
    return notDone(
      `The alarm ${wanted.AlarmName} has the ${other} ${JSON.stringify(stands[other])}; work/${run.lab}/${exercise.file} says ${JSON.stringify(wanted[other])}.`,
      `Put it again: ${again}`,
    );
  }
  const fault = alarmTrial(definition);
  if (fault)
    return notDone(
      `The alarm ${wanted.AlarmName} is put, and ${fault}.`,
      `Change work/${run.lab}/${exercise.file}, then: ${again}`,
    );
  return done(
    `${wanted.AlarmName} on ${definition.MetricName} stays quiet on ${SEEDS.length} draws of held-out flights and in a night without traffic, and goes off on July and on ${OTHER_MONTHS.length} other months.`,
    `That was the last step: ${labCommand(run, 'down')}`,
  );
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  let definition: AlarmDefinition;
  try {
    definition = definitionOf(run, resources);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [`# ${error.message}`];
  }
  return [`aws cloudwatch put-metric-alarm --cli-input-json ${requestWord(requestOf(run, resources, definition))}`];
}
