/**
 * Lab training's jobs beside XGBoost alone: each step's own work, the time that the job itself tells, and its check, apart.
 *
 * On a private local cloud, as in a rehearsal; the lab is torn down with it.
 */
import { DescribeTrainingJobCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import type { Target } from '../../lib/target';
import { PrivateLab } from './private-lab';
import { timed } from './runs';

/** Seconds. */
export interface TrainingTimes {
  /** The step's work: uploading code, the job, waiting for it. */
  readonly act: number;
  /** What the job says of itself, from its start to its end; for a search, all its trainings together. */
  readonly job: number;
  readonly check: number;
}

/** From the first start to the last end of the trainings whose names are not in `before`. */
async function jobSeconds({ clients }: Target, before: Set<string>): Promise<number> {
  const { TrainingJobSummaries = [] } = await clients.sagemaker.send(new ListTrainingJobsCommand({ MaxResults: 100 }));
  const times: { start: number; end: number }[] = [];
  for (const { TrainingJobName } of TrainingJobSummaries) {
    if (before.has(TrainingJobName!)) continue;
    before.add(TrainingJobName!);
    const job = await clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    times.push({ start: job.TrainingStartTime!.getTime(), end: job.TrainingEndTime!.getTime() });
  }
  return (Math.max(...times.map(({ end }) => end)) - Math.min(...times.map(({ start }) => start))) / 1000;
}

/** Steps `data`, `train` and `tune` once, in a fresh local cloud. */
export async function trainingSteps(root: string): Promise<Readonly<Record<'train' | 'tune', TrainingTimes>>> {
  const lab = await PrivateLab.open(root, 'training');
  try {
    await lab.deploy();
    const run = await lab.run();
    await lab.step('data').act(run);
    const known = new Set<string>();
    const measure = async (id: string): Promise<TrainingTimes> => {
      const act = await timed(() => lab.step(id).act(run));
      const check = await timed(async () => {
        const { done, saw } = await lab.step(id).check(run);
        if (!done) throw new Error(`${id} is not done: ${saw}`);
      });
      return { act, job: await jobSeconds(lab.target, known), check };
    };
    return { train: await measure('train'), tune: await measure('tune') };
  } finally {
    await lab.close();
  }
}
