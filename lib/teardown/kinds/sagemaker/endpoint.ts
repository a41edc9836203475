import type { Found, Kind } from '../../kind';
import { goesWithStack } from '../cloudformation/ours';
import { ourEndpoints, removeEndpoint } from './endpoints';
import { sagemakerArns } from './ours';

/** An endpoint that no stack of ours holds: a learner made it, or it outlived its stack. It is billed by the hour. */
export const sagemakerEndpoint: Kind = {
  id: 'sagemaker:endpoint',
  title: 'endpoints',
  after: [
    {
      kind: 'autoscaling:scalable-target',
      why: 'SageMaker refuses to delete an endpoint whose target it may not deregister',
    },
    { kind: 'codepipeline:execution', why: 'a release that goes on would make it again' },
    { kind: 'sagemaker:monitoring-schedule', why: 'SageMaker deletes no endpoint that a schedule watches' },
  ],
  blocks: 'it is billed by the hour, and needs its role until it is gone',
  async list(scope) {
    const found: Found[] = [];
    for (const { name, because } of await ourEndpoints(scope)) {
      if (await goesWithStack(scope, 'AWS::SageMaker::Endpoint', name)) continue;
      found.push({ kind: 'sagemaker:endpoint', id: name, because });
    }
    return found;
  },
  async remove(found, scope) {
    await removeEndpoint(scope, found.id);
  },
  permissions: [
    {
      actions: ['sagemaker:ListEndpoints', 'sagemaker:ListEndpointConfigs'],
      resources: () => ['*'],
      reason:
        'SageMaker lists all endpoints or none: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html',
    },
    {
      actions: ['sagemaker:DescribeEndpoint', 'sagemaker:DeleteEndpoint', 'sagemaker:ListTags'],
      resources: (place) => sagemakerArns(place, 'endpoint/*'),
      reason:
        'an endpoint that a learner made is found by its model and capture, and may have any name and no tag; the code asks first',
    },
    {
      actions: ['sagemaker:DescribeEndpointConfig', 'sagemaker:DeleteEndpointConfig'],
      resources: (place) => sagemakerArns(place, 'endpoint-config/*'),
      reason:
        'a configuration is found by its models and capture, and may have any name and no tag; the code asks first',
    },
  ],
};
