/** Monitoring schedules of Model Monitor: their states, their runs, and the operations on them. */
import type * as sagemaker from '@aws-sdk/client-sagemaker';
import type { Operation, Writable } from '../service';
import { inUse, invalid, lacks, notFound } from './errors';
import { filterAndPage, listedFields } from './listing';
import { checkModelMonitorOpen, type DataQualityDefinitions } from './monitoringDefinition';
import { type ExecutionParts, MonitoringExecution } from './monitoringExecution';
import { checkExpression, nextRun, offset, windowOf } from './monitoringTimes';
import { arn, required } from './names';
import { Resources } from './resources';
import type { Tags } from './tags';

interface Held {
  readonly shown: Writable<sagemaker.DescribeMonitoringScheduleResponse>;
  readonly executions: MonitoringExecution[];
  timer?: NodeJS.Timeout;
}

/** A schedule is Pending for about a minute on AWS; the local cloud divides AWS's waits by 60. */
const PENDING_SECONDS = 1;
const RUNNING: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Stopping']);

export class MonitoringSchedules {
  private readonly held: Resources<Held>;
  /** How much time went by on top of the clock's, in milliseconds. */
  private ahead = 0;

  constructor(
    private readonly parts: ExecutionParts,
    private readonly definitions: () => DataQualityDefinitions,
    private readonly tags: Tags,
    /** How long a second of AWS's takes here, in milliseconds. */
    private readonly secondMs = 1000,
  ) {
    const missing = (schedule: string): Error => notFound(`Could not find monitoring schedule ${schedule}.`);
    this.held = new Resources(parts.cloud, 'monitoring-schedule', missing);
  }

  inventory(): string[] {
    return this.held.inventory();
  }

  busy(): string[] {
    return this.held
      .all()
      .filter(({ executions }) => executions.some(({ shown }) => RUNNING.has(shown.MonitoringExecutionStatus!)))
      .map(({ shown }) => `monitoring schedule ${shown.MonitoringScheduleName}`);
  }

  /** Lets time go by, on top of the clock's: runs what becomes due meanwhile. @returns which ran, and for when */
  elapse(ms: number): string[] {
    const from = new Date(Date.now() + this.ahead);
    this.ahead += ms;
    const ran: string[] = [];
    for (const held of this.held.all()) {
      if (held.shown.MonitoringScheduleStatus !== 'Scheduled' || this.expression(held) === 'NOW') continue;
      const expression = this.expression(held);
      for (let due = nextRun(expression, from); due.getTime() <= from.getTime() + ms; due = nextRun(expression, due)) {
        this.run(held, due);
        ran.push(`${due.toISOString().replace('.000', '')} monitoring schedule ${held.shown.MonitoringScheduleName}`);
      }
    }
    return ran;
  }

  /** The name of a schedule that runs the definition. */
  using(definition: string): string | undefined {
    return this.held
      .all()
      .find(({ shown }) => shown.MonitoringScheduleConfig!.MonitoringJobDefinitionName === definition)?.shown
      .MonitoringScheduleName;
  }

  async stopAll(): Promise<void> {
    for (const { timer } of this.held.all()) clearTimeout(timer);
    await Promise.all(this.held.all().flatMap(({ executions }) => executions.map(({ done }) => done)));
  }

  readonly create: Operation<sagemaker.CreateMonitoringScheduleRequest, sagemaker.CreateMonitoringScheduleResponse> =
    async (input) => {
      checkModelMonitorOpen(this.parts.cloud);
      const name = input.MonitoringScheduleName!;
      const MonitoringScheduleArn = this.held.arn(name);
      if (this.held.get(name)) throw inUse(`Monitoring schedule ${MonitoringScheduleArn} already exists.`);
      const EndpointName = this.check(input.MonitoringScheduleConfig);
      const now = new Date();
      const shown: Held['shown'] = {
        MonitoringScheduleArn,
        MonitoringScheduleName: name,
        MonitoringScheduleStatus: 'Pending',
        MonitoringType: 'DataQuality',
        CreationTime: now,
        LastModifiedTime: now,
        MonitoringScheduleConfig: input.MonitoringScheduleConfig,
        EndpointName,
      };
      const held: Held = { shown, executions: [] };
      this.held.set(name, held);
      this.tags.set(MonitoringScheduleArn, input.Tags);
      this.settle(held);
      return { MonitoringScheduleArn };
    };

