/** Whether a job has ended, or is not known any more. */
import {
  DescribeHyperParameterTuningJobCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import { goesOn } from './ours';

const over = (status: string | undefined): boolean => !goesOn({ status: status ?? '' });

export async function trainingIsOver({ run }: Scope, TrainingJobName: string): Promise<boolean> {
  const job = await orUndefined(run.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName })));
  return over(job?.TrainingJobStatus);
}

export async function processingIsOver({ run }: Scope, ProcessingJobName: string): Promise<boolean> {
  const job = await orUndefined(run.clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName })));
  return over(job?.ProcessingJobStatus);
}

export async function tuningIsOver({ run }: Scope, HyperParameterTuningJobName: string): Promise<boolean> {
  const job = await orUndefined(
    run.clients.sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName })),
  );
  return over(job?.HyperParameterTuningJobStatus);
}
