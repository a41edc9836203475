import { SEARCH_BY_TAG } from '../../arns';
import type { Kind } from '../../kind';
import { isRunning, ourTuningJobs, sagemakerArns } from './ours';
import { stopTuning } from './stop-job';

/** A tuning job that is going on: it starts training after training. */
export const sagemakerTuningRun: Kind = {
  id: 'sagemaker:tuning-run',
  title: 'running tuning jobs',
  after: [],
  blocks: 'it starts more trainings, which are billed',
  async list(scope) {
    return (await ourTuningJobs(scope))
      .filter(isRunning)
      .map(({ name, because }) => ({ kind: 'sagemaker:tuning-run', id: name, because }));
  },
  async remove(found, scope) {
    await stopTuning(scope, found.id);
  },
  permissions: [
    SEARCH_BY_TAG,
    {
      actions: ['sagemaker:ListHyperParameterTuningJobs'],
      resources: () => ['*'],
      reason:
        'SageMaker lists all jobs or none: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html',
    },
    {
      actions: ['sagemaker:DescribeHyperParameterTuningJob', 'sagemaker:StopHyperParameterTuningJob'],
      resources: (place) => sagemakerArns(place, 'hyper-parameter-tuning-job/*'),
      reason:
        'a job that a learner made is found by its role and output, and may have any name and no tag; the code asks first',
    },
  ],
};
