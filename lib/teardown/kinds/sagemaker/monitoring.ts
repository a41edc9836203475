/** What Model Monitor runs for us: schedules, and the definitions of what they run. */
import {
  DescribeDataQualityJobDefinitionCommand,
  DescribeMonitoringScheduleCommand,
  ListDataQualityJobDefinitionsCommand,
  ListMonitoringSchedulesCommand,
  type DescribeMonitoringScheduleResponse,
} from '@aws-sdk/client-sagemaker';
import { taggedNames, usesOurRole } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import { listAll } from '../../pages';
import { isIn, ourBuckets } from '../s3/ours';
import { ourEndpointNames, type Served } from './endpoints';

export interface OurSchedule extends Served {
  readonly schedule: DescribeMonitoringScheduleResponse;
}

export function ourDefinitions(scope: Scope): Promise<readonly Served[]> {
  return scope.once('data quality definitions', async () => {
    const { sagemaker } = scope.run.clients;
    const buckets = [...(await ourBuckets(scope)).keys()];
    const endpoints = await ourEndpointNames(scope);
    const tagged = await taggedNames(scope, 'sagemaker', 'data-quality-job-definition/');
    const names = await unlessClosed(() =>
      listAll(async (NextToken) => {
        const page = await sagemaker.send(new ListDataQualityJobDefinitionsCommand({ NextToken, MaxResults: 100 }));
        return {
          items: page.JobDefinitionSummaries?.flatMap((one) => one.MonitoringJobDefinitionName ?? []),
          next: page.NextToken,
        };
      }),
    );
    const ours: Served[] = [];
    for (const name of names) {
      const one = await orUndefined(
        sagemaker.send(new DescribeDataQualityJobDefinitionCommand({ JobDefinitionName: name })),
      );
      if (one === undefined) continue;
      const endpoint = one.DataQualityJobInput?.EndpointInput?.EndpointName ?? '';
      const uris = one.DataQualityJobOutputConfig?.MonitoringOutputs?.map((output) => output.S3Output?.S3Uri) ?? [];
      const because = (await usesOurRole(scope, one.RoleArn))
        ? `it uses our role ${one.RoleArn}`
        : endpoints.has(endpoint)
          ? `it watches our endpoint ${endpoint}`
          : uris.length > 0 && uris.every((uri) => isIn(buckets, uri))
            ? `it writes to ${uris[0]}`
            : tagged.includes(name.toLowerCase())
              ? 'with our tags'
              : undefined;
      if (because) ours.push({ name, because });
    }
    return ours;
  });
}

export function ourMonitoringSchedules(scope: Scope): Promise<readonly OurSchedule[]> {
  return scope.once('monitoring schedules', async () => {
    const { sagemaker } = scope.run.clients;
    const endpoints = await ourEndpointNames(scope);
    const tagged = await taggedNames(scope, 'sagemaker', 'monitoring-schedule/');
    const definitions = new Map((await ourDefinitions(scope)).map(({ name, because }) => [name, because]));
    const names = await unlessClosed(() =>
      listAll(async (NextToken) => {
        const page = await sagemaker.send(new ListMonitoringSchedulesCommand({ NextToken, MaxResults: 100 }));
        return {
          items: page.MonitoringScheduleSummaries?.flatMap((one) => one.MonitoringScheduleName ?? []),
          next: page.NextToken,
        };
      }),
    );
    const ours: OurSchedule[] = [];
    for (const name of names) {
      const schedule = await orUndefined(
        sagemaker.send(new DescribeMonitoringScheduleCommand({ MonitoringScheduleName: name })),
      );
      if (schedule === undefined) continue;
      const { MonitoringJobDefinition: inline, MonitoringJobDefinitionName: definition = '' } =
        schedule.MonitoringScheduleConfig ?? {};
      const endpoint =
        schedule.EndpointName ??
        inline?.MonitoringInputs?.find((one) => one.EndpointInput)?.EndpointInput?.EndpointName;
      const because = definitions.has(definition)
        ? `it runs the definition ${definition}: ${definitions.get(definition)}`
        : (await usesOurRole(scope, inline?.RoleArn))
          ? `it uses our role ${inline?.RoleArn}`
          : endpoint !== undefined && endpoints.has(endpoint)
            ? `it watches our endpoint ${endpoint}`
            : tagged.includes(name.toLowerCase())
              ? 'with our tags'
              : undefined;
      if (because) ours.push({ name, because, schedule });
    }
    return ours;
  });
}

/**
 * An account that came after Model Monitor was closed has nothing of it, and may not even list it. Whatever the words of
 * the refusal are: nothing else in a request that asks for all could be invalid.
 */
async function unlessClosed<T>(list: () => Promise<T[]>): Promise<T[]> {
  try {
    return await list();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'ValidationException' || /maintenance mode|new customers/i.test(error.message)) return [];
    throw error;
  }
}
