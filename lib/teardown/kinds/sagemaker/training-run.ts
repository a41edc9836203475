import type { Kind } from '../../kind';
import { isRunning, ourTrainingJobs, sagemakerArns } from './ours';
import { stopTraining } from './stop-job';

/** A training job that is going on, billed by the second. */
export const sagemakerTrainingRun: Kind = {
  id: 'sagemaker:training-run',
  title: 'running training jobs',
  after: [{ kind: 'sagemaker:tuning-run', why: 'a tuning job that goes on starts the next training' }],
  blocks: 'it is billed while it runs, and needs its role and bucket to end',
  async list(scope) {
    return (await ourTrainingJobs(scope))
      .filter(isRunning)
      .map(({ name, because }) => ({ kind: 'sagemaker:training-run', id: name, because }));
  },
  async remove(found, scope) {
    await stopTraining(scope, found.id);
  },
  permissions: [
    {
      actions: ['sagemaker:ListTrainingJobs'],
      resources: () => ['*'],
      reason:
        'SageMaker lists all jobs or none: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html',
    },
    {
      actions: ['sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'],
      resources: (place) => sagemakerArns(place, 'training-job/*'),
      reason:
        'a job that a learner made is found by its role and output, and may have any name and no tag; the code asks first',
    },
  ],
};
