import { currentVersion, returnToVersion } from '../../../lib/aws/object-versions';
import { putObject, readObject } from '../../../lib/aws/s3';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import { dataManifest, readDataFile } from '../../../lib/course/data-plan';
import { resourcesOf } from '../resources';
import { rawFigures } from './month-figures';

const MONTH = '2013-05';
const KEY = `raw/flights/batch=${MONTH}/flights.csv`;
const COLUMNS = ['dep_delay', 'arr_delay'] as const;

/** The upstream system delivers a month again, with its columns in another order. */
export const swappedColumns: Fault = {
  id: 'swapped-columns',
  title: `The upstream system delivered ${KEY} again with ${COLUMNS[0]} and ${COLUMNS[1]} in each other’s place`,
  task: '1.3',
  needs: ['ingest', 'crawl'],
  async prepare(run) {
    const { bucket } = resourcesOf(run);
    return { version: await currentVersion(run, bucket, KEY), figures: await rawFigures(run, MONTH) };
  },
  async inject(run, memory) {
    const { bucket } = resourcesOf(run);
    const text = (await readObject(run, bucket, KEY)).toString('utf8');
    await putObject(run, bucket, KEY, Buffer.from(swapped(text)), 'text/csv');
    return `The report of ${MONTH} has changed overnight. Yesterday: ${memory.figures}. Today: ${await rawFigures(run, MONTH)}. Nobody changed a query.`;
  },
  async check(run, { memory }) {
    const [before, now] = [remembered(run, memory, 'figures'), await rawFigures(run, MONTH)];
    return now === before
      ? worksAgain(run, `The report of ${MONTH} says again: ${now}.`)
      : stillBroken(run, `The report of ${MONTH} says: ${now}; before, it said: ${before}.`);
  },
  hints: [
    'The report reads the table flights, and the table is nothing but files with a description. Which of the two changed?',
    `Look at the objects below raw/flights/batch=${MONTH}/: the bucket keeps earlier versions.`,
    'A CSV table reads columns by their place and skips the header. Compare the header of the file with the table’s columns.',
  ],
  async mend(run, memory) {
    const { bucket } = resourcesOf(run);
    if (await returnToVersion(run, bucket, KEY, remembered(run, memory, 'version'))) return;
    const file = dataManifest().files.find(({ key }) => key === KEY)!;
    await putObject(run, bucket, KEY, readDataFile(file), 'text/csv');
  },
  seen(run) {
    const { bucket } = resourcesOf(run);
    return [
      `its versions: aws s3api list-object-versions --bucket ${bucket} --prefix ${KEY} --query 'Versions[].[LastModified,VersionId]' --output text`,
      `its header: aws s3 cp s3://${bucket}/${KEY} - | head -n 1`,
    ];
  },
  prevented:
    'A data quality rule on each delivery before it is read, such as a range for the Mean of each delay; a check of the header; formats that carry their schema, such as Parquet; a contract with whoever delivers.',
};

/** A CSV with two columns in each other's place, header included. No field has a comma in it. */
function swapped(text: string): string {
  const [header = ''] = text.split('\n', 1);
  const [a, b] = COLUMNS.map((name) => header.trim().split(',').indexOf(name)) as [number, number];
  return text
    .split('\n')
    .map((line) => {
      const cells = line.split(',');
      if (cells.length > Math.max(a, b)) [cells[a], cells[b]] = [cells[b]!, cells[a]!];
      return cells.join(',');
    })
    .join('\n');
}
