import { DeleteModelCommand } from '@aws-sdk/client-sagemaker';
import type { Kind } from '../../kind';
import { ourModels, sagemakerArns } from './ours';

/** A model that a learner made from this lab's artifacts. It costs nothing, and names our role and bucket. */
export const sagemakerModel: Kind = {
  id: 'sagemaker:model',
  title: 'SageMaker models',
  after: [],
  async list(scope) {
    return (await ourModels(scope)).map(({ name, because }) => ({ kind: 'sagemaker:model', id: name, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.sagemaker.send(new DeleteModelCommand({ ModelName: found.id }));
  },
  permissions: [
    {
      actions: ['sagemaker:ListModels'],
      resources: () => ['*'],
      reason:
        'SageMaker lists all models or none: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html',
    },
    {
      actions: ['sagemaker:DescribeModel', 'sagemaker:DeleteModel'],
      resources: (place) => sagemakerArns(place, 'model/*'),
      reason: 'a model that a learner made is found by its role and data, and may have any name and no tag',
    },
  ],
};
