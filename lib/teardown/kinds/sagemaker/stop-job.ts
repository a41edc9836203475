/** Stops jobs, and waits until they have ended or are not known any more. */
import {
  DescribeHyperParameterTuningJobCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  StopHyperParameterTuningJobCommand,
  StopProcessingJobCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import { untilGone } from '../../wait';
import { isRunning } from './ours';

/**
 * Asks a job to stop, unless it is stopping or over, and waits until it is over.
 *
 * SageMaker refuses to stop a job a second time, with its general error ("The request was rejected because the training
 * job is in status Stopped."): the job's state tells whether there is anything left to ask for.
 */
async function stop(
  scope: Scope,
  what: string,
  status: () => Promise<string | undefined>,
  ask: () => Promise<unknown>,
): Promise<void> {
  if ((await status()) === 'InProgress') {
    try {
      await ask();
    } catch (error) {
      if ((await status()) === 'InProgress') throw error;
    }
  }
  await untilGone(scope, `${what} to stop`, async () => !isRunning({ status: (await status()) ?? '' }));
}

export function stopTraining(scope: Scope, TrainingJobName: string): Promise<void> {
  const { sagemaker } = scope.run.clients;
  return stop(
    scope,
    `the training job ${TrainingJobName}`,
    async () =>
      (await orUndefined(sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }))))?.TrainingJobStatus,
    () => sagemaker.send(new StopTrainingJobCommand({ TrainingJobName })),
  );
}

export function stopProcessing(scope: Scope, ProcessingJobName: string): Promise<void> {
  const { sagemaker } = scope.run.clients;
  return stop(
    scope,
    `the processing job ${ProcessingJobName}`,
    async () =>
      (await orUndefined(sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }))))?.ProcessingJobStatus,
    () => sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName })),
  );
}

export function stopTuning(scope: Scope, HyperParameterTuningJobName: string): Promise<void> {
  const { sagemaker } = scope.run.clients;
  return stop(
    scope,
    `the tuning job ${HyperParameterTuningJobName}`,
    async () =>
      (await orUndefined(sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }))))
        ?.HyperParameterTuningJobStatus,
    () => sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName })),
  );
}
