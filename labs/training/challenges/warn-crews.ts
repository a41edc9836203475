/** Whom to warn, by what it costs. */
import { parseS3 } from '../../../lib/aws/sagemaker';
import { readTarGz } from '../../../lib/aws/archive';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import { readObject } from '../../../lib/aws/s3';
import { numberOf, versionsOf } from '../../../lib/aws/versions';
import { oncePerRun, type Challenge } from '../../../lib/course/challenge';
import type { Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { done, list, notDone } from '../../../lib/course/say';
import { jsonFault } from '../../../lib/course/work';
import { parseBooster, probabilities, type Booster } from '../../../lib/flights/booster';
import type { Rows } from '../../../lib/flights/rows';
import { resourcesOf, s3Uri } from '../resources';
import { heldOut } from './held-out';

const ID = 'warn-crews';
/** Where the decision is. */
export const DECISION = 'challenges/warnings.json';
/** What a needless warning costs, and a missing one. */
export const NEEDLESS = 1;
export const MISSED = 5;
export const MOST_WARNED = 0.35;
/** With as many warnings, the first model of the lab comes to 0.589. */
export const MOST_COST = 0.58;

export interface Outcome {
  /** Share of the flights that are warned of. */
  readonly warned: number;
  /** Mean over all flights. */
  readonly cost: number;
}

/** What a threshold does to flights. */
export function outcomeOf(booster: Booster, rows: Rows, threshold: number): Outcome {
  const scores = probabilities(booster, rows);
  let [warned, cost] = [0, 0];
  for (let row = 0; row < rows.rows; row += 1) {
    const warn = scores[row]! >= threshold;
    const late = rows.labels[row] === 1;
    if (warn) warned += 1;
    if (warn && !late) cost += NEEDLESS;
    if (!warn && late) cost += MISSED;
  }
  return { warned: warned / rows.rows, cost: cost / rows.rows };
}

interface Decision {
  readonly version: number;
  readonly threshold: number;
}

/** @returns the decision, or what is wrong with it */
export function readWarnings(text: string): Decision | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return jsonFault(error);
  }
  const { version, threshold } = (value ?? {}) as Record<string, unknown>;
  if (!Number.isInteger(version)) return `version is ${JSON.stringify(version)}, and no number of a version`;
  if (typeof threshold !== 'number' || !(threshold >= 0 && threshold <= 1))
    return `threshold is ${JSON.stringify(threshold)}, and no probability from 0 to 1`;
  return { version: version as number, threshold };
}

/** The model of a version, or why it cannot be read. */
export async function boosterOf(run: LabRun, number: number): Promise<Booster | string> {
  const versions = await versionsOf(run, resourcesOf(run).group);
  const version = versions.find((one) => numberOf(one) === number);
  if (version === undefined)
    return `there is no version ${number}; there is ${list(versions.map((one) => String(numberOf(one))))}`;
  const artifact = version.InferenceSpecification?.Containers?.[0]?.ModelDataUrl;
  if (artifact === undefined) return `version ${number} names no model`;
  const { bucket, key } = parseS3(artifact);
  try {
    const json = readTarGz(await readObject(run, bucket, key)).get('model.json');
    return json === undefined ? `${artifact} has no model.json` : parseBooster(json.toString('utf8'));
  } catch (error) {
    if (isInconclusive(error)) throw error;
    return `${artifact}: ${(error as Error).message}`;
  }
}

interface Looked extends Decision {
  readonly outcome: Outcome;
}

/** The decision with what comes of it, or why there is none. */
const decided = oncePerRun(async (run): Promise<Looked | string> => {
  const resources = resourcesOf(run);
  const place = s3Uri(resources, DECISION);
  let text: string;
  try {
    text = (await readObject(run, resources.bucket, DECISION)).toString('utf8');
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return `There is no ${place}.`;
    throw error;
  }
  const decision = readWarnings(text);
  if (typeof decision === 'string') return `${place} decides nothing: ${decision}.`;
  const booster = await boosterOf(run, decision.version);
  if (typeof booster === 'string') return `${place} decides nothing: ${booster}.`;
  return { ...decision, outcome: outcomeOf(booster, await heldOut(run), decision.threshold) };
});

async function ofDecision(run: LabRun, judge: (found: Looked) => Verdict): Promise<Verdict> {
  const found = await decided(run);
  return typeof found === 'string'
    ? notDone(found, 'which version you would trust with this, and from which probability on a warning pays')
    : judge(found);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const warnCrews: Challenge = {
  id: ID,
  title: 'Whom to warn, by what it costs',
  brief: [
    `A crew that is warned of a late departure gets another plan. A warning that was needless costs ${NEEDLESS}; a late departure that nobody warned of costs ${MISSED}. The desk that makes the plans can take a third of all flights, and not many more.`,
    `Decide from which probability on a crew is warned, and by which version of your group. Put the decision into the lab's bucket, as ${DECISION}: {"version": 1, "threshold": 0.5}. A flight is warned of when the version's probability is at least the threshold.`,
  ],
  constraints: [
    'The version is one of your package group. You may train and register another one, in any way that the lab has.',
    'Choose by the slices that are there for choosing. The held-out flights grade: a threshold that was chosen on them is a measurement that you can do only once.',
  ],
  minutes: 40,
  task: '2.3',
  cost: 'nothing beside the lab, or 1 US cent for each further training job.',
  steps: ['data', 'train', 'tune', 'evaluate', 'register'],
  criteria: [
    {
      id: 'decided',
      points: 2,
      what: `${DECISION} names a version whose model can be read, and a threshold`,
      check: (run) =>
        ofDecision(run, ({ version, threshold }) => done(`Version ${version} warns from ${threshold} on.`, '')),
    },
    {
      id: 'desk',
      points: 4,
      what: `Of the held-out flights, at most ${percent(MOST_WARNED)} are warned of`,
      check: (run) =>
        ofDecision(run, ({ threshold, outcome }) => {
          const told = `From ${threshold} on, ${percent(outcome.warned)} of the held-out flights are warned of`;
          return outcome.warned <= MOST_WARNED
            ? done(`${told}.`, '')
            : notDone(
                `${told}, and at most ${percent(MOST_WARNED)} fit.`,
                'how the probabilities of many flights are spread: where is the flight that a third lie above?',
              );
        }),
    },
    {
      id: 'cost',
      points: 4,
      what: `On the held-out flights it costs at most ${MOST_COST.toFixed(2)} a flight, needless and missing warnings together`,
      check: (run) =>
        ofDecision(run, ({ version, threshold, outcome }) => {
          const told = `With version ${version} and the threshold ${threshold}, a held-out flight costs ${outcome.cost.toFixed(4)}`;
          return outcome.cost <= MOST_COST
            ? done(`${told}.`, '')
            : notDone(
                `${told}, and at most ${MOST_COST.toFixed(2)} is asked.`,
                'a missing warning costs five needless ones: what does that make of 0.5? And where the desk is the limit, does the model put the right flights on top?',
              );
        }),
    },
  ],
  learn: [
    'https://docs.aws.amazon.com/machine-learning/latest/dg/binary-classification.html',
    './lab guide training evaluate',
    './lab guide training approve',
  ],
};
