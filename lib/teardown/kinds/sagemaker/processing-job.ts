import { DeleteProcessingJobCommand } from '@aws-sdk/client-sagemaker';
import type { Kind } from '../../kind';
import { isRunning, ourProcessingJobs, sagemakerArns } from './ours';

/** A processing job that has ended. */
export const sagemakerProcessingJob: Kind = {
  id: 'sagemaker:processing-job',
  title: 'processing jobs',
  after: [
    { kind: 'sagemaker:processing-run', why: 'SageMaker deletes no job that goes on' },
    { kind: 'sagemaker:stream', why: 'a job proves that its log streams are ours' },
  ],
  async list(scope) {
    return (await ourProcessingJobs(scope))
      .filter((job) => !isRunning(job))
      .map(({ name, because }) => ({ kind: 'sagemaker:processing-job', id: name, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.sagemaker.send(new DeleteProcessingJobCommand({ ProcessingJobName: found.id }));
  },
  permissions: [
    {
      actions: ['sagemaker:DeleteProcessingJob'],
      resources: (place) => sagemakerArns(place, 'processing-job/*'),
      reason:
        'a job that a learner made is found by its role and output, and may have any name and no tag; the code asks first',
    },
  ],
};
