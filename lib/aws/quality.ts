/** Glue Data Quality: evaluate rulesets on catalog tables, and read what came out. */
import {
  GetDataQualityResultCommand,
  GetDataQualityRulesetEvaluationRunCommand,
  ListDataQualityRulesetEvaluationRunsCommand,
  StartDataQualityRulesetEvaluationRunCommand,
  type DataQualityRuleResult,
  type DataQualityRulesetEvaluationRunDescription,
} from '@aws-sdk/client-glue';
import { LabError } from '../course/errors';
import type { LabRun } from '../course/run';
import { orUndefined } from './not-found';
import { InProgress, waitWithProgress } from './wait';

/** One evaluation to start. */
export interface EvaluationRequest {
  readonly ruleset: string;
  readonly database: string;
  readonly table: string;
  /** ARN of the role that reads the table. */
  readonly role: string;
  /** Partitions to read, as a Spark predicate: `batch <= '2013-05'`. @default - all */
  readonly predicate?: string;
  /** Where the results go too, `s3://bucket/quality/`. */
  readonly resultsPrefix: string;
  readonly logGroupPrefix: string;
}

/** An evaluation that ended. */
export interface Evaluation {
  readonly runId: string;
  readonly rulesets: readonly string[];
  readonly status: string;
  readonly startedOn: Date;
  readonly rules: readonly DataQualityRuleResult[];
  readonly error?: string;
}

export async function startEvaluation(run: LabRun, request: EvaluationRequest): Promise<string> {
  const { RunId: id } = await run.clients.glue.send(
    new StartDataQualityRulesetEvaluationRunCommand({
      DataSource: {
        GlueTable: {
          DatabaseName: request.database,
          TableName: request.table,
          ...(request.predicate && { AdditionalOptions: { pushDownPredicate: request.predicate } }),
        },
      },
      Role: request.role,
      RulesetNames: [request.ruleset],
      // Defaults are 5 workers and 48 hours: https://docs.aws.amazon.com/glue/latest/webapi/API_StartDataQualityRulesetEvaluationRun.html
      NumberOfWorkers: 2,
      Timeout: 30,
      AdditionalRunOptions: {
        CloudWatchMetricsEnabled: false,
        ResultsS3Prefix: request.resultsPrefix,
        CustomLogGroupPrefix: request.logGroupPrefix,
      },
    }),
  );
  if (id === undefined) throw new Error(`Glue gave no id for the evaluation of ${request.ruleset}.`);
  return id;
}

const ENDED = ['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMEOUT'];

/** Waits until an evaluation ended. @throws LabError with Glue's reason when it did not succeed (a rule that fails is success) */
export async function waitForEvaluation(run: LabRun, id: string, what: string, next: string): Promise<Evaluation> {
  const evaluation = await waitWithProgress(run, {
    what,
    minutes: 30,
    next,
    ask: async () => {
      const seen = await getEvaluation(run, id);
      return seen && ENDED.includes(seen.status) ? seen : new InProgress(seen?.status ?? 'STARTING');
    },
  });
  if (evaluation.status !== 'SUCCEEDED') {
    throw new LabError(`Glue Data Quality did not finish: ${what} ended as ${evaluation.status}.`, {
      why: evaluation.error ?? 'Glue gave no reason.',
      next,
    });
  }
  return evaluation;
}

/** One evaluation with the results of its rules, or undefined when it does not exist. */
export async function getEvaluation(run: LabRun, id: string): Promise<Evaluation | undefined> {
  const seen = await orUndefined(run.clients.glue.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId: id })));
  if (seen === undefined) return undefined;
  const rules: DataQualityRuleResult[] = [];
  for (const resultId of seen.ResultIds ?? []) {
    const result = await orUndefined(run.clients.glue.send(new GetDataQualityResultCommand({ ResultId: resultId })));
    rules.push(...(result?.RuleResults ?? []));
  }
  return {
    runId: id,
    rulesets: seen.RulesetNames ?? [],
    status: seen.Status ?? 'STARTING',
    startedOn: seen.StartedOn ?? new Date(0),
    rules,
    error: seen.ErrorString,
  };
}

/** Pages of an account's evaluation runs, 100 each, that are looked at. */
const MOST_PAGES = 20;

/** Evaluations of a table, newest first, whoever started them. @param limit how many are looked at */
export async function recentEvaluations(
  run: LabRun,
  database: string,
  table: string,
  limit = 10,
): Promise<Evaluation[]> {
  const runs: DataQualityRulesetEvaluationRunDescription[] = [];
  let token: string | undefined;
  // No filter: it takes a whole data source, and it is not said whether a run with a predicate is on the same one.
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await run.clients.glue.send(
      new ListDataQualityRulesetEvaluationRunsCommand({ MaxResults: 100, NextToken: token }),
    );
    runs.push(...(answer.Runs ?? []));
    token = answer.NextToken;
    if (!token) break;
  }
  const newest = runs
    .filter(({ DataSource }) => {
      const source = DataSource?.GlueTable;
      return source?.DatabaseName === database && source.TableName === table;
    })
    .sort((a, b) => (b.StartedOn?.getTime() ?? 0) - (a.StartedOn?.getTime() ?? 0));
  const found: Evaluation[] = [];
  for (const { RunId: id } of newest.slice(0, limit)) {
    const evaluation = id === undefined ? undefined : await getEvaluation(run, id);
    if (evaluation) found.push(evaluation);
  }
  return found;
}
