/**
 * Lab training's jobs beside XGBoost alone: each step's own work, the time that the job itself tells, and its check, apart.
 *
 * On a private local cloud, as in a rehearsal; the lab is torn down with it.
 */
import { DescribeTrainingJobCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRun } from '../../lib/course/load';
import { labEntry } from '../../lib/course/registry';
import { openTarget, type Target } from '../../lib/target';
import { ToolkitDeployer } from '../../lib/target/toolkit';

/** Seconds. */
export interface TrainingTimes {
  /** The step's work: uploading code, the job, waiting for it. */
  readonly act: number;
  /** What the job says of itself, from its start to its end; for a search, all its trainings together. */
  readonly job: number;
  readonly check: number;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
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
  const lab = await labEntry('training')!.lab();
  const target = await openTarget('local', { keep: false, faces: [], progress: () => undefined });
  const deployer = new ToolkitDeployer({ root, env: process.env, ask: async () => undefined });
  const workDir = mkdtempSync(join(tmpdir(), 'mla-labs-bench-'));
  try {
    await deployer.bootstrap(target, () => undefined);
    const assembly = await deployer.synthesize({ lab: 'training', learner: 'me', modes: {} });
    try {
      await deployer.deploy(target, assembly, {}, () => undefined);
    } finally {
      assembly.dispose();
      await deployer.close();
    }
    mkdirSync(workDir, { recursive: true });
    for (const { exercise } of lab.steps) {
      if (exercise) cpSync(join(lab.folder, exercise.solution), join(workDir, exercise.file));
    }
    const { run } = await loadRun({ lab, learner: 'me', target, workDir, progress: () => undefined });
    const step = (id: string) => lab.steps.find((one) => one.id === id)!;
    await step('data').act(run);
    const known = new Set<string>();
    const measure = async (id: string): Promise<TrainingTimes> => {
      const act = await timed(() => step(id).act(run));
      const check = await timed(async () => {
        const { done, saw } = await step(id).check(run);
        if (!done) throw new Error(`${id} is not done: ${saw}`);
      });
      return { act, job: await jobSeconds(target, known), check };
    };
    return { train: await measure('train'), tune: await measure('tune') };
  } finally {
    await target.close();
    rmSync(workDir, { recursive: true, force: true });
  }
}
