import { GetCrawlerCommand, StartCrawlerCommand, type Crawler } from '@aws-sdk/client-glue';
import { Still, waitOn } from '../../../lib/aws/wait';
import { listObjects } from '../../../lib/aws/s3';
import type { Step, Verdict } from '../../../lib/course/model';
import { dataPlan, RAW_TABLES } from '../../../lib/course/plan';
import { Exit, LabError, type LabRun } from '../../../lib/course/run';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { placeOf, type LabPlace } from '../shared/place';
import { rawState } from '../shared/raw';
import { missingTables, tableFaults } from '../shared/tables';

/** Crawl once: files become tables. */
export const crawl: Step = {
  id: 'crawl',
  title: 'Crawl: from files to tables',
  predict:
    'Five folders, 16 files. How many tables will the crawler make, how many partitions, and what type will dep_time have?',
  awsMinutes: 3,
  hints: [
    'A crawler reads the beginning of each file, guesses columns and types, and writes tables into the Data Catalog.',
    'Start the crawler of the lab and wait until its state is READY again: Glue console, Data Catalog, Crawlers.',
    'When a table has columns col0 and col1, the crawler did not use the classifier that says there is a header.',
  ],
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const place = placeOf(run);
  const { missing, newest } = await rawState(run, place.bucket);
  if (missing.length > 0) {
    throw new LabError(
      `There is nothing whole to crawl: ${count(missing.length, 'raw file is', 'raw files are')} missing.`,
      {
        why: `A crawl bills ten minutes, however short it is, and would miss ${list(missing.map(({ key }) => key))}.`,
        next: labCommand(run, 'step', 'ingest'),
        exit: Exit.WrongUse,
      },
    );
  }
  const before = await getCrawler(run, place);
  if (covers(before, newest) && (await allFaults(run, place)).length === 0) {
    run.progress('the last crawl covers the data: not crawling again, as every crawl bills ten minutes');
    return;
  }
  if (before.State === 'READY') await run.clients.glue.send(new StartCrawlerCommand({ Name: place.crawler }));
  const after = await waitOn(run, {
    what: `crawler ${place.crawler}`,
    minutes: 20,
    next: labCommand(run, 'check', 'crawl'),
    ask: async () => {
      const now = await getCrawler(run, place);
      const ended = now.State === 'READY' && startOf(now) !== startOf(before);
      return ended ? now : new Still(now.State ?? 'unknown');
    },
  });
  if (after.LastCrawl?.Status !== 'SUCCEEDED') {
    throw new LabError(`The crawl ended as ${after.LastCrawl?.Status}.`, {
      why: after.LastCrawl?.ErrorMessage ?? 'Glue gave no reason.',
      next: `aws logs filter-log-events --log-group-name ${quoted(after.LastCrawl?.LogGroup ?? '/aws-glue/crawlers')} --log-stream-names ${quoted(after.LastCrawl?.LogStream ?? place.crawler)} --query 'events[].[message]' --output text`,
    });
  }
}

async function getCrawler(run: LabRun, place: LabPlace): Promise<Crawler> {
  const { Crawler: crawler } = await run.clients.glue.send(new GetCrawlerCommand({ Name: place.crawler }));
  return crawler ?? {};
}

const startOf = (crawler: Crawler): number | undefined => crawler.LastCrawl?.StartTime?.getTime();

/** Whether the last crawl saw all that is there. S3 tells whole seconds. */
function covers(crawler: Crawler, newest: Date): boolean {
  return crawler.LastCrawl?.Status === 'SUCCEEDED' && (startOf(crawler) ?? 0) >= newest.getTime();
}

async function allFaults(run: LabRun, place: LabPlace): Promise<string[]> {
  const faults = await Promise.all(RAW_TABLES.map((name) => tableFaults(run, place, name)));
  return faults.flat();
}

async function check(run: LabRun): Promise<Verdict> {
  const place = placeOf(run);
  const missing = await missingTables(run, place);
  const again = labCommand(run, 'step', 'crawl');
  if (missing.length > 0) {
    const raw = await listObjects(run, place.bucket, 'raw/');
    const none = missing.length === RAW_TABLES.length;
    const saw = none
      ? `The database ${place.database} has none of the five tables.`
      : `The database ${place.database} lacks the tables ${list(missing)}.`;
    return raw.length === 0
      ? notDone(`${saw} There is no raw data to crawl either.`, labCommand(run, 'step', 'ingest'))
      : notDone(saw, `Run the crawler ${place.crawler}: ${again}`);
  }
  const faults = await allFaults(run, place);
  if (faults.length > 0) {
    return notDone(
      faults.slice(0, 3).join(' ') + (faults.length > 3 ? ` And ${count(faults.length - 3, 'more fault')}.` : ''),
      `Delete the wrong tables (aws glue delete-table --database-name ${quoted(place.database)} --name <table>), see that ${labCommand(run, 'check', 'ingest')} is content, and crawl again: ${again}`,
    );
  }
  return done(
    `Five tables in ${place.database} (${RAW_TABLES.join(', ')}) with the expected columns and types; flights has ${dataPlan().batches.length} partitions.`,
    labCommand(run, 'step', 'explore'),
  );
}

function explain(run: LabRun): readonly string[] {
  const { crawler, database } = placeOf(run);
  const name = quoted(crawler);
  return [
    `aws glue start-crawler --name ${name} && until [ "$(aws glue get-crawler --name ${name} --query Crawler.State --output text)" = READY ]; do sleep 10; done`,
    `aws glue get-crawler --name ${name} --query Crawler.LastCrawl`,
    `aws glue get-tables --database-name ${quoted(database)} --query 'TableList[].[Name,StorageDescriptor.Location]' --output text`,
  ];
}
