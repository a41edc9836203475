import { GetWorkGroupCommand, UpdateWorkGroupCommand } from '@aws-sdk/client-athena';
import { QueryFailed, runQuery } from '../../../lib/aws/athena';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { namedQuery } from '../queries';
import { resourcesOf } from '../resources';

/** The lowest that Athena takes; the flights of a year are three times as much. */
const LOWEST_BYTES = 10_000_000;

const QUERY = 'flights-by-month';

/** Somebody saves costs: the workgroup stops every query that reads the whole year. */
export const scanLimit: Fault = {
  id: 'scan-limit',
  title: 'The workgroup’s limit of bytes scanned for each query was set to 10 MB',
  task: '4.2',
  needs: ['crawl'],
  async prepare(run) {
    const { WorkGroup } = await run.clients.athena.send(
      new GetWorkGroupCommand({ WorkGroup: resourcesOf(run).workGroup }),
    );
    return { bytes: String(WorkGroup?.Configuration?.BytesScannedCutoffPerQuery ?? '') };
  },
  async inject(run) {
    await setLimit(run, LOWEST_BYTES);
    return `An analyst writes: the saved query ${QUERY} does not come to its end any more, in the workgroup ${resourcesOf(run).workGroup}. Queries of a single month still work.`;
  },
  async check(run) {
    const resources = resourcesOf(run);
    try {
      const { sql } = namedQuery(QUERY, resources);
      await runQuery(run, resources, sql, { what: `saved query ${QUERY}`, next: labCommand(run, 'check') });
    } catch (error) {
      if (!(error instanceof QueryFailed) || isInconclusive(error)) throw error;
      return stillBroken(run, `The saved query ${QUERY} does not come to its end.`);
    }
    return worksAgain(run, `The saved query ${QUERY} has come to its end.`);
  },
  hints: [
    'A query that was stopped says why, in its StateChangeReason and in the console’s history of the workgroup.',
    'The same SQL works on less data. What of a workgroup depends on how much a query reads?',
  ],
  async mend(run, memory) {
    await setLimit(run, Number(remembered(run, memory, 'bytes')) || undefined);
  },
  seen(run) {
    const name = quoted(resourcesOf(run).workGroup);
    return [
      `the reason of the last query: aws athena get-query-execution --query-execution-id "$(aws athena list-query-executions --work-group ${name} --max-items 1 --query 'QueryExecutionIds[0]' --output text | head -n 1)" --query QueryExecution.Status.StateChangeReason`,
      `the limit: aws athena get-work-group --work-group ${name} --query WorkGroup.Configuration.BytesScannedCutoffPerQuery`,
    ];
  },
  prevented:
    'A limit for each query is a guard against mistakes and belongs far above what honest queries read; costs are limited by partitions, columnar formats, and a workgroup’s data usage alarm. Set in the stack, it would have been reviewed.',
};

/** @param bytes undefined for none */
async function setLimit(run: LabRun, bytes: number | undefined): Promise<void> {
  await run.clients.athena.send(
    new UpdateWorkGroupCommand({
      WorkGroup: resourcesOf(run).workGroup,
      ConfigurationUpdates: bytes ? { BytesScannedCutoffPerQuery: bytes } : { RemoveBytesScannedCutoffPerQuery: true },
    }),
  );
}
