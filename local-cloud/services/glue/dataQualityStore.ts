/** What Data Quality keeps: rulesets, evaluation runs and results. */
import type * as glue from '@aws-sdk/client-glue';
import { ServiceError } from '../service';

export interface StoredRuleset {
  readonly Name: string;
  Description?: string;
  Ruleset: string;
  readonly TargetTable?: glue.DataQualityTargetTable;
  readonly CreatedOn: Date;
  LastModifiedOn: Date;
  readonly RuleCount: () => number;
  readonly tags: Map<string, string>;
  readonly clientToken?: string;
}

export interface StoredRun {
  readonly RunId: string;
  readonly DataSource: glue.DataSource;
  readonly AdditionalDataSources?: Record<string, glue.DataSource>;
  readonly Role: string;
  readonly NumberOfWorkers: number;
  /** Minutes. */
  readonly Timeout: number;
  readonly AdditionalRunOptions?: glue.DataQualityEvaluationRunAdditionalRunOptions;
  readonly RulesetNames: readonly string[];
  Status: glue.TaskStatusType;
  ErrorString?: string;
  readonly StartedOn: Date;
  LastModifiedOn: Date;
  CompletedOn?: Date;
  ResultIds: readonly string[];
  readonly clientToken?: string;
}

export class DataQualityStore {
  readonly rulesets = new Map<string, StoredRuleset>();
  readonly runs = new Map<string, StoredRun>();
  readonly results = new Map<string, glue.DataQualityResult>();

  constructor(
    readonly account: string,
    readonly region: string,
  ) {}

  rulesetArn(name: string): string {
    return `arn:aws:glue:${this.region}:${this.account}:dataQualityRuleset/${name}`;
  }

  /** @throws ServiceError EntityNotFoundException */
  ruleset(name: string): StoredRuleset {
    return (
      this.rulesets.get(name) ??
      missing(`Cannot find Data Quality Ruleset in account ${this.account} with name ${name}`)
    );
  }

  /** @throws ServiceError EntityNotFoundException */
  run(id: string): StoredRun {
    return (
      this.runs.get(id) ??
      missing(`Cannot find Data Quality Ruleset Evaluation Run in account ${this.account} with id ${id}`)
    );
  }

  /** @throws ServiceError EntityNotFoundException */
  result(id: string): glue.DataQualityResult {
    return this.results.get(id) ?? missing(`Cannot find Data Quality Result in account ${this.account} with id ${id}`);
  }
}

function missing(message: string): never {
  throw new ServiceError('EntityNotFoundException', message);
}

/** @throws ServiceError InvalidInputException */
export function invalid(message: string): never {
  throw new ServiceError('InvalidInputException', message);
}

/** A name or id as Glue takes it: 1 to 255 characters, none of them a control character. */
export function checkName(field: string, value: unknown): string {
  // The pattern is Glue's: https://docs.aws.amazon.com/glue/latest/webapi/API_CreateDataQualityRuleset.html
  if (typeof value === 'string' && value.length > 0 && value.length <= 255 && !/[^\t\u0020-\uFFFD]/.test(value))
    return value;
  return invalid(`${field} must be 1 to 255 characters without control characters, not ${JSON.stringify(value)}.`);
}

/** A time from a filter; over the wire it is a number of seconds. */
export function milliseconds(time: Date | number | undefined): number | undefined {
  if (time === undefined || time === null) return undefined;
  return time instanceof Date ? time.getTime() : Number(time) * 1000;
}

/** Whether a time lies within a filter's bounds. */
export function isBetween(time: Date | undefined, after?: Date | number, before?: Date | number): boolean {
  const [value, low, high] = [time?.getTime() ?? 0, milliseconds(after), milliseconds(before)];
  return (low === undefined || value > low) && (high === undefined || value < high);
}

/** The table of a data source, however it is written. */
export function tableOf(source: glue.DataSource | undefined) {
  return source?.GlueTable ?? source?.DataQualityGlueTable;
}

/** Whether a filter by data source lets a data source through. */
export function sameTable(filter: glue.DataSource | undefined, source: glue.DataSource | undefined): boolean {
  const wanted = tableOf(filter);
  const table = tableOf(source);
  return !wanted || (table?.DatabaseName === wanted.DatabaseName && table?.TableName === wanted.TableName);
}
