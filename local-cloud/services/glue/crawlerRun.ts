/** One crawl: lists, reads, classifies, groups, and writes tables, all signed as the crawler's role. */
import type { Crawler, CsvClassifier, GetClassifierResponse, S3Target } from '@aws-sdk/client-glue';
import { RoleLogStream } from '../roleLogs';
import type { Cloud, Principal } from '../service';
import { CrawlerCatalog } from './crawlerCatalog';
import { classify, listTarget, targetLocation, type CrawledFile, type FoundObject } from './crawlerSource';
import { groupTables, type GroupingOptions } from './crawlerTables';
import { assumeForGlue } from './role';

export const CRAWLER_LOG_GROUP = '/aws-glue/crawlers';
/** Objects read at a time. */
const READERS = 4;

export interface CrawlResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly message?: string;
}

class Cancelled extends Error {}

/** The part of a crawler's Configuration (JSON text) that the labs use; other members are refused by name. */
interface Configuration {
  readonly Version?: number;
  readonly CrawlerOutput?: {
    readonly Partitions?: { readonly AddOrUpdateBehavior?: string };
    readonly Tables?: { readonly AddOrUpdateBehavior?: string; readonly TableThreshold?: number };
  };
  readonly Grouping?: { readonly TableGroupingPolicy?: string; readonly TableLevelConfiguration?: number };
}

/**
 * Runs a crawl to its end; never throws.
 *
 * @param onWriting called when all is written and the crawler only has to finish (AWS shows STOPPING then)
 */
export async function crawl(
  cloud: Cloud,
  definition: Crawler,
  crawlId: string,
  signal: AbortSignal,
  onWriting: () => void,
): Promise<CrawlResult> {
  let logs: RoleLogStream | undefined;
  const log = (line: string): void => logs?.add(`[${crawlId}] ${line}`);
  let result: CrawlResult;
  try {
    const role = await assumeForGlue(cloud, definition.Role!, 'AWS-Crawler');
    logs = new RoleLogStream(role.logs, CRAWLER_LOG_GROUP, definition.Name!);
    log(`BENCHMARK : Running Start Crawl for Crawler ${definition.Name}`);
    const configuration = configurationOf(definition);
    const catalog = new CrawlerCatalog(
      role,
      cloud.account,
      cloud.region,
      definition,
      {
        inherit: configuration.CrawlerOutput?.Partitions?.AddOrUpdateBehavior === 'InheritFromTable',
        mergeColumns: configuration.CrawlerOutput?.Tables?.AddOrUpdateBehavior === 'MergeNewColumns',
      },
      log,
    );
    await run(cloud, role, definition, configuration, catalog, signal, log);
    result = { status: 'SUCCEEDED' };
  } catch (error) {
    const message = (error as Error).message;
    if (error instanceof Cancelled) {
      log('INFO : The crawl was cancelled.');
      result = { status: 'CANCELLED' };
    } else {
      log(`ERROR : ${message}`);
      result = { status: 'FAILED', message };
    }
  }
  onWriting();
  log(`BENCHMARK : Crawler has finished running and is in state READY`);
  await logs?.flush();
  return result;
}

async function run(
  cloud: Cloud,
  role: Principal,
  definition: Crawler,
  configuration: Configuration,
  catalog: CrawlerCatalog,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  const targets = s3Targets(definition);
  const classifiers = await csvClassifiers(cloud, definition.Classifiers ?? []);
  await catalog.checkDatabase();
  const newOnly = definition.RecrawlPolicy?.RecrawlBehavior === 'CRAWL_NEW_FOLDERS_ONLY';
  const own = await catalog.ownTables();
  const seen = newOnly ? await knownFolders(catalog, own) : [];
  const options: GroupingOptions = {
    tablePrefix: definition.TablePrefix ?? '',
    combine: configuration.Grouping?.TableGroupingPolicy === 'CombineCompatibleSchemas',
    level: configuration.Grouping?.TableLevelConfiguration,
  };
  const crawled: { target: S3Target; files: CrawledFile[] }[] = [];
  for (const target of targets) {
    stopIf(signal);
    const objects = sampled(await listTarget(role, target), target).filter(
      ({ bucket, key }) => !seen.includes(folderOf(bucket, key)),
    );
    crawled.push({ target, files: await classifyAll(cloud, role, objects, classifiers, signal) });
  }
  const { UpdateBehavior = 'UPDATE_IN_DATABASE', DeleteBehavior = 'DEPRECATE_IN_DATABASE' } =
    definition.SchemaChangePolicy ?? {};
  log(`BENCHMARK : Classification complete, writing results to database ${definition.DatabaseName}`);
  log(`INFO : Crawler configured with SchemaChangePolicy ${JSON.stringify({ UpdateBehavior, DeleteBehavior })}.`);
  const written = new Set<string>();
  for (const { target, files } of crawled) {
    for (const table of groupTables(rootOf(target, files), files, options)) {
      stopIf(signal);
      written.add(await catalog.write(table));
    }
  }
  if (!newOnly) {
    for (const table of own) if (!written.has(table.Name!)) await catalog.gone(table);
  }
  log('BENCHMARK : Finished writing to Catalog');
}

