import { DeletePartitionCommand } from '@aws-sdk/client-glue';
import { runQuery } from '../../../lib/aws/athena';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { namedQuery } from '../queries';
import { resourcesOf } from '../resources';
import { preparedFigures } from './month-figures';

const MONTH = '2013-04';
const NONE = '0 flights';

/** Somebody tidies up in the catalog: a month is still in the bucket, and no query sees it. */
export const lostPartition: Fault = {
  id: 'lost-partition',
  title: `The partition batch=${MONTH} of the table prepared was deleted from the Data Catalog`,
  task: '1.1',
  needs: ['transform'],
  prepare: async (run) => ({ figures: await preparedFigures(run, MONTH) }),
  async inject(run, memory) {
    await run.clients.glue.send(
      new DeletePartitionCommand({
        DatabaseName: resourcesOf(run).database,
        TableName: 'prepared',
        PartitionValues: [MONTH],
      }),
    );
    return `Whoever builds the training set writes: yesterday the table prepared gave ${memory.figures} of ${MONTH}, today it gives ${await preparedFigures(run, MONTH)}. The Glue job has succeeded, and no file was deleted.`;
  },
  async check(run, { memory }) {
    const [before, now] = [remembered(run, memory, 'figures'), await preparedFigures(run, MONTH)];
    return now === before
      ? worksAgain(run, `The table prepared gives ${now} of ${MONTH} again.`)
      : stillBroken(
          run,
          `The table prepared gives ${now === NONE ? 'no flights' : now} of ${MONTH}; before, it gave ${before}.`,
        );
  },
  hints: [
    'The files are there. What tells Athena which folders belong to a table?',
    'Compare the partitions of the table prepared with the folders below prepared/flights/.',
  ],
  async mend(run) {
    const resources = resourcesOf(run);
    await runQuery(run, resources, namedQuery('repair-prepared', resources).sql, {
      what: 'saved query repair-prepared',
      next: labCommand(run, 'mend'),
    });
  },
  seen(run) {
    const { bucket, database } = resourcesOf(run);
    return [
      `the partitions: aws glue get-partitions --database-name ${quoted(database)} --table-name prepared --query 'Partitions[].Values[]' --output text`,
      `the folders: aws s3 ls s3://${bucket}/prepared/flights/`,
      'CloudTrail: who called DeletePartition, and when',
    ];
  },
  prevented:
    'A rule on the number of rows of each month (RowCount) that runs before the training set is built; permissions on the catalog that let the pipeline’s role alone delete; or partition projection, which has no partitions to lose.',
};
