/** The work of one evaluation run, from reading the rulesets to storing the results, all as the run's role. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { type DataQualityResult, GetDataQualityRulesetCommand } from '@aws-sdk/client-glue';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { RoleLogStream } from '../roleLogs';
import type { Cloud, Principal } from '../service';
import { type EngineResult, type EngineOutcome, runEngine } from './dataQualityEngine';
import { loadAssets, lookUpRun, publish } from './dataQualityPermissions';
import type { StoredRun } from './dataQualityStore';
import { fetchTable, type LocalTable, parseLocation, RunFailure } from './dataQualityTable';
import { formatRule } from './dqdl/format';
import { parseDqdl } from './dqdl/parser';
import { findRuleType } from './dqdl/ruleTypes';
import { DqdlError, leafRules, type Parameter, type Rule, type Ruleset } from './dqdl/types';
import { unescape } from './dqdl/lexer';
import { asRole, assumeForGlue } from './role';

/** Group names: https://docs.aws.amazon.com/glue/latest/webapi/API_DataQualityRuleRecommendationRunAdditionalRunOptions.html */
const DEFAULT_LOG_PREFIX = '/aws-glue/data-quality';

interface NamedRuleset {
  readonly name: string;
  readonly ruleset: Ruleset;
}

/**
 * Evaluates the run's rulesets on its table.
 *
 * @returns a result per ruleset
 * @throws Error whose message is the run's ErrorString
 */
export async function evaluateRun(
  cloud: Cloud,
  run: StoredRun,
  now: () => Date,
  signal: AbortSignal,
): Promise<readonly DataQualityResult[]> {
  const role = await assumeForGlue(cloud, run.Role, run.RunId);
  const prefix = run.AdditionalRunOptions?.CustomLogGroupPrefix ?? DEFAULT_LOG_PREFIX;
  const output = new RoleLogStream(role.logs, `${prefix}/output`, run.RunId);
  const errors = new RoleLogStream(role.logs, `${prefix}/error`, run.RunId);
  const folder = await mkdtemp(path.join(cloud.folder, 'quality-'));
  try {
    await loadAssets(role, cloud.region, signal);
    await lookUpRun(role, run.RunId, signal);
    const rulesets = await readRulesets(role, run.RulesetNames, signal);
    for (const { ruleset } of rulesets) refuseUnevaluated(ruleset);
    const tables = await fetchTables(role, run, folder, signal);
    const job = { now: now(), tables, rulesets: rulesets.map(({ ruleset }) => forEngine(ruleset)) };
    const answer = await runEngine(cloud, job, signal);
    const results: DataQualityResult[] = [];
    for (const [index, named] of rulesets.entries()) {
      const result = buildResult(run, named, answer.rulesets[index] as EngineResult, answer.rows, now());
      await writeResult(role, run, result, signal);
      await publish(role, named.name, result.ResultId as string, signal);
      for (const line of describe(result)) output.add(line);
      results.push(result);
    }
    return results;
  } catch (error) {
    errors.add(`${run.RunId} failed: ${(error as Error).message}`);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await Promise.all([output.flush(), errors.flush()]);
  }
}

