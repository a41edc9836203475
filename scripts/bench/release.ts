/**
 * A release of lab deployment from the approval of a version to production, stage by stage, by the pipeline's own times.
 *
 * On a private local cloud, as in a rehearsal; the lab is torn down with it.
 */
import { type ActionExecutionDetail, paginateListActionExecutions } from '@aws-sdk/client-codepipeline';
import { output } from '../../lib/course/run';
import type { Target } from '../../lib/target';
import { PrivateLab } from './private-lab';

/** The steps that bring a version to production, from its approval on. */
const STEPS = ['release', 'staging', 'promote'] as const;
/** Everything from the approval of the version to the last stage's end. */
export const WHOLE = 'from approval to production';

async function actions({ clients }: Target, pipelineName: string): Promise<ActionExecutionDetail[]> {
  const found: ActionExecutionDetail[] = [];
  for await (const page of paginateListActionExecutions({ client: clients.codepipeline }, { pipelineName })) {
    found.push(...(page.actionExecutionDetails ?? []));
  }
  return found.reverse();
}

/** Seconds by stage, in the order of the pipeline; and of the whole. */
export async function releaseSeconds(root: string): Promise<ReadonlyMap<string, number>> {
  const lab = await PrivateLab.open(root, 'deployment');
  const { target } = lab;
  try {
    await lab.deploy();
    const run = await lab.run();
    const act = async (id: string): Promise<void> => lab.step(id).act(run);
    await act('source');
    const before = new Set((await actions(target, output(run, 'Pipeline'))).map((one) => one.pipelineExecutionId));
    const approved = Date.now();
    for (const id of STEPS) await act(id);
    const done = (await actions(target, output(run, 'Pipeline'))).filter((one) => !before.has(one.pipelineExecutionId));
    const seconds = new Map<string, number>();
    for (const { stageName, status, startTime, lastUpdateTime } of done) {
      if (status !== 'Succeeded') throw new Error(`The stage ${stageName} of the release is ${status}.`);
      seconds.set(stageName!, (lastUpdateTime!.getTime() - startTime!.getTime()) / 1000);
    }
    const last = Math.max(...done.map(({ lastUpdateTime }) => lastUpdateTime!.getTime()));
    return seconds.set(WHOLE, (last - approved) / 1000);
  } finally {
    await lab.close();
  }
}
