/** Glue Data Quality: evaluate rulesets on catalog tables, and read what came out. */
import {
  CreateDataQualityRulesetCommand,
  GetDataQualityResultCommand,
  GetDataQualityRulesetCommand,
  GetDataQualityRulesetEvaluationRunCommand,
  ListDataQualityRulesetEvaluationRunsCommand,
  StartDataQualityRulesetEvaluationRunCommand,
  UpdateDataQualityRulesetCommand,
  type DataQualityRuleResult,
  type DataQualityRulesetEvaluationRunDescription,
} from '@aws-sdk/client-glue';
import { Exit, LabError } from '../course/errors';
import { tagsOf } from '../course/names';
import type { LabRun } from '../course/run';
import { onceNameIsFree } from './names';
import { orUndefined } from './not-found';
import { InProgress, waitWithProgress } from './wait';

/** A ruleset of the learner's. */
export interface RulesetRequest {
  readonly name: string;
  /** In DQDL. */
  readonly rules: string;
  readonly database: string;
  readonly table: string;
  /** What to do where AWS still holds the name. */
  readonly next: string;
}

/** Creates or replaces a ruleset of the learner's. @throws LabError when the name is another's */
export async function writeRuleset(run: LabRun, { name, rules, database, table, next }: RulesetRequest): Promise<void> {
  const there = await orUndefined(run.clients.glue.send(new GetDataQualityRulesetCommand({ Name: name })));
  const owner = there?.TargetTable?.DatabaseName;
  if (there && owner !== database) {
    throw new LabError(`The ruleset ${name} is not this lab's: it is for the database ${owner ?? '(none)'}.`, {
      why: 'A name alone does not make a thing ours, so it is left as it is.',
      next: `aws glue get-data-quality-ruleset --name ${name}`,
      exit: Exit.Refused,
    });
  }
  await (there
    ? run.clients.glue.send(new UpdateDataQualityRulesetCommand({ Name: name, Ruleset: rules }))
    : onceNameIsFree(run, name, next, () =>
        run.clients.glue.send(
          new CreateDataQualityRulesetCommand({
            Name: name,
            Ruleset: rules,
            Description: 'Written by the learner.',
            TargetTable: { DatabaseName: database, TableName: table },
            Tags: { ...tagsOf(run.lab, run.learner) },
          }),
        ),
      ));
}

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
  /** Database of its table. */
  readonly database?: string;
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
    database: seen.DataSource?.GlueTable?.DatabaseName,
  };
}

/** Pages of an account's evaluation runs, 100 each, that are looked at. */
const MOST_PAGES = 20;

/** Runs of evaluations on tables of a database, newest first, whoever started them. */
export async function evaluationRuns(
  run: LabRun,
  database: string,
): Promise<DataQualityRulesetEvaluationRunDescription[]> {
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
  return runs
    .filter(({ DataSource }) => DataSource?.GlueTable?.DatabaseName === database)
    .sort((a, b) => (b.StartedOn?.getTime() ?? 0) - (a.StartedOn?.getTime() ?? 0));
}

/** Evaluations of a table, newest first, whoever started them. @param limit how many are looked at */
export async function recentEvaluations(
  run: LabRun,
  database: string,
  table: string,
  limit = 10,
): Promise<Evaluation[]> {
  const newest = (await evaluationRuns(run, database)).filter(
    ({ DataSource }) => DataSource?.GlueTable?.TableName === table,
  );
  const found: Evaluation[] = [];
  for (const { RunId: id } of newest.slice(0, limit)) {
    const evaluation = id === undefined ? undefined : await getEvaluation(run, id);
    if (evaluation) found.push(evaluation);
  }
  return found;
}