async function readRulesets(
  role: Principal,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly NamedRuleset[]> {
  const rulesets: NamedRuleset[] = [];
  for (const name of names) {
    const { Ruleset: text } = await asRole(role, 'glue:GetDataQualityRuleset', `dataQualityRuleset/${name}`, () =>
      role.glue.send(new GetDataQualityRulesetCommand({ Name: name }), { abortSignal: signal }),
    );
    try {
      rulesets.push({ name, ruleset: parseDqdl(text ?? '') });
    } catch (error) {
      if (error instanceof DqdlError) throw new RunFailure(`Ruleset ${name} is not valid. ${error.message}`);
      throw error;
    }
  }
  return rulesets;
}

/** @throws RunFailure naming what AWS has and the local cloud lacks: analyzers, and some rule types */
function refuseUnevaluated({ rules, analyzers }: Ruleset): void {
  const lacking = rules
    .flatMap(leafRules)
    .filter(({ type, parameters }) => !findRuleType(type, parameters.length)?.evaluated);
  const names = [...new Set(lacking.map(({ type }) => type))].join(', ');
  const what = names !== '' ? `the rule type ${names}` : analyzers.length > 0 ? 'analyzers' : undefined;
  if (what === undefined) return;
  throw new RunFailure(`The local cloud's Data Quality lacks ${what}, which AWS has. Remove it, or evaluate on AWS.`);
}

/** The engine takes what a quoted parameter means; the result shows what was written. */
function forEngine({ rules, analyzers }: Ruleset): Ruleset {
  const meant = (parameters: readonly Parameter[]): readonly Parameter[] =>
    parameters.map((p) => (p.quoted ? { ...p, value: unescape(p.value) } : p));
  const rule = (r: Rule): Rule =>
    r.kind === 'composite' ? { ...r, rules: r.rules.map(rule) } : { ...r, parameters: meant(r.parameters) };
  return { rules: rules.map(rule), analyzers };
}

async function fetchTables(
  role: Principal,
  run: StoredRun,
  folder: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, LocalTable>>> {
  const tables: Record<string, LocalTable> = {};
  const sources = [['primary', run.DataSource], ...Object.entries(run.AdditionalDataSources ?? {})] as const;
  for (const [index, [alias, source]] of sources.entries()) {
    tables[alias as string] = await fetchTable(role, source as never, path.join(folder, String(index)), signal);
  }
  return tables;
}

function buildResult(
  run: StoredRun,
  { name, ruleset }: NamedRuleset,
  answer: EngineResult,
  rows: number,
  time: Date,
): DataQualityResult {
  const passed = answer.rules.filter(({ result }) => result === 'PASS').length;
  const total = answer.rules.length;
  return {
    ResultId: `dqresult-${randomBytes(20).toString('hex')}`,
    ...(total > 0 && { Score: passed / total }),
    DataSource: run.DataSource,
    RulesetName: name,
    StartedOn: run.StartedOn,
    CompletedOn: time,
    RulesetEvaluationRunId: run.RunId,
    RuleResults: ruleset.rules.map((rule, i) => {
      const { result, message, metrics } = answer.rules[i] as EngineOutcome;
      const text = formatRule(rule);
      return {
        Name: `Rule_${i + 1}`,
        Description: text,
        ...(message && { EvaluationMessage: message.slice(0, 2048) }),
        Result: result,
        EvaluatedMetrics: { ...metrics },
        EvaluatedRule: text,
        ...(Object.keys(rule.labels).length > 0 && { Labels: { ...rule.labels } }),
      };
    }),
    // Rows passed and failed need row-level results, which the rehearsal does not make.
    AggregatedMetrics: {
      TotalRowsProcessed: rows,
      TotalRulesProcessed: total,
      TotalRulesPassed: passed,
      TotalRulesFailed: total - passed,
    },
  };
}

/** JSON lines, one a rule, under ResultsS3Prefix. AWS documents the prefix only: build on no file's name. */
async function writeResult(
  role: Principal,
  run: StoredRun,
  result: DataQualityResult,
  signal: AbortSignal,
): Promise<void> {
  const location = run.AdditionalRunOptions?.ResultsS3Prefix;
  if (!location) return;
  const { Bucket, Prefix } = parseLocation(location);
  const Key = `${Prefix}${result.ResultId}/part-00000-${randomUUID()}.json`;
  const lines = (result.RuleResults ?? []).map((rule) =>
    JSON.stringify({
      ResultId: result.ResultId,
      RulesetName: result.RulesetName,
      Name: rule.Name,
      Rule: rule.Description,
      Outcome: rule.Result === 'PASS' ? 'Passed' : 'Failed',
      FailureReason: rule.Result === 'PASS' ? null : (rule.EvaluationMessage ?? null),
      EvaluatedMetrics: rule.EvaluatedMetrics,
      EvaluatedRule: rule.EvaluatedRule,
    }),
  );
  const command = new PutObjectCommand({
    Bucket,
    Key,
    Body: lines.map((line) => `${line}\n`).join(''),
    ContentType: 'application/json',
  });
  await asRole(role, 's3:PutObject', `arn:aws:s3:::${Bucket}/${Key}`, () =>
    role.s3.send(command, { abortSignal: signal }),
  );
}

function describe(result: DataQualityResult): readonly string[] {
  return [
    `${result.ResultId}: ruleset ${result.RulesetName} on ${result.AggregatedMetrics?.TotalRowsProcessed} rows, score ${result.Score ?? 'none'}`,
    ...(result.RuleResults ?? []).map(
      ({ Name, Result, Description, EvaluationMessage }) =>
        `${Name} ${Result} ${Description}${EvaluationMessage ? ` - ${EvaluationMessage.replaceAll('\n', ' ')}` : ''}`,
    ),
  ];
}
