import { DeleteModelCommand } from '@aws-sdk/client-sagemaker';
import type { Found, Kind } from '../../kind';
import { goesWithStack } from '../cloudformation/ours';
import { ourModels, sagemakerArns } from './ours';

/** A model that a learner made from this lab's artifacts. It costs nothing, and names our role and bucket. */
export const sagemakerModel: Kind = {
  id: 'sagemaker:model',
  title: 'SageMaker models',
  after: [
    { kind: 'sagemaker:endpoint-config', why: 'the model proves that a configuration and its endpoint are ours' },
    { kind: 'cloudformation:stack', why: 'a stack that rolls back needs its model' },
  ],
  async list(scope) {
    const found: Found[] = [];
    for (const { name, because } of await ourModels(scope)) {
      if (await goesWithStack(scope, 'AWS::SageMaker::Model', name)) continue;
      found.push({ kind: 'sagemaker:model', id: name, because });
    }
    return found;
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
