import { partName } from '../../../course/names';
import { partitionOf } from '../../../aws/partition';
import { arnsOf, onlyTagged } from '../../arns';
import type { Kind, LabNames, Scope } from '../../kind';
import { removeEndpoint } from '../sagemaker/endpoints';
import { isRoleMissingError } from '../../../target/stack-states';
import { deleteStack } from './deletion';
import { ourStacks, STACK_KIND } from './ours';

/** Parts of labs that the labs' own pipelines and steps make stacks of. */
const OWN_STACKS = ['staging', 'production', 'endpoint'] as const;

/** A stack that the pipeline, a step or a learner made with our role: it holds an endpoint, and needs that role to go. */
export const cloudformationStack: Kind = {
  id: STACK_KIND,
  title: 'stacks made by the lab',
  after: [
    {
      kind: 'autoscaling:scalable-target',
      why: 'SageMaker refuses to delete an endpoint whose target it may not deregister',
    },
    { kind: 'codepipeline:execution', why: 'a release that goes on would make the stack again' },
    { kind: 'sagemaker:monitoring-schedule', why: 'SageMaker deletes no endpoint that a schedule watches' },
  ],
  blocks: 'its endpoint is billed by the hour, and CloudFormation needs our role to delete it',
  async list(scope) {
    return (await ourStacks(scope)).map(({ name, because }) => ({ kind: STACK_KIND, id: name, because }));
  },
  async remove(found, scope) {
    const stack = (await ourStacks(scope)).find(({ name }) => name === found.id)!;
    const why = await deleteStack(scope, stack);
    if (why === undefined) return;
    // An endpoint is billed as long as its stack cannot be deleted, and often is what keeps it.
    for (const { type, name } of stack.resources) {
      if (type === 'AWS::SageMaker::Endpoint') await removeEndpoint(scope, name);
    }
    const gone = isRoleMissingError(why);
    const again = await deleteStack(scope, stack, gone ? rescuer(scope) : undefined);
    if (again === undefined) return;
    throw new Error(
      gone
        ? `its role ${stack.role} is gone. Next: aws cloudformation delete-stack --stack-name ${stack.name} ` +
            `--role-arn <a role that CloudFormation may assume>. The CDK’s own could not: ${again}`
        : again,
    );
  },
  permissions: [
    {
      // Whoever names no stack needs both: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
      actions: ['cloudformation:DescribeStacks', 'cloudformation:ListStacks'],
      resources: () => ['*'],
      reason: 'a stack that is ours is found by its role and tags, among all of the account',
    },
    {
      actions: ['cloudformation:ListStackResources', 'cloudformation:DescribeStackEvents'],
      resources: (place) => arnsOf(place, 'cloudformation', 'stack/*'),
      reason: 'reads what a stack holds that our role or our tags prove ours; a learner may name it freely',
    },
    { actions: ['cloudformation:DeleteStack'], resources: ownStacks },
    {
      actions: ['cloudformation:DeleteStack'],
      resources: (place) => arnsOf(place, 'cloudformation', 'stack/*'),
      reason: 'a learner may name a stack freely; the condition lets only those with our tags go',
      conditions: onlyTagged,
    },
  ],
};

function ownStacks(place: LabNames): string[] {
  const stacks = OWN_STACKS.map((part) => `stack/${partName(place.lab, place.learner, part)}/*`);
  return arnsOf(place, 'cloudformation', ...stacks);
}

/** The role that deletes the lab's own stack: the CDK's bootstrap made it. */
function rescuer({ run: { region, account } }: Scope): string {
  return `arn:${partitionOf(region)}:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-${region}`;
}
