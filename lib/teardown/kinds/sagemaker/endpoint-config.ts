import { DeleteEndpointConfigCommand } from '@aws-sdk/client-sagemaker';
import type { Found, Kind } from '../../kind';
import { goesWithStack } from '../cloudformation/ours';
import { ourEndpointConfigs } from './endpoints';

/** An endpoint configuration that no stack of ours holds. It costs nothing, and names our models and bucket. */
export const sagemakerEndpointConfig: Kind = {
  id: 'sagemaker:endpoint-config',
  title: 'endpoint configurations',
  after: [
    { kind: 'sagemaker:endpoint', why: 'the configuration proves that the endpoint is ours' },
    { kind: 'cloudformation:stack', why: 'a stack that rolls back needs its configuration' },
  ],
  async list(scope) {
    const found: Found[] = [];
    for (const { name, because } of await ourEndpointConfigs(scope)) {
      if (await goesWithStack(scope, 'AWS::SageMaker::EndpointConfig', name)) continue;
      found.push({ kind: 'sagemaker:endpoint-config', id: name, because });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: found.id }));
  },
  // Those of sagemaker:endpoint, which it waits for.
  permissions: [],
};
