/** Evaluation runs: start, get, list, cancel. */
import { randomBytes } from 'node:crypto';
import type * as glue from '@aws-sdk/client-glue';
import type { Cloud, Operation } from '../service';
import { evaluateRun } from './dataQualityEvaluation';
import type { DataQualityStore, StoredRun } from './dataQualityStore';
import { checkName, invalid, sameTable, tableOf, isBetween } from './dataQualityStore';
import { page } from './page';
import { roleArn } from './role';

/** Defaults and bounds: https://docs.aws.amazon.com/glue/latest/webapi/API_StartDataQualityRulesetEvaluationRun.html */
const DEFAULT_WORKERS = 5;
const DEFAULT_TIMEOUT = 2880;
const MAX_RULESETS = 10;

/** Options that would change what a run does and that the local cloud does not carry out. */
const LACKING_OPTIONS: readonly (keyof glue.DataQualityEvaluationRunAdditionalRunOptions)[] = [
  'CloudWatchMetricsEnabled',
  'RowLevelResults',
  'ProfilingResults',
  'DataQualityRuleResults',
  'ObservationResults',
  'ObservationScope',
];

function checkSource(what: string, source: glue.DataSource | undefined): void {
  const table = tableOf(source);
  if (!table) invalid(`${what} must name a Glue table.`);
  else {
    checkName(`${what}.DatabaseName`, table.DatabaseName);
    checkName(`${what}.TableName`, table.TableName);
    if (table.ConnectionName)
      invalid(`The local cloud's Data Quality lacks connections (${what}: ${table.ConnectionName}).`);
    if ('PreProcessingQuery' in table && table.PreProcessingQuery) {
      invalid(`The local cloud's Data Quality lacks PreProcessingQuery (${what}).`);
    }
  }
}

function checkOptions(options: glue.DataQualityEvaluationRunAdditionalRunOptions | undefined): void {
  for (const name of LACKING_OPTIONS) {
    if (options?.[name]) invalid(`The local cloud's Data Quality lacks AdditionalRunOptions.${name}.`);
  }
  if (options?.CompositeRuleEvaluationMethod === 'ROW') {
    invalid("The local cloud's Data Quality lacks CompositeRuleEvaluationMethod ROW.");
  }
}

function whole(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  return Number.isInteger(value) && value >= 1
    ? value
    : invalid(`${name} must be a whole number of at least 1, not ${value}.`);
}

const ACTIVE: readonly glue.TaskStatusType[] = ['STARTING', 'RUNNING', 'STOPPING'];

/** Everything about runs. */
export class EvaluationRuns {
  private readonly aborts = new Map<string, AbortController>();
  private readonly work = new Map<string, Promise<void>>();

  constructor(
    private readonly cloud: Cloud,
    private readonly store: DataQualityStore,
    private readonly now: () => Date,
  ) {}

  /** Waits for every run that goes on. */
  async settled(): Promise<void> {
    while (this.work.size > 0) await Promise.all(this.work.values());
  }

  /** Stops every run that goes on. */
  async stop(): Promise<void> {
    for (const id of [...this.aborts.keys()]) this.end(id, 'STOPPED');
    await this.settled();
  }

  operations() {
    return {
      StartDataQualityRulesetEvaluationRun: this.start,
      GetDataQualityRulesetEvaluationRun: this.get,
      ListDataQualityRulesetEvaluationRuns: this.list,
      CancelDataQualityRulesetEvaluationRun: this.cancel,
    };
  }

  private readonly start: Operation<
    glue.StartDataQualityRulesetEvaluationRunRequest,
    glue.StartDataQualityRulesetEvaluationRunResponse
  > = async (input) => {
    checkSource('DataSource', input.DataSource);
    for (const [alias, source] of Object.entries(input.AdditionalDataSources ?? {})) {
      if (alias.toLowerCase() === 'primary') invalid('An additional data source cannot be called primary.');
      checkSource(`AdditionalDataSources.${alias}`, source);
    }
    const names = input.RulesetNames ?? [];
    if (names.length < 1 || names.length > MAX_RULESETS)
      invalid(`RulesetNames must have 1 to ${MAX_RULESETS} names, not ${names.length}.`);
    for (const name of names) this.store.ruleset(checkName('RulesetNames', name));
    if (!input.Role) invalid('Role must name the IAM role that the run uses.');
    checkOptions(input.AdditionalRunOptions);
    const token = input.ClientToken;
    const earlier = token && [...this.store.runs.values()].find((run) => run.clientToken === token);
    if (earlier) return { RunId: earlier.RunId };
    const time = this.now();
    const run: StoredRun = {
      RunId: `dqrun-${randomBytes(20).toString('hex')}`,
      DataSource: input.DataSource as glue.DataSource,
      ...(input.AdditionalDataSources && { AdditionalDataSources: input.AdditionalDataSources }),
      Role: roleArn(this.cloud, input.Role as string),
      NumberOfWorkers: whole('NumberOfWorkers', input.NumberOfWorkers, DEFAULT_WORKERS),
      Timeout: whole('Timeout', input.Timeout, DEFAULT_TIMEOUT),
      ...(input.AdditionalRunOptions && { AdditionalRunOptions: input.AdditionalRunOptions }),
      RulesetNames: names,
      Status: 'STARTING',
      StartedOn: time,
      LastModifiedOn: time,
      ResultIds: [],
      ...(token && { clientToken: token }),
    };
    this.store.runs.set(run.RunId, run);
    this.begin(run);
    return { RunId: run.RunId };
  };

