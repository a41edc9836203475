/** What serves, followed from the endpoint to the version, and what its stack says; changing it through the stack. */
import {
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
} from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../../lib/aws/not-found';
import { sameName } from '../../../lib/aws/same-name';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { updateParameters } from '../../../lib/target/stacks';
import { versionName } from './models';
import type { LabResources } from '../resources';

/** Longest that an update takes: a new instance, and the bake. */
const MINUTES = 45;
export const VERSION_PARAMETER = 'ModelPackageArn';

export interface Serving {
  readonly status: string;
  readonly failure?: string;
  readonly config: string;
  /** ARN of the version whose model answers. */
  readonly version?: string;
}

export async function servingAt(run: LabRun, { endpoint }: LabResources): Promise<Serving | undefined> {
  const { sagemaker } = run.clients;
  const found = await orUndefined(sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint })));
  if (found === undefined) return undefined;
  const config = found.EndpointConfigName!;
  const details = await orUndefined(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: config })));
  const name = details?.ProductionVariants?.[0]?.ModelName;
  const model = name && (await orUndefined(sagemaker.send(new DescribeModelCommand({ ModelName: name }))));
  const container = model ? (model.PrimaryContainer ?? model.Containers?.[0]) : undefined;
  return {
    status: found.EndpointStatus!,
    failure: found.FailureReason,
    config,
    version: container?.ModelPackageName,
  };
}

export interface EndpointStack {
  readonly id: string;
  readonly status: string;
  readonly parameters: readonly string[];
  readonly version?: string;
  readonly config?: string;
}

export async function endpointStackOf(run: LabRun, { stack }: LabResources): Promise<EndpointStack | undefined> {
  const { cloudformation } = run.clients;
  const answer = await orUndefined(cloudformation.send(new DescribeStacksCommand({ StackName: stack })));
  const [found] = answer?.Stacks ?? [];
  if (found === undefined) return undefined;
  const { StackResources = [] } = await cloudformation.send(new DescribeStackResourcesCommand({ StackName: stack }));
  const config = StackResources.find(({ ResourceType }) => ResourceType === 'AWS::SageMaker::EndpointConfig');
  const parameters = found.Parameters ?? [];
  return {
    id: found.StackId!,
    status: found.StackStatus!,
    parameters: parameters.map(({ ParameterKey = '' }) => ParameterKey),
    version: parameters.find(({ ParameterKey }) => ParameterKey === VERSION_PARAMETER)?.ParameterValue,
    // The physical id is the configuration's ARN in CloudFormation, or its name.
    config: config?.PhysicalResourceId?.split('/').at(-1),
  };
}

/** The version that serves. @throws LabError when none does */
export async function servingVersion(run: LabRun, resources: LabResources): Promise<string> {
  const serving = await servingAt(run, resources);
  if (serving?.status === 'InService' && serving.version) return serving.version;
  throw new LabError(
    serving === undefined
      ? `There is no endpoint ${resources.endpoint}.`
      : `The endpoint ${resources.endpoint} is ${serving.status}${serving.failure ? `: ${serving.failure}` : ''}.`,
    /ing$/.test(serving?.status ?? '')
      ? {
          why: `The stack ${resources.stack} is changing it: a release, or a rollback.`,
          next: `aws sagemaker wait endpoint-in-service --endpoint-name ${resources.endpoint}, then run this again`,
        }
      : {
          why: `The stack ${resources.stack} makes it.`,
          next: `${labCommand(run, 'status')}, then ${labCommand(run, 'up')}`,
        },
  );
}

/** What is wrong with an endpoint that is to serve a version through its stack; undefined when nothing is. */
export async function servingFault(run: LabRun, resources: LabResources, version: string): Promise<string | undefined> {
  const [serving, stack] = await Promise.all([servingAt(run, resources), endpointStackOf(run, resources)]);
  if (serving === undefined) return `there is no endpoint ${resources.endpoint}`;
  if (serving.status !== 'InService') return `the endpoint ${resources.endpoint} is ${serving.status}`;
  if (stack === undefined) return `the stack ${resources.stack} does not exist`;
  if (serving.version !== version) return `it serves ${versionName(serving.version)}, not ${versionName(version)}`;
  if (stack.version !== version) {
    return `its stack was told ${versionName(stack.version)}, not ${versionName(version)}: the next update would bring that back`;
  }
  return sameName(stack.config, serving.config)
    ? undefined
    : `the endpoint uses the configuration ${serving.config}, and its stack made ${stack.config}: somebody changed it past the stack`;
}

/** Why the newest update of the endpoint's stack failed: the first resource that did; others only say that they were cancelled. */
async function updateFault(run: LabRun, { stack }: LabResources): Promise<string | undefined> {
  const { StackEvents = [] } = await run.clients.cloudformation.send(
    new DescribeStackEventsCommand({ StackName: stack }),
  );
  // Newest first.
  const begun = StackEvents.findIndex(
    ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === stack && ResourceStatus === 'UPDATE_IN_PROGRESS',
  );
  const failed = StackEvents.slice(0, begun < 0 ? undefined : begun).findLast(
    ({ ResourceStatus = '', ResourceStatusReason = '' }) =>
      /^(CREATE|UPDATE)_FAILED$/.test(ResourceStatus) && !/cancelled/i.test(ResourceStatusReason),
  );
  return failed && `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}`;
}

/** Waits until nobody changes the endpoint's stack. @returns its status */
export async function waitForStack(run: LabRun, resources: LabResources, step: string): Promise<string> {
  return waitWithProgress(run, {
    what: `stack ${resources.stack}`,
    minutes: MINUTES,
    next: `aws cloudformation describe-stack-events --stack-name ${resources.stack}; then ${labCommand(run, 'check', step)}`,
    ask: async () => {
      const now = (await endpointStackOf(run, resources))?.status ?? 'gone';
      return /IN_PROGRESS$/.test(now) ? new InProgress(now) : now;
    },
  });
}

/** Lets another version serve: the stack, with one parameter changed. @throws LabError when it does not get there */
export async function updateStackToVersion(
  run: LabRun,
  resources: LabResources,
  arn: string,
  step: string,
): Promise<void> {
  const stack = await endpointStackOf(run, resources);
  try {
    const changed = new Map([[VERSION_PARAMETER, arn]]);
    await updateParameters(run, stack?.id ?? resources.stack, stack?.parameters ?? [], changed);
  } catch (error) {
    if (/no updates are to be performed/i.test((error as Error).message)) return;
    throw new LabError(`The stack ${resources.stack} cannot be updated: ${(error as Error).message}`, {
      why: 'Another release or a rollback may be under way. One change at a time.',
      next: `aws cloudformation wait stack-update-complete --stack-name ${resources.stack}, then ${labCommand(run, 'step', step)}`,
      cause: error,
    });
  }
  const status = await waitForStack(run, resources, step);
  if (status === 'UPDATE_COMPLETE') return;
  const reason = await updateFault(run, resources);
  const again = labCommand(run, 'step', step);
  throw new LabError(`The update of ${resources.stack} ended as ${status}${reason ? `: ${reason}` : '.'}`, {
    ...(/LimitExceeded/.test(reason ?? '')
      ? {
          why: 'While versions change over, the endpoint has two instances. Other endpoints of the account count too.',
          next: `take another endpoint down, or ask for more (${labCommand(run, 'doctor')}); then ${again}`,
        }
      : {
          why: 'The endpoint did not take the version: a model that does not start, or an alarm during the bake.',
          next: `aws cloudformation describe-stack-events --stack-name ${resources.stack}; then ${again}`,
        }),
  });
}
