/** Schedules that start a Processing job: none of it costs by itself, but left on it starts the next one. */
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import {
  DescribeDataQualityJobDefinitionCommand,
  DescribeMonitoringScheduleCommand,
  ListMonitoringSchedulesCommand,
} from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../teardown/errors';
import { MOST, type Look } from '../look';
import { lasting, priced, type Line, type NotKnown, type Part } from '../line';
import { ourEndpoints } from './endpoints';
import { ourProcessing, priceOfJob } from './jobs';

/** What a job is taken to run where none of the lab has run yet; as the labs' estimates do. */
const ASSUMED_SECONDS = 5 * 60;

export const schedules: Part = {
  what: 'schedules of analyses',
  kind: 'scheduler:schedule',
  async read(look) {
    const found: (Line | NotKnown)[] = [];
    for (const Name of look.scope.ownership.schedules) {
      const schedule = await orUndefined(look.run.clients.scheduler.send(new GetScheduleCommand({ Name })));
      if (schedule?.State !== 'ENABLED') continue;
      found.push(await line(look, Name, schedule.ScheduleExpression, instanceOf(schedule.Target?.Input)));
    }
    if (look.run.modes.monitor === 'managed') found.push(...(await ofModelMonitor(look)));
    return found;
  },
};

/** Type of instance in a request for a Processing job. */
function instanceOf(input: string | undefined): string | undefined {
  try {
    const request = JSON.parse(input ?? '') as {
      ProcessingResources?: { ClusterConfig?: { InstanceType?: unknown } };
    } | null;
    const type = request?.ProcessingResources?.ClusterConfig?.InstanceType;
    return typeof type === 'string' ? type : undefined;
  } catch {
    return undefined;
  }
}

async function line(
  look: Look,
  name: string,
  expression: string | undefined,
  instance: string | undefined,
): Promise<Line | NotKnown> {
  const what = `schedule ${name}`;
  const times = timesAnHour(expression);
  const item = instance === undefined ? undefined : priceOfJob('Processing', instance);
  if (times === undefined) return { what, because: `lib/cost does not read the times of ${expression ?? 'it'}` };
  if (item === undefined)
    return { what, because: `lib/facts/prices.json has no price of ${instance ?? 'what it starts'}` };
  const ran = (await ourProcessing(look)).jobs.filter(
    (job) => !job.running && job.seconds > 0 && job.instance === instance,
  );
  const seconds = ran.length === 0 ? ASSUMED_SECONDS : ran.reduce((sum, job) => sum + job.seconds, 0) / ran.length;
  const how = ran.length === 0 ? 'assumed' : `the average of ${ran.length}`;
  return priced(look, (usd) => {
    const usdPerHour = (times * seconds * usd(item)) / 3600;
    return {
      what: `${what}: a job on ${instance} ${times === 1 ? 'each hour' : `${times} times an hour`}, ${Math.round(seconds)} s (${how})`,
      usdSoFar: 0,
      ...lasting(usdPerHour),
    };
  });
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export function timesAnHour(expression = ''): number | undefined {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) return { minute: 60, hour: 1, day: 1 / 24 }[rate[2] as 'minute' | 'hour' | 'day'] / Number(rate[1]);
  return /^cron\(\d+ (\*|0\/1|\*\/1) /.test(expression) ? 1 : undefined;
}

/** Model Monitor's own schedules of our endpoints. */
async function ofModelMonitor(look: Look): Promise<(Line | NotKnown)[]> {
  const { sagemaker } = look.run.clients;
  const names = new Set((await ourEndpoints(look)).map(({ name }) => name));
  const { MonitoringScheduleSummaries = [] } = await sagemaker.send(
    new ListMonitoringSchedulesCommand({ CreationTimeAfter: look.since, MaxResults: MOST }),
  );
  const found: (Line | NotKnown)[] = [];
  for (const { MonitoringScheduleName, EndpointName = '', MonitoringScheduleStatus } of MonitoringScheduleSummaries) {
    if (!names.has(EndpointName) || MonitoringScheduleStatus !== 'Scheduled') continue;
    const { MonitoringScheduleConfig: config } = await sagemaker.send(
      new DescribeMonitoringScheduleCommand({ MonitoringScheduleName }),
    );
    const definition =
      config?.MonitoringJobDefinitionName &&
      (await sagemaker.send(
        new DescribeDataQualityJobDefinitionCommand({ JobDefinitionName: config.MonitoringJobDefinitionName }),
      ));
    const cluster = (definition ? definition.JobResources : config?.MonitoringJobDefinition?.MonitoringResources)
      ?.ClusterConfig;
    found.push(
      await line(look, MonitoringScheduleName ?? '', config?.ScheduleConfig?.ScheduleExpression, cluster?.InstanceType),
    );
  }
  return found;
}
