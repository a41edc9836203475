/** The lab's crawler as the stack defines it, and where one that somebody changed differs. */
import { GetClassifierCommand, type Crawler, type CsvClassifier } from '@aws-sdk/client-glue';
import { orUndefined } from '../../../lib/aws/not-found';
import { RAW_TABLES } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import type { LabResources } from '../resources';

/** One folder of raw/, one target and one table each. @param bucket its name, or a CDK token that stands for it */
export const crawlerTargets = (bucket: string): string[] => RAW_TABLES.map((set) => `s3://${bucket}/raw/${set}/`);

export const CRAWLER_CONFIGURATION = JSON.stringify({
  Version: 1,
  // A partition whose types differ from its table's fails every query: HIVE_PARTITION_SCHEMA_MISMATCH.
  CrawlerOutput: { Partitions: { AddOrUpdateBehavior: 'InheritFromTable' } },
  Grouping: { TableGroupingPolicy: 'CombineCompatibleSchemas' },
});

export const CHANGE_POLICY = { UpdateBehavior: 'UPDATE_IN_DATABASE', DeleteBehavior: 'LOG' } as const;

/**
 * The classifier. Without it, Glue calls the columns of an all-text file col0, col1. No quote symbol, so that Glue chooses
 * LazySimpleSerDe, which knows types and empty fields; OpenCSVSerDe makes every column text.
 * @see https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html#custom-classifier-csv
 */
export const CLASSIFIER = {
  ContainsHeader: 'PRESENT',
  Delimiter: ',',
  DisableValueTrimming: false,
  AllowSingleColumn: false,
} as const;

/** What somebody changed about the crawler, and the command that puts it back. */
export interface Difference {
  readonly saw: string;
  readonly command: string;
}

/** The first thing about crawler and classifier that makes other tables than the lab's; undefined when there is none. */
export async function crawlerDifference(
  run: LabRun,
  resources: LabResources,
  crawler: Crawler,
): Promise<Difference | undefined> {
  return (
    definitionDifference(resources, crawler) ?? classifierDifference(await classifierOf(run, resources), resources)
  );
}

function definitionDifference(resources: LabResources, crawler: Crawler): Difference | undefined {
  const paths = crawlerTargets(resources.bucket);
  const saw = targetsFault(crawler, paths) ?? settingsFault(crawler, resources);
  if (saw === undefined) return undefined;
  const targets = { S3Targets: paths.map((Path) => ({ Path, Exclusions: [] })) };
  return {
    saw,
    command: [
      `aws glue update-crawler --name ${quoted(resources.crawler)} --database-name ${quoted(resources.database)}`,
      `--classifiers ${quoted(resources.crawler)} --targets ${quoted(JSON.stringify(targets))}`,
      `--schema-change-policy ${quoted(JSON.stringify(CHANGE_POLICY))} --table-prefix ''`,
      `--recrawl-policy RecrawlBehavior=CRAWL_EVERYTHING --configuration ${quoted(CRAWLER_CONFIGURATION)}`,
    ].join(' '),
  };
}

function targetsFault({ Name, Targets }: Crawler, expected: readonly string[]): string | undefined {
  const targets = Targets?.S3Targets ?? [];
  const paths = targets.map(({ Path = '' }) => Path.replace(/\/?$/, '/'));
  const odd = targets.find((_target, i) => !expected.includes(paths[i]!))?.Path;
  if (odd !== undefined) {
    const file = expected.some((folder) => odd.startsWith(folder)) && /[^/]*\.[^/]+$/.test(odd);
    return `The crawler ${Name} has the target ${odd}, ${file ? FILE_TARGET : 'which is none of the five folders'}.`;
  }
  const lost = expected.find((path) => !paths.includes(path));
  if (lost !== undefined) return `The crawler ${Name} does not crawl ${lost}.`;
  const partial = targets.find(({ Exclusions = [], SampleSize }) => Exclusions.length > 0 || SampleSize);
  return partial && `The crawler ${Name} leaves out files of ${partial.Path}.`;
}

