import { requestErrorText } from '../../../lib/aws/invoke-endpoint';
import { endpointLogCommand } from '../../../lib/aws/job-log';
import { putObject, readObject } from '../../../lib/aws/s3';
import type { Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { readWork } from '../../../lib/course/work';
import { breakEvenExercise, breakEvenFault } from '../answers/break-even';
import { answerDifference, percentiles, predictFlights } from '../endpoint/invoke';
import { SCRATCH_FOLDER } from '../aws-cli';
import { rejectAdvice } from '../failure/advice';
import { expectedAnswers, EVERY_NTH_FLIGHT, juneFlights, JUNE_FILE } from '../model/flights';
import { INVOKE_RESULTS, resourcesOf, s3Uri, type LabResources } from '../resources';
import { versionName, servingAt } from '../endpoint/serving';
import { boosterOfVersion } from '../approval/smoke-test';

/** Ask production about flights, and compare with the same model on this machine. */
export const invoke: Step = {
  id: 'invoke',
  title: 'Ask production about real flights',
  predict:
    'The model on your machine and the one behind the endpoint are the same file. To how many decimals will their answers agree?',
  awsMinutes: 1,
  hints: [
    'A request is CSV without the label: the features of a flight in the order of training, an empty field where a value is missing.',
    'aws sagemaker-runtime invoke-endpoint takes the body as fileb://…; one flight a line, and the answer has one probability a line.',
    `The answers belong into ${INVOKE_RESULTS}answers.csv of the data bucket, one a line, in the order of the flights.`,
    'The exercise: write down what the instance costs in a day, and what one request costs serverless: seconds × GB × price. The line is where so many requests cost what the day costs.',
  ],
  exercise: breakEvenExercise,
  act,
  check,
  explain,
};

const ANSWERS = `${INVOKE_RESULTS}answers.csv`;
const FLIGHTS = `${INVOKE_RESULTS}flights.csv`;
/** Flights of one request by the AWS CLI: it takes a second to start. */
const CLI_BATCH = 50;
/** Flights that the check asks about itself. */
const SOME = 20;

/** Where production serves. @throws LabError when it does not */
async function productionVersion(run: LabRun, resources: LabResources): Promise<string> {
  const serving = await servingAt(run, resources.production);
  if (serving?.status === 'InService' && serving.version) return serving.version;
  throw new LabError(
    serving === undefined
      ? `There is no endpoint ${resources.production.endpoint}.`
      : `The endpoint ${resources.production.endpoint} is ${serving.status}${serving.failure ? `: ${serving.failure}` : ''}.`,
    { why: 'Production serves once a release has passed.', next: labCommand(run, 'check', 'promote') },
  );
}

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  await productionVersion(run, resources);
  const { bodies } = juneFlights();
  run.progress(`asking ${resources.production.endpoint} about ${bodies.length} flights, one after the other`);
  const answers: string[] = [];
  const times: number[] = [];
  for (const body of bodies) {
    const start = performance.now();
    try {
      answers.push(...(await predictFlights(run, resources.production.endpoint, body)));
    } catch (error) {
      throw new LabError(`Production refused flight ${answers.length + 1}: ${requestErrorText(error)}`, {
        why: 'The request is a flight as it stands in the data. What the model said is in its log.',
        next: endpointLogCommand(resources.production.endpoint),
        cause: error,
      });
    }
    times.push(performance.now() - start);
  }
  await putObject(run, resources.bucket, FLIGHTS, Buffer.from(`${bodies.join('\n')}\n`), 'text/csv');
  await putObject(run, resources.bucket, ANSWERS, Buffer.from(`${answers.join('\n')}\n`), 'text/csv');
  const { p50, p99 } = percentiles(times);
  run.progress(
    `${count(answers.length, 'answer')}; half within ${p50.toFixed(0)} ms, 99 of 100 within ${p99.toFixed(0)} ms`,
  );
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'invoke');
  const answers = await readAnswers(run, resources);
  if (answers === undefined) {
    return notDone(`There are no answers at ${s3Uri(resources, ANSWERS)}.`, `Ask production: ${again}`);
  }
  let arn: string;
  try {
    arn = await productionVersion(run, resources);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return notDone(error.message, error.next);
  }
  const booster = await boosterOfVersion(run, resources, arn);
  if (typeof booster === 'string')
    return notDone(
      `The model in production cannot be read: ${booster}.`,
      rejectAdvice(run, arn, 'Its model cannot be read.'),
    );
  const flights = juneFlights();
  const expected = expectedAnswers(booster, flights);
  const wrong = answerDifference(answers, expected);
  if (wrong) {
    return notDone(
      `${s3Uri(resources, ANSWERS)}: ${wrong}, by the model of ${versionName(arn)} run here. They were given by another model, or in another order.`,
      `Ask again: ${again}`,
    );
  }
  try {
    const now = await predictFlights(run, resources.production.endpoint, flights.bodies.slice(0, SOME).join('\n'));
    const changed = answerDifference(now, expected.slice(0, SOME));
    if (changed) return notDone(`Asked now, production says something else: ${changed}.`, `Ask again: ${again}`);
  } catch (error) {
    return notDone(`Asked now, production refuses: ${requestErrorText(error)}`, labCommand(run, 'check', 'promote'));
  }
  const told = `${expected.length} answers of production are those of ${versionName(arn)} run on this machine, to the last of six decimals; asked again now, ${SOME} of them are the same.`;
  const fault = breakEvenFault(readWork(run, 'invoke', breakEvenExercise));
  return fault === undefined
    ? done(told, labCommand(run, 'step', 'break'))
    : notDone(
        `${told} work/${run.lab}/${breakEvenExercise.file}: ${fault}.`,
        `Change it, then: ${labCommand(run, 'check', 'invoke')}`,
      );
}

async function readAnswers(run: LabRun, resources: LabResources): Promise<string[] | undefined> {
  try {
    return (await readObject(run, resources.bucket, ANSWERS)).toString().trim().split(/\r?\n/);
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const file = (name: string): string => `${SCRATCH_FOLDER}/${name}`;
  const call = `aws sagemaker-runtime invoke-endpoint --endpoint-name ${quoted(resources.production.endpoint)} --content-type text/csv --accept text/csv --body "fileb://$part"`;
  return [
    [
      `mkdir -p ${SCRATCH_FOLDER} && rm -f ${file('part-*')} ${file('answers.csv')}`,
      `gunzip -c ${quoted(`data/${JUNE_FILE.path}`)} | awk 'NR % ${EVERY_NTH_FLIGHT} == 0' | cut -d , -f 2- > ${file('flights.csv')}`,
      `split -l ${CLI_BATCH} ${file('flights.csv')} ${file('part-')}`,
      `for part in ${file('part-*')}; do ${call} ${file('answer')} >/dev/null && cat ${file('answer')} >> ${file('answers.csv')}; done`,
      `aws s3 cp ${file('flights.csv')} ${quoted(s3Uri(resources, FLIGHTS))} &&`,
      `aws s3 cp ${file('answers.csv')} ${quoted(s3Uri(resources, ANSWERS))}`,
    ].join('\n'),
  ];
}
