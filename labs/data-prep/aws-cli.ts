/** AWS CLI commands as a learner pastes them: each stands on its own in bash or zsh. */
import type { LabRun } from '../../lib/course/run';
import { quoted } from '../../lib/course/shell';
import { resourcesOf } from './resources';

/** SQL on one line, without its comments. */
export function oneLine(sql: string): string {
  return sql
    .replace(/--[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Starts a query, waits for it, and shows how it ended. */
export function athenaCommand(run: LabRun, sql: string): string {
  return athenaCommandFor(run, quoted(oneLine(sql)));
}

/** The same for SQL in a file: comments and all. */
export function athenaFileCommand(run: LabRun, file: string): string {
  return athenaCommandFor(run, quoted(`file://${file}`));
}

function athenaCommandFor(run: LabRun, sql: string): string {
  const { workGroup, database } = resourcesOf(run);
  return [
    `id=$(aws athena start-query-execution --work-group ${quoted(workGroup)}`,
    `--query-execution-context Database=${quoted(database)} --query-string ${sql}`,
    `--query QueryExecutionId --output text)`,
    `&& until aws athena get-query-execution --query-execution-id "$id" --query QueryExecution.Status.State --output text`,
    `| grep -E 'SUCCEEDED|FAILED|CANCELLED'; do sleep 2; done`,
    `&& aws athena get-query-execution --query-execution-id "$id" --query QueryExecution.Status`,
  ].join(' ');
}
