import type { Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import { newestReplay, trueFlights } from '../capture/captured-requests';
import { sendCommands } from '../aws-cli';
import { drawn, FEWEST, FLIGHTS, HELD_OUT } from '../traffic/flights';
import { answersOf, boosterOf, nameOf, versionOf } from '../endpoint/models';
import { placeOf } from '../resources';
import { replay } from '../traffic/send';
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
  const place = placeOf(run);
  await servingVersion(run, place);
  const sent = await replay(run, place, HELD_OUT, drawn(HELD_OUT, FLIGHTS[HELD_OUT]!), 'traffic');
  run.progress(`kept from ${sent.window.start} to ${sent.window.end}: ${count(sent.requests.length, 'request')}`);
}

async function check(run: LabRun): Promise<Verdict> {
  const place = placeOf(run);
  const again = labCommand(run, 'step', 'traffic');
  const sent = await newestReplay(run, place, HELD_OUT);
  if (sent === undefined) {
    return notDone(`The capture of ${place.endpoint} holds no request about a held-out flight.`, `Send some: ${again}`);
  }
  const flights = trueFlights(sent);
  if (flights.length < FEWEST) {
    return notDone(
      `The capture holds ${count(flights.length, 'held-out flight')} as they stand in the data, of ${sent.requests.length} requests; ${FEWEST} are enough to compare.`,
      `On AWS capture comes minutes late: wait and check again. Or send more: ${again}`,
    );
  }
  let arn: string;
  try {
    arn = await servingVersion(run, place);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return notDone(error.message, error.next);
  }
  const version = await versionOf(run, place, arn);
  const booster = version && (await boosterOf(run, version));
  if (booster === undefined || typeof booster === 'string') {
    return notDone(`The model of ${nameOf(arn)} cannot be read: ${booster ?? 'no such version'}.`, remake(run));
  }
  const expected = answersOf(
    booster,
    flights.map(({ flight }) => flight),
  );
  const other = flights.filter(({ score }, at) => score.toFixed(6) !== expected[at]).length;
  if (other > 0) {
    return notDone(
      `${count(other, 'captured answer')} of ${flights.length} are not those of ${nameOf(arn)} run here: another model gave them.`,
      `Send the flights again: ${again}`,
    );
  }
  return done(
    `The capture holds ${count(flights.length, 'held-out flight')} from ${sent.window.start} to ${sent.window.end}, each with its id and the answer that ${nameOf(arn)} gives here too. Nobody knows yet which were late.`,
    labCommand(run, 'step', 'analyze'),
  );
}

/** Nothing brings back what a version was made of. */
export const remake = (run: LabRun): string => `${labCommand(run, 'down')}, then ${labCommand(run, 'up')}`;

function explain(run: LabRun): readonly string[] {
  return sendCommands(placeOf(run), HELD_OUT);
}
