/** Data Quality: the lab's rulesets, evaluations of them on its tables, and the outcome of one, rule by rule. */
import { ListDataQualityRulesetsCommand } from '@aws-sdk/client-glue';
import { listTables } from '../../../lib/aws/glue';
import { everyPage } from '../../../lib/target/pages';
import { evaluationRuns, getEvaluation, startEvaluation, writeRuleset } from '../../../lib/aws/quality';
import { partName } from '../../../lib/course/names';
import { type LabRun, output } from '../../../lib/course/run';
import type { EvaluationView, QualityView } from '../../api';
import { iso, type View, wrongName } from './view';

const RECENT = 20;

export const quality: View = {
  title: 'Data quality',
  outputs: ['QualityRole'],
  async read({ run }, { of }): Promise<QualityView | EvaluationView> {
    if (of !== undefined) return evaluationOf(run, of);
    const database = output(run, 'Database');
    const [rulesets, tables, runs] = await Promise.all([
      rulesetsOf(run),
      tablesOf(run, database),
      evaluationRuns(run, database),
    ]);
    return {
      rulesets,
      tables,
      newRuleset: partName(run.lab, run.learner, 'rules'),
      runs: runs.slice(0, RECENT).map(({ RunId = '', Status = '', StartedOn, DataSource }) => ({
        id: RunId,
        table: DataSource?.GlueTable?.TableName ?? '',
        state: Status,
        began: iso(StartedOn),
      })),
    };
  },
  async act({ run }, { ruleset, table, rules, predicate }): Promise<{ id: string } | { saved: string } | undefined> {
    if (typeof ruleset !== 'string' || typeof table !== 'string') return undefined;
    const database = output(run, 'Database');
    if (!(await tablesOf(run, database)).includes(table)) throw wrongName('table', table);
    if (typeof rules === 'string') {
      await writeRuleset(run, { name: ruleset, rules, database, table, next: 'save it again' });
      return { saved: ruleset };
    }
    if (!(await rulesetsOf(run)).includes(ruleset)) throw wrongName('ruleset', ruleset);
    const id = await startEvaluation(run, {
      ruleset,
      database,
      table,
      role: output(run, 'QualityRole'),
      ...(typeof predicate === 'string' && predicate.trim() !== '' && { predicate }),
      resultsPrefix: `s3://${output(run, 'DataBucket')}/quality/`,
      logGroupPrefix: `${output(run, 'LogPrefix')}/quality`,
    });
    return { id };
  },
};

/** The stack's own, and those for tables of the lab's database. */
async function rulesetsOf(run: LabRun): Promise<string[]> {
  const rulesets = await everyPage(async (NextToken) => {
    const page = await run.clients.glue.send(new ListDataQualityRulesetsCommand({ NextToken }));
    return { items: page.Rulesets, next: page.NextToken };
  });
  return rulesets
    .filter(
      ({ Name, TargetTable }) => Name === run.outputs.Ruleset || TargetTable?.DatabaseName === output(run, 'Database'),
    )
    .map(({ Name = '' }) => Name);
}

async function tablesOf(run: LabRun, database: string): Promise<string[]> {
  return (await listTables(run, database)).map(({ Name = '' }) => Name);
}

async function evaluationOf(run: LabRun, id: string): Promise<EvaluationView> {
  const found = await getEvaluation(run, id);
  if (found?.database !== output(run, 'Database')) throw wrongName('evaluation', id);
  return {
    id,
    state: found.status,
    reason: found.error,
    rulesets: found.rulesets,
    rules: found.rules.map(({ Description = '', Name = '', Result = '', EvaluationMessage, EvaluatedMetrics }) => ({
      rule: Description || Name,
      outcome: Result,
      message: EvaluationMessage,
      metrics: EvaluatedMetrics ?? {},
    })),
  };
}
