import { deployEndpoints, serveModels } from '../../../lib/infra/endpoint-statements';
import type { LabStack } from '../../../lib/infra/lab-stack';
import type { ImageSource } from '../../../lib/infra/statements';
import { tagsOf } from '../../../lib/course/names';
import { CAPTURE, MODELS, type DeploymentNames } from '../names';

export interface EndpointRoles {
  readonly endpointRoleArn: string;
  readonly deployRoleArn: string;
}

/** The roles behind both endpoints. The endpoints themselves are in stacks that the pipeline makes. */
export function addEndpointRoles(
  stack: LabStack,
  names: DeploymentNames,
  learner: string,
  image: ImageSource,
): EndpointRoles {
  const endpoints = [names.stagingEndpoint, names.productionEndpoint];
  const endpoint = stack.role(
    'EndpointRole',
    'sagemaker.amazonaws.com',
    'What the endpoints may do: read models, keep what was asked and answered, write logs and metrics.',
    serveModels({ bucket: stack.bucket, models: MODELS, capture: CAPTURE, endpoints, image }),
  );
  const deploy = stack.role(
    'DeployRole',
    'cloudformation.amazonaws.com',
    'Makes, updates and deletes the stacks of both endpoints.',
    deployEndpoints(
      endpoint.roleArn,
      { endpoints, alarms: names.alarms, group: names.base },
      tagsOf('deployment', learner),
    ),
  );
  for (const alarm of names.alarms) stack.own('alarms', alarm);
  stack.output('EndpointRole', endpoint.roleArn, 'Role of the endpoints');
  stack.output('DeployRole', deploy.roleArn, 'Role that CloudFormation makes endpoints with');
  stack.output('StagingStack', names.stagingStack, 'Stack of the staging endpoint, made by the pipeline');
  stack.output('ProductionStack', names.productionStack, 'Stack of the production endpoint, made by the pipeline');
  stack.output('StagingEndpoint', names.stagingEndpoint, 'Staging endpoint');
  stack.output('ProductionEndpoint', names.productionEndpoint, 'Production endpoint');
  return { endpointRoleArn: endpoint.roleArn, deployRoleArn: deploy.roleArn };
}