  readonly update: Operation<sagemaker.UpdateMonitoringScheduleRequest, sagemaker.UpdateMonitoringScheduleResponse> =
    async (input) => {
      const held = this.held.find(input.MonitoringScheduleName);
      this.refusePending(held, 'update');
      held.shown.EndpointName = this.check(input.MonitoringScheduleConfig);
      held.shown.MonitoringScheduleConfig = input.MonitoringScheduleConfig;
      this.set(held, 'Pending');
      this.settle(held);
      return { MonitoringScheduleArn: held.shown.MonitoringScheduleArn };
    };

  readonly describe: Operation<
    sagemaker.DescribeMonitoringScheduleRequest,
    sagemaker.DescribeMonitoringScheduleResponse
  > = async (input) => {
    const { shown, executions } = this.held.find(input.MonitoringScheduleName);
    const last = executions.at(-1);
    return { ...shown, ...(last && { LastMonitoringExecutionSummary: { ...last.shown } }) };
  };

  readonly list: Operation<sagemaker.ListMonitoringSchedulesRequest, sagemaker.ListMonitoringSchedulesResponse> =
    async (input) => {
      const known = this.held
        .all()
        .filter(
          ({ shown }) =>
            (input.EndpointName ?? shown.EndpointName) === shown.EndpointName &&
            (input.MonitoringJobDefinitionName ?? shown.MonitoringScheduleConfig!.MonitoringJobDefinitionName) ===
              shown.MonitoringScheduleConfig!.MonitoringJobDefinitionName &&
            (input.MonitoringTypeEquals ?? 'DataQuality') === 'DataQuality',
        );
      const { items, NextToken } = filterAndPage(known, ({ shown }) => listedFields('MonitoringSchedule')(shown), {
        SortOrder: 'Descending',
        ...input,
      });
      const MonitoringScheduleSummaries = items.map(({ shown }) => ({
        ...shown,
        MonitoringJobDefinitionName: shown.MonitoringScheduleConfig!.MonitoringJobDefinitionName,
      }));
      return { MonitoringScheduleSummaries, NextToken };
    };

  readonly listExecutions: Operation<
    sagemaker.ListMonitoringExecutionsRequest,
    sagemaker.ListMonitoringExecutionsResponse
  > = async (input) => {
    const all = this.held.all().flatMap(({ executions }) => executions.map(({ shown }) => shown));
    const known = all.filter(
      (one) =>
        (input.MonitoringScheduleName ?? one.MonitoringScheduleName) === one.MonitoringScheduleName &&
        (input.EndpointName ?? one.EndpointName) === one.EndpointName &&
        (input.MonitoringJobDefinitionName ?? one.MonitoringJobDefinitionName) === one.MonitoringJobDefinitionName,
    );
    if (input.ScheduledTimeAfter !== undefined || input.ScheduledTimeBefore !== undefined) {
      throw lacks('ScheduledTimeAfter and ScheduledTimeBefore of ListMonitoringExecutions');
    }
    const { items, NextToken } = filterAndPage(
      known,
      (one) => ({
        name: one.MonitoringScheduleName!,
        created: one.CreationTime!,
        modified: one.LastModifiedTime,
        status: one.MonitoringExecutionStatus,
      }),
      { SortOrder: 'Descending', ...input },
    );
    return { MonitoringExecutionSummaries: items.map((one) => ({ ...one })), NextToken };
  };

  readonly stop: Operation<sagemaker.StopMonitoringScheduleRequest, void> = async (input) => {
    const held = this.held.find(input.MonitoringScheduleName);
    this.refusePending(held, 'stop');
    clearTimeout(held.timer);
    this.set(held, 'Stopped');
  };

