import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import { type LogRow, queryLogs } from '../../../lib/aws/logs-insights';
import type { Exercise, Step, Verdict } from '../../../lib/course/model';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { readWork } from '../../../lib/course/work';
import { isProbability, readCallLog } from '../incident/call-log';
import { resourcesOf, s3Uri, type LabResources } from '../resources';

const exercise: Exercise = {
  file: 'query.txt',
  template: 'exercises/query.txt',
  solution: 'solutions/query.txt',
  ask: 'Write a Logs Insights query over the endpoint’s log that counts the requests of the incident that failed, minute by minute, in a column named failed.',
  teaches:
    'One line a request is what can be counted: filter to it first, then stats … by bin(1m). Tracebacks have many lines for one failure.',
  alternative:
    'parse @message with the status as a field, filter status = "500" and count: the same figures, and other statuses can be told apart.',
};

/** Find the failing requests in the log. */
export const investigate: Step = {
  id: 'investigate',
  title: 'Find the failing requests in the log',
  predict:
    'The model’s log has a line for each request, and a traceback for each that failed. Which lines would you count, and why not the others?',
  awsMinutes: 3,
  hints: [
    'The log group is /aws/sagemaker/Endpoints/<endpoint>. Look at some lines first, with the command at the top of this step in the guide: ./lab guide monitoring investigate.',
    'The server writes one line a request: "POST /invocations HTTP/1.1" and the status. A traceback has many lines, and so would be counted many times.',
    'filter @message like /…/ keeps lines, stats count(*) as failed by bin(1m) counts them by minute. A / inside a pattern is written \\/.',
  ],
  exercise,
  act,
  check,
  explain,
};

/** Logs Insights finds a line some time after it was written. */
const LAG_MS = 15 * 60_000;
const LAG =
  ' The incident is minutes old, and Logs Insights may not have all of its lines yet: then the same query counts more in a while.';
/** Around the first and the last failure. */
const MARGIN_MS = 60_000;
const COLUMN = 'failed';
/** One request that failed with a fault of the server, as it stands in its log. */
const FAULT = /"POST \/invocations HTTP\/1\.[01]" 5\d\d\b/;

interface Span {
  readonly from: Date;
  readonly to: Date;
}

const groupOf = ({ endpoint }: LabResources): string => `/aws/sagemaker/Endpoints/${endpoint}`;

/** When the incident was, by what callers got. */
async function spanOf(run: LabRun, resources: LabResources): Promise<Span | undefined> {
  const times = ((await readCallLog(run, resources))?.calls ?? [])
    .filter(({ answer }) => !isProbability(answer))
    .map(({ at }) => at.getTime());
  if (times.length === 0) return undefined;
  return { from: new Date(Math.min(...times) - MARGIN_MS), to: new Date(Math.max(...times) + MARGIN_MS) };
}

const ask = (run: LabRun, resources: LabResources, query: string, span: Span): Promise<LogRow[]> =>
  queryLogs(run, { ...span, group: groupOf(resources), query, next: labCommand(run, 'check', 'investigate') });

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const query = readWork(run, 'investigate', exercise);
  const span = await spanOf(run, resources);
  if (span === undefined) throw noIncident(run, resources);
  let rows: LogRow[];
  try {
    rows = await ask(run, resources, query, span);
  } catch (error) {
    throw new LabError(
      `work/${run.lab}/${exercise.file} is no query that Logs Insights runs: ${(error as Error).message}`,
      {
        why: 'Each command stands behind a pipe: filter … | stats … | sort …',
        next: `Change it, then ${labCommand(run, 'step', 'investigate')}; a hint: ${labCommand(run, 'hint', 'investigate')}`,
        exit: Exit.CheckFailed,
        cause: error,
      },
    );
  }
  run.progress(`${count(rows.length, 'row')} from ${span.from.toISOString()} to ${span.to.toISOString()}`);
  for (const row of rows.slice(0, 10)) {
    run.progress(
      Object.entries(row)
        .filter(([name]) => name !== '@ptr')
        .map(([name, value]) => `${name}=${value.slice(0, 100)}`)
        .join('  '),
    );
  }
}

const noIncident = (run: LabRun, resources: LabResources): LabError =>
  new LabError(`There is nothing to investigate: no request below ${s3Uri(resources, 'results/incident/')} failed.`, {
    why: 'The query is over the minutes in which requests failed.',
    next: labCommand(run, 'step', 'incident'),
  });

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'investigate');
  const file = `work/${run.lab}/${exercise.file}`;
  const change = `Change it, then: ${labCommand(run, 'check', 'investigate')}. A hint: ${labCommand(run, 'hint', 'investigate')}`;
  const span = await spanOf(run, resources);
  if (span === undefined) return notDone('No request failed so far.', labCommand(run, 'step', 'incident'));
  let rows: LogRow[];
  try {
    rows = await ask(run, resources, readWork(run, 'investigate', exercise), span);
  } catch (error) {
    if (error instanceof LabError) return notDone(error.message, error.next);
    if (isInconclusive(error)) throw error;
    return notDone(
      `${file} is no query that Logs Insights runs: ${(error as Error).message}`,
      `Write it, then: ${again}`,
    );
  }
  const columns = Object.keys(rows[0] ?? {}).filter((name) => name !== '@ptr');
  const lag = run.clock.now().getTime() - span.to.getTime() < LAG_MS ? LAG : '';
  if (rows.length === 0) return notDone(`${file} finds nothing in ${groupOf(resources)}.${lag}`, change);
  if (!columns.includes(COLUMN)) {
    return notDone(`${file} has the columns ${columns.join(', ')}, and none named ${COLUMN}.`, change);
  }
  if (columns.length < 2) return notDone(`${file} counts, but not minute by minute.`, change);
  const counted = rows.reduce((sum, row) => sum + Number(row[COLUMN]), 0);
  const own = await faults(run, resources, span);
  if (counted !== own) {
    return notDone(
      `${file} counts ${counted} failures. The log has ${count(own, 'request')} that failed, each with one line of its own.${counted < own ? lag : ''}`,
      change,
    );
  }
  return done(
    `${count(own, 'request')} failed, in ${count(rows.length, 'minute')}: the query counts each once, as does a look at every line here.`,
    labCommand(run, 'step', 'alarm'),
  );
}

/** Requests that failed, counted line by line. */
async function faults(run: LabRun, resources: LabResources, { from, to }: Span): Promise<number> {
  let found = 0;
  let token: string | undefined;
  do {
    const page = await run.clients.logs.send(
      new FilterLogEventsCommand({
        logGroupName: groupOf(resources),
        startTime: Math.floor(from.getTime() / 1000) * 1000,
        endTime: Math.ceil(to.getTime() / 1000) * 1000,
        filterPattern: '"POST /invocations"',
        nextToken: token,
      }),
    );
    found += (page.events ?? []).filter(({ message = '' }) => FAULT.test(message)).length;
    token = page.nextToken;
  } while (token);
  return found;
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  return [
    [
      `id=$(aws logs start-query --log-group-name ${quoted(groupOf(resources))} --start-time $(($(date +%s) - 7200)) --end-time $(date +%s) --query-string "$(grep -v '^ *#' work/${run.lab}/${exercise.file})" --query queryId --output text)`,
      `until s=$(aws logs get-query-results --query-id "$id" --query status --output text); [ "$s" != Running ] && [ "$s" != Scheduled ]; do sleep 1; done`,
      `aws logs get-query-results --query-id "$id" --query results --output text`,
    ].join('\n'),
  ];
}