  private begin(run: StoredRun): void {
    const abort = new AbortController();
    this.aborts.set(run.RunId, abort);
    // A timer takes at most 2^31 - 1 ms; longer than that no local run lasts.
    const limit = Math.min(run.Timeout * 60_000, 2_147_483_647);
    const timer = setTimeout(() => this.end(run.RunId, 'TIMEOUT'), limit).unref();
    const work = this.carryOut(run, abort.signal).finally(() => {
      clearTimeout(timer);
      this.aborts.delete(run.RunId);
      this.work.delete(run.RunId);
    });
    this.work.set(run.RunId, work);
  }

  private async carryOut(run: StoredRun, signal: AbortSignal): Promise<void> {
    // The caller gets the run's id before anything happens.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      signal.throwIfAborted();
      this.change(run, 'RUNNING');
      const results = await evaluateRun(this.cloud, run, this.now, signal);
      signal.throwIfAborted();
      for (const result of results) this.store.results.set(result.ResultId as string, result);
      run.ResultIds = results.map(({ ResultId }) => ResultId as string);
      this.change(run, 'SUCCEEDED');
    } catch (error) {
      const ended = signal.aborted ? (signal.reason as glue.TaskStatusType) : 'FAILED';
      if (ended === 'FAILED') run.ErrorString = (error as Error).message;
      if (ended === 'TIMEOUT') run.ErrorString = `The run did not end within its timeout of ${run.Timeout} minutes.`;
      this.change(run, ended);
    }
    run.CompletedOn = run.LastModifiedOn;
  }

  private change(run: StoredRun, status: glue.TaskStatusType): void {
    run.Status = status;
    run.LastModifiedOn = this.now();
  }

  private end(id: string, status: glue.TaskStatusType): void {
    this.aborts.get(id)?.abort(status);
  }

  private readonly cancel: Operation<glue.CancelDataQualityRulesetEvaluationRunRequest, object> = async (input) => {
    const run = this.store.run(checkName('RunId', input.RunId));
    if (!ACTIVE.includes(run.Status)) invalid(`The run ${run.RunId} has ended already: ${run.Status}.`);
    this.change(run, 'STOPPING');
    this.end(run.RunId, 'STOPPED');
    return {};
  };

  private readonly get: Operation<
    glue.GetDataQualityRulesetEvaluationRunRequest,
    glue.GetDataQualityRulesetEvaluationRunResponse
  > = async (input) => this.view(this.store.run(checkName('RunId', input.RunId)));

  private readonly list: Operation<
    glue.ListDataQualityRulesetEvaluationRunsRequest,
    glue.ListDataQualityRulesetEvaluationRunsResponse
  > = async ({ Filter, MaxResults, NextToken }) => {
    const found = [...this.store.runs.values()]
      .filter((run) => sameTable(Filter?.DataSource, run.DataSource))
      .filter((run) => isBetween(run.StartedOn, Filter?.StartedAfter, Filter?.StartedBefore))
      .reverse();
    const { items, NextToken: next } = page(found, MaxResults ?? 100, NextToken);
    const Runs = items.map(({ RunId, Status, StartedOn, DataSource }) => ({ RunId, Status, StartedOn, DataSource }));
    return { Runs, NextToken: next };
  };

  private view(run: StoredRun) {
    const { clientToken: _, ResultIds, RulesetNames, ...rest } = run;
    const end = run.CompletedOn ?? this.now();
    return {
      ...rest,
      RulesetNames: [...RulesetNames],
      ...(ResultIds.length > 0 && { ResultIds: [...ResultIds] }),
      ExecutionTime: Math.round((end.getTime() - run.StartedOn.getTime()) / 1000),
    };
  }
}
