import type { CfnResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { allow, readArtifacts, writeArtifacts } from '../permissions';

/** The pipeline's own role and those of its actions. */
export class ActionRoles {
  readonly pipeline: iam.Role;
  private readonly arns: string[] = [];

  constructor(private readonly stack: LabStack) {
    this.pipeline = stack.role('PipelineRole', 'codepipeline.amazonaws.com', 'Runs the pipeline.', [
      ...readArtifacts(stack.bucket),
      ...writeArtifacts(stack.bucket),
    ]);
  }

  /** @param id logical id, at most 13 characters */
  of(id: string, description: string, statements: readonly iam.PolicyStatement[]): string {
    const role = new iam.Role(this.stack, id, {
      assumedBy: new iam.ArnPrincipal(this.pipeline.roleArn),
      description,
      inlinePolicies: { Own: new iam.PolicyDocument({ statements: [...statements] }) },
    });
    this.stack.own('roles', role.roleArn);
    this.arns.push(role.roleArn);
    return role.roleArn;
  }

  /** The pipeline may take on these roles and no other. In a policy of its own: the roles name each other. */
  close(): CfnResource {
    const policy = new iam.CfnPolicy(this.stack, 'PipelinePolicy', {
      policyName: 'TakeOnActionRoles',
      roles: [this.pipeline.roleName],
      policyDocument: new iam.PolicyDocument({ statements: [allow(['sts:AssumeRole'], this.arns)] }),
    });
    return policy;
  }
}
