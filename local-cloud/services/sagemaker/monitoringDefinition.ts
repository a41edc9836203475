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
import { filterAndPage, listedFields } from './listing';
import { required, s3Uri } from './names';
import { Resources } from './resources';
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
  private readonly held: Resources<DataQualityDefinition>;

  /** @param usedBy the schedule that runs a definition */
  constructor(
    private readonly cloud: Cloud,
    private readonly tags: Tags,
    private readonly usedBy: (definition: string) => string | undefined,
  ) {
    const missing = (definition: string): Error => notFound(`Could not find job definition ${definition}.`);
    this.held = new Resources(cloud, 'data-quality-job-definition', missing);
  }

  inventory(): string[] {
    return this.held.inventory();
  }

  /** @throws ServiceError ResourceNotFound */
  find(given: string | undefined): DataQualityDefinition {
    return this.held.find(given);
  }

  readonly create: Operation<CreateDataQualityJobDefinitionRequest, CreateDataQualityJobDefinitionResponse> = async (
    input,
  ) => {
    checkModelMonitorOpen(this.cloud);
    await this.check(input);
    const name = input.JobDefinitionName!;
    const JobDefinitionArn = this.held.arn(name);
    if (this.held.get(name)) throw inUse(`Job definition ${JobDefinitionArn} already exists.`);
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
    const known = this.held.all().filter((one) => (input.EndpointName ?? endpoint(one)) === endpoint(one));
    const { items, NextToken } = filterAndPage(known, listedFields('JobDefinition'), {
      SortOrder: 'Descending',
      ...input,
    });
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
    refuseMembers('DataQualityAppSpecification', input.DataQualityAppSpecification!, [
      'ContainerEntrypoint',
      'ContainerArguments',
      'RecordPreprocessorSourceUri',
      'PostAnalyticsProcessorSourceUri',
    ]);
    const source = input.DataQualityJobInput!;
    if (source.BatchTransformInput) throw lacks('monitoring of batch transform');
    const endpoint = required(source.EndpointInput, 'dataQualityJobInput.endpointInput');
    refuseMembers('EndpointInput', endpoint, ['StartTimeOffset', 'EndTimeOffset', 'ExcludeFeaturesAttribute']);
    s3Uri(input.DataQualityJobOutputConfig!.MonitoringOutputs![0]!.S3Output!.S3Uri, 'monitoringOutputs.s3Output.s3Uri');
    for (const resource of ['ConstraintsResource', 'StatisticsResource'] as const) {
      const uri = input.DataQualityBaselineConfig?.[resource]?.S3Uri;
      if (uri !== undefined) s3Uri(uri, `dataQualityBaselineConfig.${resource}.s3Uri`);
    }
    refuseMembers('DataQualityBaselineConfig', input.DataQualityBaselineConfig ?? {}, ['BaseliningJobName']);
    await assumeForSageMaker(this.cloud, input.RoleArn!, 'SageMaker');
  }
}
