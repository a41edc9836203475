import { DeleteDataQualityJobDefinitionCommand } from '@aws-sdk/client-sagemaker';
import type { Found, Kind } from '../../kind';
import { goesWithStack } from '../cloudformation/ours';
import { ourDefinitions } from './monitoring';

/** What a monitoring schedule runs. It costs nothing, and names our role and endpoint. */
export const sagemakerDataQualityDefinition: Kind = {
  id: 'sagemaker:data-quality-definition',
  title: 'data quality definitions',
  after: [{ kind: 'sagemaker:monitoring-schedule', why: 'SageMaker deletes no definition that a schedule runs' }],
  async list(scope) {
    const found: Found[] = [];
    for (const { name, because } of await ourDefinitions(scope)) {
      if (await goesWithStack(scope, 'AWS::SageMaker::DataQualityJobDefinition', name)) continue;
      found.push({ kind: 'sagemaker:data-quality-definition', id: name, because });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.sagemaker.send(new DeleteDataQualityJobDefinitionCommand({ JobDefinitionName: found.id }));
  },
  // Those of sagemaker:monitoring-schedule, which it waits for.
  permissions: [],
};
