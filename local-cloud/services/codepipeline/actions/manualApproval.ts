/** Manual approval: https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html */
import { randomUUID } from 'node:crypto';
import type { PutApprovalResultInput, PutApprovalResultOutput } from '@aws-sdk/client-codepipeline';
import type { Operation } from '../../service';
import { ServiceError } from '../../service';
import { ActionFailure, noStage } from '../errors';
import { currentDeclaration, type Pipeline, stagesOf } from '../model';
import type { Timers } from '../timers';
import type { ActionContext, ActionResult } from './action';

interface Decision {
  readonly approved: boolean;
  readonly summary: string;
  readonly by: string;
}

/** Approvals that wait, by token. */
export class Approvals {
  private readonly pending = new Map<string, (decision: Decision) => void>();
  private readonly over = new Set<string>();

  constructor(
    private readonly find: (name: string | undefined) => Pipeline,
    private readonly timers: Timers,
  ) {}

  readonly run = async (context: ActionContext): Promise<ActionResult> => {
    const token = randomUUID();
    const decision = new Promise<Decision>((resolve) => this.pending.set(token, resolve));
    // Nobody may decide once the action has timed out or was abandoned.
    context.signal.addEventListener('abort', () => this.settle(token), { once: true });
    context.report({ token });
    const { approved, summary, by } = await decision;
    context.report({ token: undefined, updatedBy: by, ...(summary && { summary }) });
    if (!approved) throw new ActionFailure('JobFailed', summary || 'The approval action was rejected.');
    return {};
  };

  readonly put: Operation<PutApprovalResultInput, PutApprovalResultOutput> = async (input, { caller }) => {
    const pipeline = this.find(input.pipelineName);
    const stage = stagesOf(currentDeclaration(pipeline)).find(({ name }) => name === input.stageName);
    if (!stage) throw noStage(input.stageName, pipeline.name);
    if (!stage.actions!.some(({ name }) => name === input.actionName)) {
      throw new ServiceError(
        'ActionNotFoundException',
        `Action '${input.actionName}' does not exist in stage '${stage.name}' of the pipeline '${pipeline.name}'.`,
      );
    }
    const token = input.token!;
    const { status, summary } = input.result!;
    if (this.over.has(token)) {
      throw new ServiceError(
        'ApprovalAlreadyCompletedException',
        'The approval action has already been approved or rejected.',
      );
    }
    const run = pipeline.lastRuns.get(`${input.stageName}/${input.actionName}`);
    const decide = this.pending.get(token);
    if (!decide || run?.token !== token) {
      throw new ServiceError(
        'InvalidApprovalTokenException',
        'The approval request already received a response or has expired.',
      );
    }
    this.settle(token);
    decide({ approved: status === 'Approved', summary: summary!, by: caller.arn });
    return { approvedAt: this.timers.now() };
  };

  private settle(token: string): void {
    this.pending.delete(token);
    this.over.add(token);
  }
}
