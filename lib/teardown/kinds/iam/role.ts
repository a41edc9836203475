import { DeleteRoleCommand } from '@aws-sdk/client-iam';
import { removePolicies } from '../../../target/role-policies';
import { roleName } from '../../arns';
import { provenNames } from '../../ownership-proof';
import type { Kind } from '../../kind';
import { tagsOfRole } from '../../roles';

/** A role that outlived its stack. Only `./lab down` removes it: the lease's function has no permission on IAM. */
export const iamRole: Kind = {
  id: 'iam:role',
  title: 'IAM roles',
  after: [
    { kind: 'glue:job', why: 'a job is known as ours by its role' },
    { kind: 'glue:crawler', why: 'a crawler is known as ours by its role' },
    { kind: 'glue:quality-run', why: 'a run needs its role to end' },
    { kind: 'sagemaker:training-job', why: 'a job is known as ours by its role' },
    { kind: 'sagemaker:processing-job', why: 'a job is known as ours by its role' },
    { kind: 'sagemaker:tuning-job', why: 'a job is known as ours by its role' },
    { kind: 'sagemaker:model', why: 'a model is known as ours by its role' },
    { kind: 'cloudformation:stack', why: 'CloudFormation deletes a stack with its role' },
    { kind: 'sagemaker:endpoint', why: 'an endpoint needs the role of its model until it is gone' },
    { kind: 'sagemaker:data-quality-definition', why: 'a definition is known as ours by its role' },
    { kind: 'codepipeline:pipeline', why: 'a pipeline is known as ours by its role' },
    { kind: 'codebuild:project', why: 'a project is known as ours by its role' },
    { kind: 'logs:service-group', why: 'the project or endpoint that wrote to a group is known as ours by its role' },
    { kind: 'scheduler:schedule', why: 'a schedule is known as ours by its role' },
    { kind: 'events:rule', why: 'a rule is known as ours by the role of its targets' },
  ],
  async list(scope) {
    if (scope.stack !== 'gone') return [];
    const roles = await provenNames(scope, 'roles', (arn) => tagsOfRole(scope, arn));
    return [...roles].map(([id, because]) => ({ kind: 'iam:role', id, because }));
  },
  async remove(found, scope) {
    const { clients } = scope.run;
    const RoleName = roleName(found.id);
    await removePolicies(clients, RoleName);
    await clients.iam.send(new DeleteRoleCommand({ RoleName }));
  },
  permissions: [],
};
