/** The lab's stack, as far as teardown looks at it. */
import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { sameName } from '../aws/same-name';
import type { LabRun } from '../course/run';
import { arnOfRole } from './arns';
import { orUndefined } from './errors';
import type { StackState } from './kind';
import type { NameList, OwnedNames } from './ownership';
import { listAll } from './pages';

/** Which list of the record a resource of a stack belongs to. */
const LIST_OF_TYPE: Readonly<Record<string, NameList>> = {
  'AWS::S3::Bucket': 'buckets',
  'AWS::IAM::Role': 'roles',
  'AWS::Glue::Database': 'databases',
  'AWS::Glue::Crawler': 'crawlers',
  'AWS::Glue::Job': 'jobs',
  'AWS::Glue::DataQualityRuleset': 'rulesets',
  'AWS::Athena::WorkGroup': 'workGroups',
  'AWS::Athena::NamedQuery': 'namedQueries',
  'AWS::Logs::LogGroup': 'logGroups',
  'AWS::SageMaker::ModelPackageGroup': 'modelPackageGroups',
  'AWS::SageMaker::Endpoint': 'endpoints',
  'AWS::CodePipeline::Pipeline': 'pipelines',
  'AWS::CodeBuild::Project': 'buildProjects',
  'AWS::Scheduler::Schedule': 'schedules',
  'AWS::CloudWatch::Alarm': 'alarms',
  'AWS::SQS::Queue': 'queues',
};

/** The lab's stack, or undefined when there is none. */
export async function describeStack(run: LabRun): Promise<Stack | undefined> {
  const answer = await orUndefined(
    run.clients.cloudformation.send(new DescribeStacksCommand({ StackName: run.stackName })),
  );
  const stack = answer?.Stacks?.[0];
  return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack;
}

export async function stackState(run: LabRun): Promise<StackState> {
  const stack = await describeStack(run);
  if (stack === undefined) return 'gone';
  return stack.StackStatus === 'DELETE_IN_PROGRESS' ? 'deleting' : 'standing';
}

/** A resource of a stack: its type, and its name as its own service says it. */
export interface StackResource {
  readonly type: string;
  readonly name: string;
  /** What CloudFormation did with it last, as `DELETE_COMPLETE`. */
  readonly status: string;
}

/** What a stack made, those included that it has deleted since. Empty when there is no stack. */
export async function resourcesOf(run: LabRun, stackName: string): Promise<StackResource[]> {
  const all = await listAll(async (NextToken) => {
    const about = { StackName: stackName, NextToken };
    const page = await orUndefined(run.clients.cloudformation.send(new ListStackResourcesCommand(about)));
    return { items: page?.StackResourceSummaries, next: page?.NextToken };
  });
  return all.flatMap(({ ResourceType: type = '', PhysicalResourceId: id, ResourceStatus: status = '' }) =>
    id ? [{ type, name: nameOfResource(type, id), status }] : [],
  );
}

/** Whether a resource is the thing of that name: SageMaker's are known by their ARNs, which have names in lower case. */
export function isResource(resource: StackResource, type: string, name: string): boolean {
  if (resource.type !== type) return false;
  return type.startsWith('AWS::SageMaker::') ? sameName(resource.name, name) : resource.name === name;
}

/** SageMaker's things have ARNs for physical ids, and names in all other requests. */
function nameOfResource(type: string, id: string): string {
  return type.startsWith('AWS::SageMaker::') && id.startsWith('arn:') ? id.slice(id.indexOf('/') + 1) : id;
}

/** Names by the list of the record that they belong to. */
export function listed(run: LabRun, resources: readonly StackResource[]): Partial<OwnedNames> {
  const names: Partial<Record<NameList, string[]>> = {};
  for (const { type, name } of resources) {
    const list = LIST_OF_TYPE[type];
    if (list === undefined) continue;
    // The physical id of a role is its name; roles here have no path.
    (names[list] ??= []).push(list === 'roles' ? arnOfRole(run, name) : name);
  }
  return names;
}

/** Names of what the lab's stack made. */
export async function namesOfStack(run: LabRun): Promise<Partial<OwnedNames>> {
  return listed(run, await resourcesOf(run, run.stackName));
}
