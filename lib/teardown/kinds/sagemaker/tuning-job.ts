import { DeleteHyperParameterTuningJobCommand } from '@aws-sdk/client-sagemaker';
import type { Kind } from '../../kind';
import { isRunning, ourTuningJobs, sagemakerArns } from './ours';

/** A tuning job that has ended. */
export const sagemakerTuningJob: Kind = {
  id: 'sagemaker:tuning-job',
  title: 'tuning jobs',
  after: [
    { kind: 'sagemaker:tuning-run', why: 'SageMaker deletes no job that goes on' },
    { kind: 'sagemaker:training-job', why: 'a learner finds the children of a tuning job through it' },
  ],
  async list(scope) {
    return (await ourTuningJobs(scope))
      .filter((job) => !isRunning(job))
      .map(({ name, because }) => ({ kind: 'sagemaker:tuning-job', id: name, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.sagemaker.send(
      new DeleteHyperParameterTuningJobCommand({ HyperParameterTuningJobName: found.id }),
    );
  },
  permissions: [
    {
      actions: ['sagemaker:DeleteHyperParameterTuningJob'],
      resources: (place) => sagemakerArns(place, 'hyper-parameter-tuning-job/*'),
      reason:
        'a job that a learner made is found by its role and output, and may have any name and no tag; the code asks first',
    },
  ],
};
