/** EventBridge events of CodePipeline: https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html */
import type { Cloud } from '../service';
import type { ActionRun, Execution, Pipeline } from './model';

/** Puts events on the default bus, in the order in which they happened. No execution waits for one. */
export class Events {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly cloud: Cloud) {}

  /** @param state STARTED, SUCCEEDED, FAILED, RESUMED, STOPPING, STOPPED, SUPERSEDED */
  pipeline(pipeline: Pipeline, execution: Execution, state: string): void {
    const { triggerType, triggerDetail } = execution.trigger;
    this.put('CodePipeline Pipeline Execution State Change', pipeline, {
      ...base(pipeline, execution),
      state,
      'execution-trigger': { 'trigger-type': triggerType, 'trigger-detail': triggerDetail },
      ...(execution.stopReason && { 'stop-execution-reason': execution.stopReason }),
    });
  }

  stage(pipeline: Pipeline, execution: Execution, stage: string, state: string): void {
    this.put('CodePipeline Stage Execution State Change', pipeline, { ...base(pipeline, execution), stage, state });
  }

  action(pipeline: Pipeline, execution: Execution, run: ActionRun, state: string): void {
    const { category, owner, provider, version } = run.action.actionTypeId!;
    const artifact = ({ name, bucket, key }: { name: string; bucket: string; key: string }) => ({
      name,
      s3location: { bucket, key },
    });
    this.put('CodePipeline Action Execution State Change', pipeline, {
      ...base(pipeline, execution),
      'start-time': run.startTime.toISOString(),
      stage: run.stage,
      action: run.action.name,
      'action-execution-id': run.id,
      state,
      region: this.cloud.region,
      type: { category, owner, provider, version },
      ...(run.inputs.length > 0 && { 'input-artifacts': run.inputs.map(artifact) }),
      ...(run.outputs.length > 0 && state === 'SUCCEEDED' && { 'output-artifacts': run.outputs.map(artifact) }),
      ...(state !== 'STARTED' && {
        'execution-result': {
          'external-execution-id': run.externalExecutionId,
          'external-execution-url': run.externalExecutionUrl,
          'external-execution-summary': run.error?.message ?? run.summary,
          ...(run.error && { 'error-code': run.error.code }),
        },
      }),
    });
  }

  /** Settles when all events so far are delivered. */
  flush(): Promise<void> {
    return this.last;
  }

  private put(detailType: string, pipeline: Pipeline, detail: object): void {
    const now = JSON.parse(JSON.stringify(detail)) as object;
    this.last = this.last
      .then(() => this.cloud.event(detailType, now, [pipeline.arn], 'aws.codepipeline'))
      // An event that cannot be delivered must not fail the execution.
      .catch(() => undefined);
  }
}

function base(pipeline: Pipeline, execution: Execution) {
  return {
    pipeline: pipeline.name,
    'execution-id': execution.id,
    'start-time': execution.startTime.toISOString(),
    version: execution.version,
  };
}
