/** The check of the step crawl: the tables as they should be, and if they are not, what another crawl would need first. */
import { GetCrawlerCommand, type Crawler } from '@aws-sdk/client-glue';
import { listTables } from '../../../lib/aws/glue';
import type { Verdict } from '../../../lib/course/model';
import { dataPlan, RAW_TABLES } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { crawlerDifference } from '../catalog/crawler';
import { resourcesOf, type LabResources } from '../resources';
import { rawRemedy, rawState } from '../data/raw';
import { missingTables, tableFaults } from '../catalog/tables';

export async function getCrawler(run: LabRun, resources: LabResources): Promise<Crawler> {
  const { Crawler: crawler } = await run.clients.glue.send(new GetCrawlerCommand({ Name: resources.crawler }));
  return crawler ?? {};
}

export async function catalogFaults(run: LabRun, resources: LabResources): Promise<string[]> {
  const faults = await Promise.all(RAW_TABLES.map((name) => tableFaults(run, resources, name)));
  return faults.flat();
}

export async function checkCrawl(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const missing = await missingTables(run, resources);
  const faults = missing.length > 0 ? [] : await catalogFaults(run, resources);
  if (missing.length === 0 && faults.length === 0) {
    return done(
      `Five tables in ${resources.database} (${RAW_TABLES.join(', ')}) with the expected columns and types; flights has ${dataPlan().batches.length} partitions.`,
      labCommand(run, 'step', 'explore'),
    );
  }
  const saw = missing.length > 0 ? await missingText(run, resources, missing) : faultsText(faults);
  // A crawl bills ten minutes: first what would make the next one as wrong as the last.
  const raw = rawRemedy(run, resources.bucket, await rawState(run, resources.bucket));
  if (raw) return notDone(`${saw} ${raw.saw}`, raw.command);
  const again = labCommand(run, 'step', 'crawl');
  const crawler = await getCrawler(run, resources);
  if (crawler.State !== 'READY') {
    return notDone(`${saw} The crawler is ${crawler.State}.`, `Wait, then: ${labCommand(run, 'check', 'crawl')}`);
  }
  const changed = await crawlerDifference(run, resources, crawler);
  if (changed) return notDone(`${saw} ${changed.saw}`, `Put it back: ${changed.command}; then crawl: ${again}`);
  if (missing.length > 0) return notDone(saw, `Run the crawler ${resources.crawler}: ${again}`);
  const wrong = await wrongTables(run, resources);
  return notDone(
    saw,
    `Delete what is wrong: aws glue batch-delete-table --database-name ${quoted(resources.database)} --tables-to-delete ${wrong.join(' ')}; then crawl again: ${again}`,
  );
}

const faultsText = (faults: readonly string[]): string =>
  faults.slice(0, 3).join(' ') + (faults.length > 3 ? ` And ${count(faults.length - 3, 'more fault')}.` : '');

async function wrongTables(run: LabRun, resources: LabResources): Promise<string[]> {
  const faults = await Promise.all(RAW_TABLES.map((name) => tableFaults(run, resources, name)));
  return RAW_TABLES.filter((_name, i) => faults[i]!.length > 0);
}

/** What is missing, and a table over a single file, which is what a crawler makes that was pointed at one. */
async function missingText(run: LabRun, resources: LabResources, missing: readonly string[]): Promise<string> {
  const none = missing.length === RAW_TABLES.length;
  const saw = none
    ? `The database ${resources.database} has none of the five tables.`
    : `The database ${resources.database} lacks the tables ${list(missing)}.`;
  const onFile = (await listTables(run, resources.database)).find(({ StorageDescriptor }) =>
    /^s3:\/\/[^/]+\/raw\/.*\.csv(\.gz)?\/?$/.test(StorageDescriptor?.Location ?? ''),
  );
  if (onFile === undefined) return saw;
  return `${saw} It has ${onFile.Name} at ${onFile.StorageDescriptor?.Location}: that is a file. Athena reads folders and finds no rows there, so a crawler's target has to be the folder.`;
}
