import type { Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import { newestReplay, flightsWithScores } from '../capture/captured-requests';
import { sendCommands } from '../aws-cli';
import { sampleFlights, MIN_REQUESTS, BATCH_SIZES, HELD_OUT } from '../traffic/flights';
import { expectedAnswers, boosterOf, versionName, versionOf } from '../endpoint/models';
import { resourcesOf } from '../resources';
import { sendBatch } from '../traffic/send';
import { servingVersion } from '../endpoint/serving';

/** Ask about held-out flights, and see what is kept. */
export const traffic: Step = {
  id: 'traffic',
  title: 'Send normal traffic, and see what is kept',
  predict:
    'Each request is kept with its answer. What of a flight is not in there, though you will need it to say how good the model is?',
  awsMinutes: 5,
  hints: [
    'Capture was switched on in the endpoint’s configuration: DataCaptureConfig. It cannot be switched on for yesterday.',
    'One flight a request, with an InferenceId: whether it was late is known hours later, and comes back by that id.',
    'The capture lies below capture/<endpoint>/AllTraffic/yyyy/mm/dd/hh/. On AWS it comes minutes late.',
  ],
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  await servingVersion(run, resources);
  const sent = await sendBatch(run, resources, HELD_OUT, sampleFlights(HELD_OUT, BATCH_SIZES[HELD_OUT]!), 'traffic');
  run.progress(`kept from ${sent.window.start} to ${sent.window.end}: ${count(sent.requests.length, 'request')}`);
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'traffic');
  const sent = await newestReplay(run, resources, HELD_OUT);
  if (sent === undefined) {
    return notDone(
      `The capture of ${resources.endpoint} holds no request about a held-out flight.`,
      `Send some: ${again}`,
    );
  }
  const flights = flightsWithScores(sent);
  if (flights.length < MIN_REQUESTS) {
    return notDone(
      `The capture holds ${count(flights.length, 'held-out flight')} as they stand in the data, of ${sent.requests.length} requests; ${MIN_REQUESTS} are enough to compare.`,
      `On AWS capture comes minutes late: wait and check again. Or send more: ${again}`,
    );
  }
  let arn: string;
  try {
    arn = await servingVersion(run, resources);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return notDone(error.message, error.next);
  }
  const version = await versionOf(run, resources, arn);
  const booster = version && (await boosterOf(run, version));
  if (booster === undefined || typeof booster === 'string') {
    return notDone(
      `The model of ${versionName(arn)} cannot be read: ${booster ?? 'no such version'}.`,
      recreateLabCommand(run),
    );
  }
  const expected = expectedAnswers(
    booster,
    flights.map(({ flight }) => flight),
  );
  const other = flights.filter(({ score }, at) => score.toFixed(6) !== expected[at]).length;
  if (other > 0) {
    return notDone(
      `${count(other, 'captured answer')} of ${flights.length} are not those of ${versionName(arn)} run here: another model gave them.`,
      `Send the flights again: ${again}`,
    );
  }
  return done(
    `The capture holds ${count(flights.length, 'held-out flight')} from ${sent.window.start} to ${sent.window.end}, each with its id and the answer that ${versionName(arn)} gives here too. Nobody knows yet which were late.`,
    labCommand(run, 'step', 'analyze'),
  );
}

/** Nothing brings back what a version was made of. */
export const recreateLabCommand = (run: LabRun): string => `${labCommand(run, 'down')}, then ${labCommand(run, 'up')}`;

function explain(run: LabRun): readonly string[] {
  return sendCommands(resourcesOf(run), HELD_OUT);
}