/** @see https://repost.aws/knowledge-center/athena-empty-results */
const FILE_TARGET =
  'which is one file. The table would lie at the file itself, and Athena, which reads folders, would find no rows there';

function settingsFault(crawler: Crawler, resources: LabResources): string | undefined {
  const { Name, Classifiers = [], Configuration, SchemaChangePolicy, TablePrefix, DatabaseName } = crawler;
  if (DatabaseName !== resources.database) return `The crawler ${Name} writes into the database ${DatabaseName}.`;
  if (TablePrefix) return `The crawler ${Name} puts ${TablePrefix} before the names of its tables.`;
  if (Classifiers.join() !== resources.crawler)
    return `The crawler ${Name} uses the classifiers ${Classifiers.join(', ') || 'none'}, expected ${resources.crawler}.`;
  if (SchemaChangePolicy?.UpdateBehavior === 'LOG')
    return `The crawler ${Name} only logs what it finds about tables that exist (UpdateBehavior LOG).`;
  if (crawler.RecrawlPolicy?.RecrawlBehavior === 'CRAWL_NEW_FOLDERS_ONLY')
    return `The crawler ${Name} reads new folders only.`;
  const { CrawlerOutput, Grouping } = parsed(Configuration);
  if (CrawlerOutput?.Tables?.AddOrUpdateBehavior === 'MergeNewColumns') {
    return (
      `The crawler ${Name} adds new columns only (MergeNewColumns): it mends nothing in a table that exists, and where ` +
      'classification, compressionType or delimiter differ, or are not set, it marks the table as deprecated and adds no partitions.'
    );
  }
  const same =
    CrawlerOutput?.Partitions?.AddOrUpdateBehavior === 'InheritFromTable' &&
    Grouping?.TableGroupingPolicy === 'CombineCompatibleSchemas' &&
    Grouping.TableLevelConfiguration === undefined;
  return same ? undefined : `The crawler ${Name} has another configuration than the lab's: ${Configuration ?? 'none'}.`;
}

interface Configuration {
  readonly CrawlerOutput?: Readonly<Record<string, { readonly AddOrUpdateBehavior?: string } | undefined>>;
  readonly Grouping?: { readonly TableGroupingPolicy?: string; readonly TableLevelConfiguration?: number };
}

function parsed(text: string | undefined): Configuration {
  try {
    return (JSON.parse(text ?? '{}') ?? {}) as Configuration;
  } catch {
    return {};
  }
}

async function classifierOf(run: LabRun, { crawler }: LabResources): Promise<CsvClassifier | undefined> {
  const answer = await orUndefined(run.clients.glue.send(new GetClassifierCommand({ Name: crawler })));
  return answer?.Classifier?.CsvClassifier;
}

/** The classifier has the name of its crawler. */
function classifierDifference(
  seen: CsvClassifier | undefined,
  { crawler: name }: LabResources,
): Difference | undefined {
  const classifier = quoted(JSON.stringify({ Name: name, ...CLASSIFIER }));
  const create = `aws glue create-classifier --csv-classifier ${classifier}`;
  if (seen === undefined) return { saw: `There is no CSV classifier ${name}.`, command: create };
  const { Delimiter, ContainsHeader, QuoteSymbol, Serde } = seen;
  const odd = [
    Delimiter !== CLASSIFIER.Delimiter && `Delimiter ${Delimiter ?? 'not set'}`,
    ContainsHeader !== CLASSIFIER.ContainsHeader && `ContainsHeader ${ContainsHeader ?? 'not set'}`,
    QuoteSymbol && `QuoteSymbol ${QuoteSymbol}`,
    seen.Header?.length && 'a Header of its own',
    Serde === 'OpenCSVSerDe' && `Serde ${Serde}`,
  ].filter(Boolean);
  if (odd.length === 0) return undefined;
  const saw = `The classifier ${name} is not the lab's any more: ${odd.join(', ')}.`;
  return { saw, command: `aws glue delete-classifier --name ${quoted(name)} && ${create}` };
}
