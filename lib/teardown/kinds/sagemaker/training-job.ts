import { DeleteTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import type { Kind } from '../../kind';
import { isRunning, ourTrainingJobs, sagemakerArns } from './ours';

/** A training job that has ended, those of tuning jobs included: deleting a tuning job leaves its children. */
export const sagemakerTrainingJob: Kind = {
  id: 'sagemaker:training-job',
  title: 'training jobs',
  after: [
    { kind: 'sagemaker:training-run', why: 'SageMaker deletes no job that goes on' },
    { kind: 'sagemaker:stream', why: 'a job proves that its log streams are ours' },
  ],
  async list(scope) {
    return (await ourTrainingJobs(scope))
      .filter((job) => !isRunning(job))
      .map(({ name, because }) => ({ kind: 'sagemaker:training-job', id: name, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: found.id }));
  },
  permissions: [
    {
      actions: ['sagemaker:DeleteTrainingJob'],
      resources: (place) => sagemakerArns(place, 'training-job/*'),
      reason:
        'a job that a learner made is found by its role and output, and may have any name and no tag; the code asks first',
    },
  ],
};
