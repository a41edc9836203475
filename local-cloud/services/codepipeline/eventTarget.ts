/** Pipelines as targets of EventBridge rules: https://docs.aws.amazon.com/codepipeline/latest/userguide/create-cloudtrail-S3-source.html */
import { randomUUID } from 'node:crypto';
import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import type { Cloud, Operation } from '../service';
import { ServiceError } from '../service';
import type { Executions } from './executions';

export interface TargetInvocation {
  readonly pipelineArn: string;
  /** The target's role, which EventBridge assumes. */
  readonly roleArn: string;
  readonly ruleArn: string;
  /** The event, or what the target makes of it. */
  readonly payload: string;
}

/** Who the plug-in says it is when it delivers an event; no client can have this name. */
const EVENTBRIDGE = 'eventbridge';

/** What the target's input may hold: overrides of the source, and variables. */
function overrides(payload: string): object {
  try {
    const { sourceRevisions, variables } = JSON.parse(payload) as Record<string, unknown>;
    return {
      ...(Array.isArray(sourceRevisions) && { sourceRevisions }),
      ...(Array.isArray(variables) && { variables }),
    };
  } catch {
    return {};
  }
}

/** Starts the pipeline with a signed request of the target's role, so that IAM decides. */
export function deliverEvent(cloud: Cloud, executions: Executions): Operation<TargetInvocation, object> {
  return async ({ pipelineArn, roleArn, ruleArn, payload }, { caller }) => {
    if (caller.arn !== EVENTBRIDGE) {
      throw new ServiceError('UnknownOperationException', 'CodePipeline has no operation DeliverEvent.');
    }
    const principal = await cloud.assume(roleArn, 'events.amazonaws.com', randomUUID().replaceAll('-', ''));
    const token = randomUUID();
    executions.expect(token, { triggerType: 'CloudWatchEvent', triggerDetail: ruleArn });
    const name = pipelineArn.split(':').at(-1)!;
    return principal.codepipeline.send(
      new StartPipelineExecutionCommand({ name, clientRequestToken: token, ...overrides(payload) }),
    );
  };
}
