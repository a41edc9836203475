/** Data quality job definitions of Model Monitor: what a monitoring schedule runs. */
import type {
  CreateDataQualityJobDefinitionRequest,
  CreateDataQualityJobDefinitionResponse,
  DeleteDataQualityJobDefinitionRequest,
  DescribeDataQualityJobDefinitionRequest,
  DescribeDataQualityJobDefinitionResponse,
  ListDataQualityJobDefinitionsRequest,
  ListDataQualityJobDefinitionsResponse,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import { inUse, invalid, lacks, notFound, refuseMembers } from './errors';
import { filterAndPage } from './listing';
import { arn, atLeast, checkName, checkRole, required, s3Uri } from './names';
import { assumeForSageMaker } from './role';
import type { Tags } from './tags';

export const MODEL_MONITOR_CLOSED = 'model-monitor-closed';

/** What an account answers to which Model Monitor is closed, as seen on 2026-07-30. @throws ServiceError */
export function checkModelMonitorOpen(cloud: Cloud): void {
  if (cloud.face(MODEL_MONITOR_CLOSED)) {
    throw invalid('This operation is in maintenance mode and is not available to new customers.');
  }
}

export type DataQualityDefinition = DescribeDataQualityJobDefinitionResponse;

export class DataQualityDefinitions {
  private readonly held = new Map<string, DataQualityDefinition>();

  /** @param usedBy the schedule that runs a definition */
  constructor(
    private readonly cloud: Cloud,
    private readonly tags: Tags,
    private readonly usedBy: (definition: string) => string | undefined,
  ) {}

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `sagemaker/data-quality-job-definition/${name}`);
  }

  /** @throws ServiceError ResourceNotFound */
  find(given: string | undefined): DataQualityDefinition {
    const name = required(given, 'jobDefinitionName');
    const found = this.held.get(name);
    if (!found) {
      throw notFound(`Could not find job definition ${arn(this.cloud, 'data-quality-job-definition', name)}.`);
    }
    return found;
  }

  readonly create: Operation<CreateDataQualityJobDefinitionRequest, CreateDataQualityJobDefinitionResponse> = async (
    input,
  ) => {
    checkModelMonitorOpen(this.cloud);
    await this.check(input);
    const name = input.JobDefinitionName!;
    const JobDefinitionArn = arn(this.cloud, 'data-quality-job-definition', name);
    if (this.held.has(name)) throw inUse(`Job definition ${JobDefinitionArn} already exists.`);
    const { Tags: given, ...rest } = input;
    const made = { StoppingCondition: { MaxRuntimeInSeconds: 3600 }, ...rest, JobDefinitionArn };
    this.held.set(name, { ...made, CreationTime: new Date() } as DataQualityDefinition);
    this.tags.set(JobDefinitionArn, given);
    return { JobDefinitionArn };
  };

  readonly describe: Operation<DescribeDataQualityJobDefinitionRequest, DescribeDataQualityJobDefinitionResponse> =
    async (input) => this.find(input.JobDefinitionName);

  readonly list: Operation<ListDataQualityJobDefinitionsRequest, ListDataQualityJobDefinitionsResponse> = async (
    input,
  ) => {
    const endpoint = (one: DataQualityDefinition) => one.DataQualityJobInput!.EndpointInput!.EndpointName!;
    const known = [...this.held.values()].filter(
      (one) => input.EndpointName === undefined || endpoint(one) === input.EndpointName,
    );
    const { items, NextToken } = filterAndPage(
      known,
      (one) => ({ name: one.JobDefinitionName!, created: one.CreationTime! }),
      // Of a definition nothing but its name and the time of its making can be asked for.
      { SortOrder: 'Descending', ...input },
    );
    const JobDefinitionSummaries = items.map((one) => ({
      MonitoringJobDefinitionName: one.JobDefinitionName,
      MonitoringJobDefinitionArn: one.JobDefinitionArn,
      CreationTime: one.CreationTime,
      EndpointName: endpoint(one),
    }));
    return { JobDefinitionSummaries, NextToken };
  };

  readonly delete: Operation<DeleteDataQualityJobDefinitionRequest, void> = async (input) => {
    const { JobDefinitionName, JobDefinitionArn } = this.find(input.JobDefinitionName);
    const schedule = this.usedBy(JobDefinitionName!);
    if (schedule) {
      throw invalid(
        `Job definition ${JobDefinitionArn} cannot be deleted: the monitoring schedule ${schedule} uses it.`,
      );
    }
    this.held.delete(JobDefinitionName!);
    this.tags.forget(JobDefinitionArn!);
  };

  private async check(input: CreateDataQualityJobDefinitionRequest): Promise<void> {
    checkName(input.JobDefinitionName, 'jobDefinitionName');
    checkRole(input.RoleArn);
    const app = required(input.DataQualityAppSpecification, 'dataQualityAppSpecification');
    required(app.ImageUri, 'dataQualityAppSpecification.imageUri');
    refuseMembers('DataQualityAppSpecification', app, [
      'ContainerEntrypoint',
      'ContainerArguments',
      'RecordPreprocessorSourceUri',
      'PostAnalyticsProcessorSourceUri',
    ]);
    const source = required(input.DataQualityJobInput, 'dataQualityJobInput');
    if (source.BatchTransformInput) throw lacks('monitoring of batch transform');
    const endpoint = required(source.EndpointInput, 'dataQualityJobInput.endpointInput');
    required(endpoint.EndpointName, 'dataQualityJobInput.endpointInput.endpointName');
    required(endpoint.LocalPath, 'dataQualityJobInput.endpointInput.localPath');
    refuseMembers('EndpointInput', endpoint, ['StartTimeOffset', 'EndTimeOffset', 'ExcludeFeaturesAttribute']);
    const outputs = required(input.DataQualityJobOutputConfig?.MonitoringOutputs, 'monitoringOutputs');
    if (outputs.length !== 1) throw invalid('MonitoringOutputs must have exactly one output.');
    const output = required(outputs[0]!.S3Output, 'monitoringOutputs.s3Output');
    s3Uri(output.S3Uri, 'monitoringOutputs.s3Output.s3Uri');
    required(output.LocalPath, 'monitoringOutputs.s3Output.localPath');
    const cluster = required(input.JobResources?.ClusterConfig, 'jobResources.clusterConfig');
    required(cluster.InstanceType, 'jobResources.clusterConfig.instanceType');
    atLeast(required(cluster.InstanceCount, 'instanceCount'), 1, 'jobResources.clusterConfig.instanceCount');
    atLeast(required(cluster.VolumeSizeInGB, 'volumeSizeInGB'), 1, 'jobResources.clusterConfig.volumeSizeInGB');
    for (const resource of ['ConstraintsResource', 'StatisticsResource'] as const) {
      const uri = input.DataQualityBaselineConfig?.[resource]?.S3Uri;
      if (uri !== undefined) s3Uri(uri, `dataQualityBaselineConfig.${resource}.s3Uri`);
    }
    refuseMembers('DataQualityBaselineConfig', input.DataQualityBaselineConfig ?? {}, ['BaseliningJobName']);
    await assumeForSageMaker(this.cloud, input.RoleArn!, 'SageMaker');
  }
}
