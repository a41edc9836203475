/** Compares what production serves with what was released: a deployment that succeeded may have been rolled back since. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../../../lib/aws/not-found';
import { sameName } from '../../../../lib/aws/same-name';
import { CONFIG_DELETED } from '../../names';
import { evidenceWriter, type WriteEvidence } from '../pipeline-action/evidence';
import { runJob, jobParameter, type Job, type JobEvent, type LambdaContext } from '../pipeline-action/job';
import { ReleaseError } from '../pipeline-action/release-error';

/** What stands, by what AWS says. */
export interface ProductionState {
  readonly stack: { readonly status: string; readonly outputs: Readonly<Record<string, string>> };
  readonly endpoint: {
    readonly status: string;
    readonly config: string;
    readonly failure?: string;
    /** Whether that configuration was deleted. */
    readonly gone?: boolean;
  };
  /** Version of the model that the endpoint's own configuration names. */
  readonly serves: string | undefined;
  readonly alarms: readonly { readonly name: string; readonly state: string; readonly reason: string }[];
}

export async function handler(event: JobEvent, context: LambdaContext): Promise<void> {
  await runJob(event, context, async (job) => {
    const keep = evidenceWriter(jobParameter(job, 'dataBucket'), jobParameter(job, 'executionId'));
    return compareProduction(job, keep, () =>
      describeProduction(jobParameter(job, 'stack'), jobParameter(job, 'endpoint')),
    );
  });
}

/** @throws ReleaseError saying in what production differs from the release; the evidence is kept in either case */
export async function compareProduction(
  job: Job,
  keep: WriteEvidence,
  standing: () => Promise<ProductionState>,
): Promise<Record<string, string>> {
  const released = jobParameter(job, 'modelPackageArn');
  const saw = await standing();
  const wrong = productionFault(released, saw);
  const version = released.split('/').pop()!;
  const message = wrong ?? `Production serves version ${version}, as released; its alarms are quiet.`;
  await keep('watch', { ok: wrong === undefined, message, modelPackageArn: released, ...saw });
  if (wrong !== undefined) throw new ReleaseError(wrong);
  return { Version: version, EndpointConfig: saw.endpoint.config };
}

/** What is wrong, in a sentence; undefined when nothing is. */
export function productionFault(
  released: string,
  { stack, endpoint, serves, alarms }: ProductionState,
): string | undefined {
  const ringing = alarms.filter(({ state }) => state === 'ALARM');
  const rang = ringing.map(({ name, reason }) => `${name} (${reason})`).join('; ');
  const failure = endpoint.failure ? ` (${endpoint.failure})` : '';
  if (!/^(CREATE|UPDATE)_COMPLETE/.test(stack.status)) {
    return `The stack of production is ${stack.status}: what was released is not what stands.`;
  }
  if (endpoint.status !== 'InService') return `Production is ${endpoint.status}${failure}, not InService.`;
  if (endpoint.gone) {
    return `Production answers with the configuration ${endpoint.config}, ${CONFIG_DELETED}${rang && ` (the alarm ${rang})`}${failure}.`;
  }
  const expected = stack.outputs.EndpointConfigName;
  if (!sameName(endpoint.config, expected) || serves !== released) {
    const by = rang ? `the alarm ${rang} rolled it back` : 'an alarm rolled it back, or it was changed by hand';
    return `Production serves ${serves ?? 'a model of no version'} with the configuration ${endpoint.config}; released was ${released} with ${expected ?? 'none'}: ${by}${failure}. Release a version again through the pipeline, so that the stack and the endpoint agree.`;
  }
  if (ringing.length > 0) return `Production serves what was released, but an alarm rings: ${rang}.`;
  return undefined;
}

/** @param clients those of the function, or a test's */
export async function describeProduction(
  StackName: string,
  EndpointName: string,
  { cloudformation, sagemaker, cloudwatch } = {
    cloudformation: new CloudFormationClient({}),
    sagemaker: new SageMakerClient({}),
    cloudwatch: new CloudWatchClient({}),
  },
): Promise<ProductionState> {
  const { Stacks: [stack] = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
  const found = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  const config = await orUndefined(
    sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: found.EndpointConfigName })),
  );
  const [variant] = config?.ProductionVariants ?? [];
  const model =
    variant && (await orUndefined(sagemaker.send(new DescribeModelCommand({ ModelName: variant.ModelName }))));
  const { MetricAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: `${EndpointName}-` }),
  );
  return {
    stack: {
      status: stack?.StackStatus ?? 'gone',
      outputs: Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
    },
    endpoint: {
      status: found.EndpointStatus ?? 'unknown',
      config: found.EndpointConfigName ?? '',
      ...(found.FailureReason && { failure: found.FailureReason }),
      ...(config === undefined && { gone: true }),
    },
    serves: model?.PrimaryContainer?.ModelPackageName ?? model?.Containers?.[0]?.ModelPackageName,
    alarms: MetricAlarms.map(({ AlarmName = '', StateValue = '', StateReason = '' }) => ({
      name: AlarmName,
      state: StateValue,
      reason: StateReason,
    })),
  };
}
