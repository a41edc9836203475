import { StartCrawlerCommand, type Crawler } from '@aws-sdk/client-glue';
import { wasRetried } from '../../../lib/aws/retried';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import type { Step } from '../../../lib/course/model';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { resourcesOf } from '../resources';
import { rawRemedy, rawState } from '../data/raw';
import { catalogFaults, checkCrawl, getCrawler } from './crawl-check';

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
  check: checkCrawl,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const raw = await rawState(run, resources.bucket);
  const remedy = rawRemedy(run, resources.bucket, raw);
  if (remedy) {
    throw new LabError('There is nothing whole to crawl.', {
      why: `${remedy.saw} A crawl bills ten minutes, however short it is.`,
      next: remedy.command,
      exit: Exit.WrongUse,
    });
  }
  const before = await getCrawler(run, resources);
  if (covers(before, raw.newest) && (await catalogFaults(run, resources)).length === 0) {
    run.progress('the last crawl covers the data: not crawling again, as every crawl bills ten minutes');
    return;
  }
  if (before.State === 'READY') await start(run, resources.crawler);
  const after = await waitWithProgress(run, {
    what: `crawler ${resources.crawler}`,
    minutes: 20,
    next: labCommand(run, 'check', 'crawl'),
    ask: async () => {
      const now = await getCrawler(run, resources);
      const ended = now.State === 'READY' && startOf(now) !== startOf(before);
      return ended ? now : new InProgress(now.State ?? 'unknown');
    },
  });
  if (after.LastCrawl?.Status !== 'SUCCEEDED') {
    throw new LabError(`The crawl ended as ${after.LastCrawl?.Status}.`, {
      why: after.LastCrawl?.ErrorMessage ?? 'Glue gave no reason.',
      next: `aws logs filter-log-events --log-group-name ${quoted(after.LastCrawl?.LogGroup ?? '/aws-glue/crawlers')} --log-stream-names ${quoted(after.LastCrawl?.LogStream ?? resources.crawler)} --query 'events[].[message]' --output text`,
    });
  }
}

async function start(run: LabRun, crawler: string): Promise<void> {
  try {
    await run.clients.glue.send(new StartCrawlerCommand({ Name: crawler }));
  } catch (error) {
    if ((error as Error).name !== 'CrawlerRunningException' || !wasRetried(error)) throw error;
  }
}

const startOf = (crawler: Crawler): number | undefined => crawler.LastCrawl?.StartTime?.getTime();

/** Whether the last crawl saw all that is there. S3 tells whole seconds. */
function covers(crawler: Crawler, newest: Date): boolean {
  return crawler.LastCrawl?.Status === 'SUCCEEDED' && (startOf(crawler) ?? 0) >= newest.getTime();
}

function explain(run: LabRun): readonly string[] {
  const { crawler, database } = resourcesOf(run);
  const name = quoted(crawler);
  return [
    `aws glue start-crawler --name ${name} && until [ "$(aws glue get-crawler --name ${name} --query Crawler.State --output text)" = READY ]; do sleep 10; done`,
    `aws glue get-crawler --name ${name} --query Crawler.LastCrawl`,
    `aws glue get-tables --database-name ${quoted(database)} --query 'TableList[].[Name,StorageDescriptor.Location]' --output text`,
  ];
}
