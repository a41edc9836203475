/** Transitions between stages: EnableStageTransition, DisableStageTransition. */
import type { DisableStageTransitionInput, EnableStageTransitionInput } from '@aws-sdk/client-codepipeline';
import type { Operation } from '../service';
import type { ExecutionEngine } from './engine';
import { lacks, noStage } from './errors';
import { currentDeclaration, type Pipeline, stageRuntimeOf, type StageRuntime, stagesOf } from './model';
import type { Timers } from './timers';

export class Transitions {
  constructor(
    private readonly find: (name: string | undefined) => Pipeline,
    private readonly engine: ExecutionEngine,
    private readonly timers: Timers,
  ) {}

  readonly enable: Operation<EnableStageTransitionInput, void> = async (input, { caller }) => {
    const { pipeline, slot } = this.slot(input);
    Object.assign(slot, {
      enabled: true,
      disabledReason: undefined,
      changedBy: caller.arn,
      changedAt: this.timers.now(),
    });
    this.engine.settle(pipeline, slot);
  };

  readonly disable: Operation<DisableStageTransitionInput, void> = async (input, { caller }) => {
    const { slot } = this.slot(input);
    Object.assign(slot, {
      enabled: false,
      disabledReason: input.reason,
      changedBy: caller.arn,
      changedAt: this.timers.now(),
    });
  };

  private slot(input: EnableStageTransitionInput): { readonly pipeline: Pipeline; readonly slot: StageRuntime } {
    const pipeline = this.find(input.pipelineName);
    if (input.transitionType !== 'Inbound') throw lacks('outbound transitions');
    if (!stagesOf(currentDeclaration(pipeline)).some(({ name }) => name === input.stageName)) {
      throw noStage(input.stageName, pipeline.name);
    }
    return { pipeline, slot: stageRuntimeOf(pipeline, input.stageName!) };
  }
}
