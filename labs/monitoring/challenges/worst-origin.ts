/** At which airport the model did worst in July. */
import { readObject } from '../../../lib/aws/s3';
import { oncePerRun, type Challenge } from '../../../lib/course/challenge';
import { Exit, LabError } from '../../../lib/course/errors';
import type { Verdict } from '../../../lib/course/model';
import { dataPlan } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, list, notDone } from '../../../lib/course/say';
import { jsonFault } from '../../../lib/course/work';
import { flightsWithScores, newestReplay } from '../capture/captured-requests';
import { aucOfScores } from '../endpoint/models';
import { JULY, type Flight } from '../traffic/flights';
import { RESULTS } from '../names';
import { resourcesOf, s3Uri } from '../resources';

const ID = 'worst-origin';
/** Where the finding is. */
export const FINDING = `${RESULTS}challenges/origins.json`;
/** Ties and rounding: the third decimal is the last that means anything with some hundred flights. */
const SAME = 0.002;

export interface OfOrigin {
  readonly flights: number;
  readonly auc: number;
}

/** Flights and AUC by airport. */
export function byOrigin(
  judged: readonly { readonly flight: Flight; readonly score: number }[],
): Readonly<Record<string, OfOrigin>> {
  const names = dataPlan().features.map(({ name }) => name);
  return Object.fromEntries(
    dataPlan().vocabulary.origin.map((origin) => {
      const column = names.indexOf(`origin_${origin.toLowerCase()}`);
      const there = judged.filter(({ flight }) => Number(flight.body.split(',')[column]) === 1);
      return [origin, { flights: there.length, auc: aucOfScores(there) }];
    }),
  );
}

const truth = oncePerRun(async (run): Promise<Readonly<Record<string, OfOrigin>>> => {
  const replay = await newestReplay(run, resourcesOf(run), JULY);
  const judged = replay === undefined ? [] : flightsWithScores(replay).filter(({ score }) => !Number.isNaN(score));
  if (judged.length > 0) return byOrigin(judged);
  throw new LabError('The capture has no flights of July to grade with.', {
    why: 'The step drift sends them.',
    next: labCommand(run, 'step', 'drift'),
    exit: Exit.CheckFailed,
  });
});

interface Finding {
  readonly origins: Readonly<Record<string, Partial<OfOrigin>>>;
  readonly worst?: string;
}

/** @returns the finding, or what is wrong with it */
export function readFinding(text: string): Finding | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return jsonFault(error);
  }
  const { origins, worst } = (value ?? {}) as { origins?: unknown; worst?: unknown };
  if (typeof origins !== 'object' || origins === null) return 'it has no origins';
  return {
    origins: Object.fromEntries(
      Object.entries(origins).map(([name, one]) => {
        const { flights, auc } = (one ?? {}) as Record<string, unknown>;
        return [name.toUpperCase(), { flights: Number(flights), auc: Number(auc) }];
      }),
    ),
    ...(typeof worst === 'string' && { worst: worst.trim().toUpperCase() }),
  };
}

const found = oncePerRun(async (run): Promise<Finding | string> => {
  const resources = resourcesOf(run);
  const place = s3Uri(resources, FINDING);
  try {
    const read = readFinding((await readObject(run, resources.bucket, FINDING)).toString('utf8'));
    return typeof read === 'string' ? `${place} says nothing: ${read}.` : read;
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return `There is no ${place}.`;
    throw error;
  }
});

async function ofFinding(run: LabRun, judge: (finding: Finding) => Promise<Verdict>): Promise<Verdict> {
  const finding = await found(run);
  return typeof finding === 'string'
    ? notDone(finding, 'where the endpoint keeps what it was asked and answered, and where the truth came to')
    : judge(finding);
}

/** The first airport for which a figure is not as it is. */
async function differing(
  run: LabRun,
  { origins }: Finding,
  same: (seen: Partial<OfOrigin>, there: OfOrigin) => boolean,
): Promise<[string, Partial<OfOrigin>] | undefined> {
  const all = Object.entries(await truth(run));
  const first = all.find(([origin, there]) => !same(origins[origin] ?? {}, there));
  return first && [first[0], origins[first[0]] ?? {}];
}

export const worstOrigin: Challenge = {
  id: ID,
  title: 'Where the model did worst',
  brief: [
    'In July AUC fell, for all flights together. Somebody wants to know where to look first: at which of the three airports does the model order late and punctual flights worst?',
    `Find out from the July requests as the endpoint captured them, and from what became of the flights. Put the finding into the lab's bucket, as ${FINDING}: {"origins": {"EWR": {"flights": 0, "auc": 0.5}, "JFK": {…}, "LGA": {…}}, "worst": "EWR"}.`,
  ],
  constraints: [
    'It is about the newest July traffic that the lab sent, each request counted once: the ids of one sending end alike. AUC is the area under the ROC curve, ties counting half, to three decimals at least.',
    'The scores are those that the endpoint gave. Models that were trained later would say something else.',
  ],
  minutes: 40,
  task: '4.1',
  cost: 'below 1 US cent for reading the capture from S3.',
  steps: ['baseline', 'traffic', 'drift', 'quality'],
  criteria: [
    {
      id: 'flights',
      points: 3,
      what: 'It counts the flights of each airport as they were captured',
      check: (run) =>
        ofFinding(run, async (finding) => {
          const other = await differing(run, finding, (seen, there) => seen.flights === there.flights);
          const all = Object.values(await truth(run)).reduce((sum, { flights }) => sum + flights, 0);
          return other === undefined
            ? done(`All ${all.toLocaleString('en-US')} flights are counted, at the right airports.`, '')
            : notDone(
                `For ${other[0]} it counts ${other[1].flights ?? 'no'} flights, which is not what the capture has of ${all.toLocaleString('en-US')} in all.`,
                'requests that the capture has of other traffic, or of an earlier sending; and which columns say the airport',
              );
        }),
    },
    {
      id: 'auc',
      points: 4,
      what: 'It has the AUC of each airport',
      check: (run) =>
        ofFinding(run, async (finding) => {
          const other = await differing(run, finding, (seen, there) => Math.abs((seen.auc ?? NaN) - there.auc) <= SAME);
          return other === undefined
            ? done(`The AUC of ${list(Object.keys(await truth(run)))} is as computed here.`, '')
            : notDone(
                `For ${other[0]} it has AUC ${other[1].auc ?? 'none'}; computed here, it is another.`,
                'which answer belongs to which flight, whether late is 1, and what ties count',
              );
        }),
    },
    {
      id: 'worst',
      points: 3,
      what: 'It names the airport where the model orders flights worst',
      check: (run) =>
        ofFinding(run, async ({ worst }) => {
          const all = Object.entries(await truth(run)).sort(([, a], [, b]) => a.auc - b.auc);
          const lowest = all.filter(([, { auc }]) => auc - all[0]![1].auc <= SAME).map(([origin]) => origin);
          return worst !== undefined && lowest.includes(worst)
            ? done(`${worst} is where it does worst.`, '')
            : notDone(
                `It names ${worst ?? 'none'}, and another is worse.`,
                'what a high share of late flights does to AUC, and what it does not',
              );
        }),
    },
  ],
  learn: [
    'https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html',
    'https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html',
    './lab guide monitoring quality',
  ],
};
