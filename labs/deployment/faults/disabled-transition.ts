import {
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import { type Fault, stillBroken, worksAgain } from '../../../lib/course/fault';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { stageStates } from '../release/releases';
import { resourcesOf } from '../resources';

const STAGE = { stageName: 'Verify', transitionType: 'Inbound' } as const;

/** A freeze that nobody ended: releases begin, and wait to enter a stage. */
export const disabledTransition: Fault = {
  id: 'disabled-transition',
  title: 'The transition from Source to Verify was disabled, for a freeze that is over',
  task: '3.3',
  needs: ['source'],
  prepare: async () => ({}),
  async inject(run) {
    const resources = resourcesOf(run);
    const { pipeline } = resources;
    const { codepipeline } = run.clients;
    await codepipeline.send(
      new DisableStageTransitionCommand({
        pipelineName: pipeline,
        ...STAGE,
        reason: 'Freeze at the end of the quarter',
      }),
    );
    const { pipelineExecutionId: id } = await codepipeline.send(new StartPipelineExecutionCommand({ name: pipeline }));
    await waitWithProgress(run, {
      what: `release ${id}`,
      minutes: 15,
      next: labCommand(run, 'mend'),
      ask: async () => {
        const verify = (await stageStates(run, resources)).find(({ stageName }) => stageName === STAGE.stageName);
        const waiting = [verify?.inboundExecution, ...(verify?.inboundExecutions ?? [])];
        return waiting.some((one) => one?.pipelineExecutionId === id) || new InProgress('not there yet');
      },
    });
    return `The release ${id} of ${pipeline}, started at ${run.clock.now().toISOString()}, took its source and goes no further. It has not failed, nothing of it is running, and nobody is asked for an approval.`;
  },
  async check(run) {
    const resources = resourcesOf(run);
    const shut = (await stageStates(run, resources)).some((stage) => stage.inboundTransitionState?.enabled === false);
    return shut
      ? stillBroken(run, `A release of ${resources.pipeline} does not come from its source to production.`)
      : worksAgain(run, `Nothing keeps releases of ${resources.pipeline} from going on.`);
  },
  hints: [
    'A release that neither runs nor has failed waits. The pipeline’s state says for each stage what is in it, and what waits before it.',
    'Between two stages is a transition, and it can be shut. Whoever did that had to give a reason.',
  ],
  async mend(run) {
    await run.clients.codepipeline.send(
      new EnableStageTransitionCommand({ pipelineName: resourcesOf(run).pipeline, ...STAGE }),
    );
  },
  seen: (run) => [
    `the state, with who shut it, when and why: aws codepipeline get-pipeline-state --name ${quoted(resourcesOf(run).pipeline)} --query 'stageStates[].[stageName,inboundTransitionState]'`,
    'the console, which shows the transition as disabled between the two stages',
  ],
  prevented:
    'A freeze with an end: a scheduled rule that enables the transition again, or a stage’s entry condition (a deployment window). An alarm on releases that are older than an hour would have told.',
};
