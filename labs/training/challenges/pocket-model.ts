/** A model that is small enough for a tablet. */
import { auc } from '../../../lib/flights/rows';
import { scoreTrees, type Booster } from '../../../lib/flights/booster';
import { oncePerRun, type Challenge } from '../../../lib/course/challenge';
import type { Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { done, list, notDone } from '../../../lib/course/say';
import { trainedModels, type TrainingAttempt } from '../models/trained';
import { CHALLENGE_MODELS, CODE, DATA, resourcesOf, s3Uri, type LabResources } from '../resources';
import { readModel } from '../steps/train-check';
import { heldOut } from './held-out';

/** The first model of the lab has about 940. */
export const MOST_LEAVES = 400;
/** The first model has 0.758 on the held-out flights, a logistic regression 0.717. */
export const LEAST_AUC = 0.745;
/** Models that are looked at, the newest. */
const LOOKED_AT = 30;

interface Candidate {
  readonly job: TrainingAttempt;
  readonly leaves: number;
  readonly auc: number;
  /** What the job read beside the slices train and validation. */
  readonly strange: readonly string[];
}

/** Leaves that a flight can come to. */
export const leavesOf = ({ trees }: Booster): number =>
  trees.reduce((sum, { left, right }) => {
    let leaves = 0;
    const open = [0];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (left[node]! > node) open.push(left[node]!, right[node]!);
      else leaves += 1;
    }
    return sum + leaves;
  }, 0);

/** The best of the small models, honest ones first; the smallest where none is small; undefined where there is no model. */
export function gradedOf<T extends Omit<Candidate, 'job'>>(candidates: readonly T[]): T | undefined {
  const small = candidates.filter(({ leaves }) => leaves <= MOST_LEAVES);
  const right = ({ auc: seen, strange }: T): number => (seen >= LEAST_AUC && strange.length === 0 ? 1 : 0);
  return small.length > 0
    ? [...small].sort((a, b) => right(b) - right(a) || b.auc - a.auc)[0]
    : [...candidates].sort((a, b) => a.leaves - b.leaves)[0];
}

const graded = oncePerRun(async (run): Promise<Candidate | undefined> => {
  const resources = resourcesOf(run);
  const rows = await heldOut(run);
  const candidates: Candidate[] = [];
  const jobs = (await trainedModels(run, resources, 'challenges')).filter(({ artifact }) => artifact !== undefined);
  for (const job of jobs.slice(0, LOOKED_AT)) {
    const model = await readModel(run, job);
    if (typeof model === 'string') continue;
    const seen = auc(rows.labels, scoreTrees(model, rows));
    candidates.push({ job, leaves: leavesOf(model), auc: seen, strange: strangeInputs(resources, job) });
  }
  return gradedOf(candidates);
});

function strangeInputs(resources: LabResources, { inputs }: TrainingAttempt): string[] {
  const allowed = [`${DATA}train/`, `${DATA}validation/`].map((key) => s3Uri(resources, key));
  const read = Object.values(inputs).map((uri) => uri.replace(/\/?$/, '/'));
  return read.filter((uri) => !allowed.includes(uri) && !uri.startsWith(s3Uri(resources, CODE)));
}

/** Judges the small model; without one there is nothing to judge but its size. */
async function ofSmall(run: LabRun, judge: (found: Candidate) => Verdict): Promise<Verdict> {
  const found = await graded(run);
  if (found !== undefined && found.leaves <= MOST_LEAVES) return judge(found);
  return notDone(
    found === undefined
      ? `No job of this lab has left a model below ${CHALLENGE_MODELS} that can be read.`
      : `No model below ${CHALLENGE_MODELS} has ${MOST_LEAVES} leaves or fewer; the smallest, of ${found.job.name}, has ${found.leaves}.`,
    'how many leaves trees of a depth can have, and what else could make a forest smaller than that',
  );
}

export const pocketModel: Challenge = {
  id: 'pocket-model',
  title: 'A model for a tablet',
  brief: [
    'Crews want to see on a tablet, without a network, how likely their next flight leaves late. The tablet holds a small table: a model with 400 leaves fits, counted over all its trees. The first model of the lab has more than twice as many.',
    `Train one that fits, and is nearly as good: on the held-out flights of the slice test, its AUC must be ${LEAST_AUC} or more. Halving is no plan: what is taken away from a forest at random is missed.`,
  ],
  constraints: [
    "It is made by a job with this lab's role, training or processing as your account allows, in the form that the lab's models have: model.tar.gz with model.json (binary:logistic, the features of the plan in their order) and code/inference.py.",
    `The job's output lies below ${CHALLENGE_MODELS} of the lab's bucket, where no step's check takes it for its own. Where you have the learner's policy of docs/permissions.md, the job's name begins with mla-.`,
    'The job reads the slices train and validation, and nothing of test or of later months: held-out flights that somebody learnt from say nothing.',
  ],
  minutes: 40,
  task: '2.2',
  cost: 'about 1 US cent for each training job of two minutes on ml.m5.large.',
  steps: ['data'],
  criteria: [
    {
      id: 'small',
      points: 4,
      what: `A model of yours has at most ${MOST_LEAVES} leaves`,
      check: (run) => ofSmall(run, ({ job, leaves }) => done(`The model of ${job.name} has ${leaves} leaves.`, '')),
    },
    {
      id: 'good',
      points: 4,
      what: `The same model has an AUC of ${LEAST_AUC} or more on the held-out flights`,
      check: (run) =>
        ofSmall(run, ({ job, auc: seen }) => {
          const told = `Scored here on the held-out flights, the model of ${job.name} has AUC ${seen.toFixed(4)}`;
          return seen >= LEAST_AUC
            ? done(`${told}.`, '')
            : notDone(
                `${told}, and ${LEAST_AUC} is asked.`,
                'what one leaf is worth: many shallow trees or few deep ones, and how much of each is taken',
              );
        }),
    },
    {
      id: 'honest',
      points: 2,
      what: 'Its job read train and validation, and no flights beside them',
      check: (run) =>
        ofSmall(run, ({ job, strange }) =>
          strange.length === 0
            ? done(`${job.name} read ${list(Object.keys(job.inputs))}.`, '')
            : notDone(
                `The job ${job.name} read ${list(strange)} as well.`,
                'what a score is worth on flights that the training saw',
              ),
        ),
    },
  ],
  learn: [
    'https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html',
    'https://xgboost.readthedocs.io/en/stable/parameter.html#parameters-for-tree-booster',
    './lab guide training train',
  ],
};
