import type { Kind } from '../../kind';
import { isRunning, ourProcessingJobs, sagemakerArns } from './ours';
import { stopProcessing } from './stop-job';

/** A processing job that is going on, billed by the second. */
export const sagemakerProcessingRun: Kind = {
  id: 'sagemaker:processing-run',
  title: 'running processing jobs',
  after: [
    { kind: 'sagemaker:monitoring-schedule', why: 'a schedule starts the next job' },
    { kind: 'scheduler:schedule', why: 'a schedule starts the next job' },
  ],
  blocks: 'it is billed while it runs, and needs its role and bucket to end',
  async list(scope) {
    return (await ourProcessingJobs(scope))
      .filter(isRunning)
      .map(({ name, because }) => ({ kind: 'sagemaker:processing-run', id: name, because }));
  },
  async remove(found, scope) {
    await stopProcessing(scope, found.id);
  },
  permissions: [
    {
      actions: ['sagemaker:ListProcessingJobs'],
      resources: () => ['*'],
      reason:
        'SageMaker lists all jobs or none: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html',
    },
    {
      actions: ['sagemaker:DescribeProcessingJob', 'sagemaker:StopProcessingJob'],
      resources: (place) => sagemakerArns(place, 'processing-job/*'),
      reason:
        'a job that a learner made is found by its role and output, and may have any name and no tag; the code asks first',
    },
  ],
};
