/** What serves at an endpoint: followed from the endpoint to the version, and beside it what the endpoint's stack says. */
import { DescribeStackResourcesCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type DescribeEndpointConfigOutput,
} from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../../lib/aws/not-found';
import { sameName } from '../../../lib/aws/same-name';
import type { LabRun } from '../../../lib/course/run';
import { CONFIG_DELETED, VERSION_VARIABLE } from '../names';
import type { EndpointResources } from '../resources';

export interface Serving {
  /** `InService`, `Creating`, `Updating`, `RollingBack`, `Failed`, … */
  readonly status: string;
  readonly failure?: string;
  readonly config: string;
  /** Whether that configuration was deleted: the endpoint answers on, and takes no update. */
  readonly configDeleted: boolean;
  /** ARN of the version whose model answers. */
  readonly version?: string;
  readonly serverless: boolean;
  /** Whether every request is kept. */
  readonly captures: boolean;
}

/** @returns what serves; undefined where there is no such endpoint */
export async function servingAt(run: LabRun, { endpoint }: EndpointResources): Promise<Serving | undefined> {
  const { sagemaker } = run.clients;
  const found = await orUndefined(sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint })));
  if (found === undefined) return undefined;
  const config = found.EndpointConfigName!;
  const known = { status: found.EndpointStatus!, failure: found.FailureReason, config };
  const details = await orUndefined(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: config })));
  const variant = details?.ProductionVariants?.[0];
  const model =
    variant && (await orUndefined(sagemaker.send(new DescribeModelCommand({ ModelName: variant.ModelName }))));
  const container = model?.PrimaryContainer ?? model?.Containers?.[0];
  return {
    ...known,
    configDeleted: details === undefined,
    version: container?.ModelPackageName,
    serverless: variant?.ServerlessConfig !== undefined,
    captures: capturesAll(details),
  };
}

/**
 * Whether an endpoint runs on instances. Such a one never becomes serverless; the other way it goes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
 */
export async function runsOnInstance(run: LabRun, resources: EndpointResources): Promise<boolean> {
  const serving = await servingAt(run, resources);
  return serving !== undefined && !serving.configDeleted && !serving.serverless;
}

function capturesAll(config: DescribeEndpointConfigOutput | undefined): boolean {
  const capture = config?.DataCaptureConfig;
  return capture?.EnableCapture === true && capture.InitialSamplingPercentage === 100;
}

export interface EndpointStack {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** ARN of the version that it is to serve. */
  readonly version?: string;
  /** Name of the endpoint configuration that is its own. */
  readonly config?: string;
}

/** @returns the endpoint's stack; undefined where there is none */
export async function endpointStackOf(run: LabRun, { stack }: EndpointResources): Promise<EndpointStack | undefined> {
  const { cloudformation } = run.clients;
  const answer = await orUndefined(cloudformation.send(new DescribeStacksCommand({ StackName: stack })));
  const [found] = answer?.Stacks ?? [];
  if (found === undefined) return undefined;
  const { StackResources = [] } = await cloudformation.send(new DescribeStackResourcesCommand({ StackName: stack }));
  const parameters = Object.fromEntries(
    (found.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
  const config = StackResources.find(({ ResourceType }) => ResourceType === 'AWS::SageMaker::EndpointConfig');
  return {
    id: found.StackId!,
    status: found.StackStatus!,
    reason: found.StackStatusReason || undefined,
    parameters,
    version: parameters[VERSION_VARIABLE],
    // The physical id is the configuration's ARN in CloudFormation, or its name.
    config: config?.PhysicalResourceId?.split('/').at(-1),
  };
}

/** What is wrong with an endpoint that is to serve a version through its stack; undefined when nothing is. */
export async function servingFault(
  run: LabRun,
  resources: EndpointResources,
  version: string,
): Promise<string | undefined> {
  const [serving, stack] = await Promise.all([servingAt(run, resources), endpointStackOf(run, resources)]);
  if (serving === undefined) return `there is no endpoint ${resources.endpoint}`;
  if (serving.status !== 'InService') {
    return `the endpoint ${resources.endpoint} is ${serving.status}${serving.failure ? `: ${serving.failure}` : ''}`;
  }
  if (stack === undefined) return `the stack ${resources.stack} does not exist: the endpoint was made by hand`;
  if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE(_CLEANUP_IN_PROGRESS)?$/.test(stack.status)) {
    return `the stack ${resources.stack} is ${stack.status}${stack.reason ? `: ${stack.reason}` : ''}`;
  }
  if (serving.configDeleted) return `the endpoint uses the configuration ${serving.config}, ${CONFIG_DELETED}`;
  if (!sameName(stack.config, serving.config)) {
    return `the endpoint uses the configuration ${serving.config}, and its stack made ${stack.config}: an alarm rolled it back, or somebody changed it past the stack`;
  }
  if (serving.version !== version) {
    return `the endpoint ${resources.endpoint} serves ${versionName(serving.version)}, not ${versionName(version)}`;
  }
  if (stack.version !== version) {
    return `the stack ${resources.stack} was told ${versionName(stack.version)}, not ${versionName(version)}: its next update would bring that back`;
  }
  return undefined;
}

/** `version 3` of a version's ARN. */
export const versionName = (arn: string | undefined): string =>
  arn === undefined ? 'no version' : `version ${arn.split('/').at(-1)}`;