  readonly delete: Operation<sagemaker.DeleteMonitoringScheduleRequest, void> = async (input) => {
    const held = this.held.find(input.MonitoringScheduleName);
    this.refusePending(held, 'delete');
    if (held.executions.some(({ shown }) => RUNNING.has(shown.MonitoringExecutionStatus!))) {
      throw invalid(
        `Monitoring schedule ${held.shown.MonitoringScheduleArn} has an execution in progress and cannot be deleted. ` +
          'Wait for it to end, or stop its processing job.',
      );
    }
    clearTimeout(held.timer);
    this.held.delete(held.shown.MonitoringScheduleName!);
    this.tags.forget(held.shown.MonitoringScheduleArn!);
  };

  private refusePending({ shown }: Held, verb: string): void {
    if (shown.MonitoringScheduleStatus !== 'Pending') return;
    throw invalid(
      `Cannot ${verb} monitoring schedule ${shown.MonitoringScheduleArn} while it is in status Pending. Wait until it is Scheduled.`,
    );
  }

  /** @returns the endpoint that it monitors. @throws ServiceError as CreateMonitoringSchedule answers it */
  private check(config: sagemaker.MonitoringScheduleConfig | undefined): string {
    const given = config!;
    if (given.MonitoringJobDefinition) throw lacks('a MonitoringJobDefinition inside a monitoring schedule');
    if (given.MonitoringType !== 'DataQuality') throw lacks(`monitoring schedules of type ${given.MonitoringType}`);
    const definition = this.definitions().find(given.MonitoringJobDefinitionName);
    const schedule = required(given.ScheduleConfig, 'monitoringScheduleConfig.scheduleConfig');
    const expression = schedule.ScheduleExpression!;
    checkExpression(expression);
    if (expression === 'NOW') {
      const start = required(schedule.DataAnalysisStartTime, 'scheduleConfig.dataAnalysisStartTime');
      const end = required(schedule.DataAnalysisEndTime, 'scheduleConfig.dataAnalysisEndTime');
      if (offset(start, 'DataAnalysisStartTime') >= offset(end, 'DataAnalysisEndTime')) {
        throw invalid(`DataAnalysisStartTime ${start} must be before DataAnalysisEndTime ${end}.`);
      }
    }
    const name = definition.DataQualityJobInput!.EndpointInput!.EndpointName!;
    const endpoint = this.parts.endpoints.get(name);
    if (!endpoint) throw invalid(`Could not find endpoint "${arn(this.parts.cloud, 'endpoint', name)}".`);
    if (!endpoint.current.DataCaptureConfig?.EnableCapture) {
      throw invalid(`Data capture is not enabled for endpoint "${name}".`);
    }
    return name;
  }

  private set({ shown }: Held, status: sagemaker.DescribeMonitoringScheduleResponse['MonitoringScheduleStatus']): void {
    shown.MonitoringScheduleStatus = status;
    shown.LastModifiedTime = new Date();
  }

  /** From Pending to Scheduled; NOW runs then, cron when it is due. */
  private settle(held: Held): void {
    clearTimeout(held.timer);
    held.timer = setTimeout(() => {
      this.set(held, 'Scheduled');
      if (this.expression(held) === 'NOW') this.run(held, new Date());
      else this.wait(held);
    }, PENDING_SECONDS * this.secondMs);
    held.timer.unref();
  }

  private wait(held: Held): void {
    const due = nextRun(this.expression(held), new Date());
    held.timer = setTimeout(() => {
      this.run(held, due);
      this.wait(held);
    }, due.getTime() - Date.now());
    held.timer.unref();
  }

  private expression({ shown }: Held): string {
    return shown.MonitoringScheduleConfig!.ScheduleConfig!.ScheduleExpression!;
  }

  private run(held: Held, scheduled: Date): void {
    const { shown } = held;
    const { DataAnalysisStartTime, DataAnalysisEndTime } = shown.MonitoringScheduleConfig!.ScheduleConfig!;
    held.executions.push(
      new MonitoringExecution(this.parts, {
        schedule: shown.MonitoringScheduleName!,
        scheduleArn: shown.MonitoringScheduleArn!,
        definition: this.definitions().find(shown.MonitoringScheduleConfig!.MonitoringJobDefinitionName),
        scheduled,
        window: windowOf(this.expression(held), scheduled, DataAnalysisStartTime, DataAnalysisEndTime),
      }),
    );
  }
}
