import * as glue from 'aws-cdk-lib/aws-glue';
import { TAG_LAB, TAG_LEARNER } from '../../../lib/course/names';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { CHANGE_POLICY, CLASSIFIER, CRAWLER_CONFIGURATION, crawlerTargets } from '../catalog/crawler';
import { namesOf, RAW } from './names';
import { listBucket, catalogStatement, readObjects, writeCrawlerLogs } from './permissions';

/** The database, the CSV classifier and the crawler that fills the database from raw/. */
export function addCatalog(stack: LabStack, learner: string): void {
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

  const classifier = new glue.CfnClassifier(stack, 'CsvClassifier', {
    csvClassifier: {
      name: names.classifier,
      containsHeader: CLASSIFIER.ContainsHeader,
      delimiter: CLASSIFIER.Delimiter,
      disableValueTrimming: CLASSIFIER.DisableValueTrimming,
      allowSingleColumn: CLASSIFIER.AllowSingleColumn,
    },
  });

  const role = stack.role('CrawlerRole', 'glue.amazonaws.com', 'Crawls raw/ into the database of the lab.', [
    listBucket(stack.bucket),
    readObjects(stack.bucket, RAW),
    catalogStatement(names.database, [
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
    targets: { s3Targets: crawlerTargets(stack.bucket.bucketName).map((path) => ({ path })) },
    recrawlPolicy: { recrawlBehavior: 'CRAWL_EVERYTHING' },
    schemaChangePolicy: {
      updateBehavior: CHANGE_POLICY.UpdateBehavior,
      deleteBehavior: CHANGE_POLICY.DeleteBehavior,
    },
    configuration: CRAWLER_CONFIGURATION,
  });
  stack.own('crawlers', crawler.ref);

  stack.output('Database', database.ref, 'Glue database');
  stack.output('Crawler', crawler.ref, 'Glue crawler of raw/');
}
