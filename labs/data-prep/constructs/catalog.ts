import * as glue from 'aws-cdk-lib/aws-glue';
import { TAG_LAB, TAG_LEARNER } from '../../../lib/course/names';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { namesOf, RAW, RAW_SETS } from './names';
import { listBucket, onCatalog, read, writeCrawlerLogs } from './permissions';

/** The database, the CSV classifier and the crawler that fills the database from raw/. */
export function catalog(stack: LabStack, learner: string): void {
  const names = namesOf(learner);
  const database = new glue.CfnDatabase(stack, 'FlightsDatabase', {
    catalogId: stack.account,
    // No locationUri: a table without a location of its own must fail, not land somewhere.
    databaseInput: {
      name: names.database,
      description: 'Flights out of New York in 2013, raw and prepared, of the lab data-prep.',
      // CloudFormation cannot tag a database; these parameters are its tags.
      parameters: { [TAG_LAB]: 'data-prep', [TAG_LEARNER]: learner },
    },
  });
  stack.own('databases', database.ref);

  // Without it, Glue calls the columns of an all-text file col0, col1. No quote symbol, so that Glue chooses
  // LazySimpleSerDe, which knows types and empty fields; OpenCSVSerDe makes every column text.
  // https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html#custom-classifier-csv
  const classifier = new glue.CfnClassifier(stack, 'CsvClassifier', {
    csvClassifier: {
      name: names.classifier,
      containsHeader: 'PRESENT',
      delimiter: ',',
      disableValueTrimming: false,
      allowSingleColumn: false,
    },
  });

  const role = stack.role('CrawlerRole', 'glue.amazonaws.com', 'Crawls raw/ into the database of the lab.', [
    listBucket(stack.bucket),
    read(stack.bucket, RAW),
    onCatalog(names.database, [
      'GetDatabase',
      'GetTable',
      'GetTables',
      'CreateTable',
      'UpdateTable',
      'GetPartition',
      'GetPartitions',
      'CreatePartition',
      'UpdatePartition',
      'BatchCreatePartition',
      'BatchGetPartition',
      'BatchUpdatePartition',
    ]),
    writeCrawlerLogs(),
  ]);

  const crawler = new glue.CfnCrawler(stack, 'RawCrawler', {
    name: names.crawler,
    description: 'Makes one table of each folder of raw/.',
    role: role.roleArn,
    databaseName: database.ref,
    classifiers: [classifier.ref],
    targets: { s3Targets: RAW_SETS.map((set) => ({ path: `s3://${stack.bucket.bucketName}/${RAW}${set}/` })) },
    recrawlPolicy: { recrawlBehavior: 'CRAWL_EVERYTHING' },
    schemaChangePolicy: { updateBehavior: 'UPDATE_IN_DATABASE', deleteBehavior: 'LOG' },
    configuration: JSON.stringify({
      Version: 1,
      // A partition whose types differ from its table's fails every query: HIVE_PARTITION_SCHEMA_MISMATCH.
      CrawlerOutput: { Partitions: { AddOrUpdateBehavior: 'InheritFromTable' } },
      Grouping: { TableGroupingPolicy: 'CombineCompatibleSchemas' },
    }),
  });
  stack.own('crawlers', crawler.ref);

  stack.output('Database', database.ref, 'Glue database');
  stack.output('Crawler', crawler.ref, 'Glue crawler of raw/');
}
