import type { LabStack } from '../../../lib/infra/lab-stack';
import { tagsOf } from '../../../lib/course/names';
import type { DeploymentNames } from '../names';
import { deployStatements, endpointStatements } from '../permissions';

export interface EndpointRoles {
  readonly endpointRoleArn: string;
  readonly deployRoleArn: string;
}

/** The roles behind both endpoints. The endpoints themselves are in stacks that the pipeline makes. */
export function endpointRoles(
  stack: LabStack,
  names: DeploymentNames,
  learner: string,
  image: { readonly account: string; readonly repository: string },
): EndpointRoles {
  const endpoint = stack.role(
    'EndpointRole',
    'sagemaker.amazonaws.com',
    'What the endpoints may do: read models, keep what was asked and answered, write logs and metrics.',
    endpointStatements(stack.bucket, names, image.account, image.repository),
  );
  const deploy = stack.role(
    'DeployRole',
    'cloudformation.amazonaws.com',
    'Makes, updates and deletes the stacks of both endpoints.',
    deployStatements(endpoint.roleArn, names, tagsOf('deployment', learner)),
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