function configurationOf(definition: Crawler): Configuration {
  if (!definition.Configuration) return {};
  const configuration = JSON.parse(definition.Configuration) as Configuration;
  for (const name of Object.keys(configuration)) {
    if (!['Version', 'CrawlerOutput', 'Grouping', 'CreatePartitionIndex'].includes(name)) {
      throw new Error(`The local cloud does not know ${name} in a crawler's Configuration.`);
    }
  }
  return configuration;
}

function s3Targets(definition: Crawler): readonly S3Target[] {
  const { S3Targets = [], ...others } = definition.Targets ?? {};
  for (const [kind, list] of Object.entries(others)) {
    if (list?.length) throw new Error(`The local cloud crawls S3 targets only, not ${kind}.`);
  }
  return S3Targets ?? [];
}

async function csvClassifiers(cloud: Cloud, names: readonly string[]): Promise<CsvClassifier[]> {
  return Promise.all(
    names.map(async (Name) => {
      const { Classifier } = await cloud.emulate<GetClassifierResponse>('glue', 'GetClassifier', { Name });
      if (!Classifier?.CsvClassifier) throw new Error(`The local cloud has CSV classifiers only; ${Name} is another.`);
      return Classifier.CsvClassifier;
    }),
  );
}

/** Folders that an earlier crawl put into the catalog. */
async function knownFolders(
  catalog: CrawlerCatalog,
  own: Awaited<ReturnType<CrawlerCatalog['ownTables']>>,
): Promise<string[]> {
  const folders: string[] = [];
  for (const table of own) {
    if ((table.PartitionKeys ?? []).length === 0) folders.push(table.StorageDescriptor?.Location ?? '');
    else folders.push(...(await catalog.partitionsOf(table.Name!)).map((p) => p.StorageDescriptor?.Location ?? ''));
  }
  return folders;
}

/** The first files of each folder, when the target says how many. */
function sampled(objects: readonly FoundObject[], target: S3Target): FoundObject[] {
  if (!target.SampleSize) return [...objects];
  const counts = new Map<string, number>();
  return objects.filter(({ bucket, key }) => {
    const folder = folderOf(bucket, key);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
    return counts.get(folder)! <= target.SampleSize!;
  });
}

function folderOf(bucket: string, key: string): string {
  return `s3://${bucket}/${key.slice(0, key.lastIndexOf('/') + 1)}`;
}

/** The include path: a folder, or the one file that the target names. */
function rootOf(target: S3Target, files: readonly CrawledFile[]): string {
  const { key } = targetLocation(target);
  const isFile = files.some((file) => file.key === key);
  return key === '' || key.endsWith('/') || isFile ? key : `${key}/`;
}

async function classifyAll(
  cloud: Cloud,
  role: Principal,
  objects: readonly FoundObject[],
  classifiers: readonly CsvClassifier[],
  signal: AbortSignal,
): Promise<CrawledFile[]> {
  const files: CrawledFile[] = [];
  for (let i = 0; i < objects.length; i += READERS) {
    stopIf(signal);
    const some = objects.slice(i, i + READERS);
    files.push(...(await Promise.all(some.map((object) => classify(cloud, role, object, classifiers)))));
  }
  return files;
}

function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw new Cancelled();
}
