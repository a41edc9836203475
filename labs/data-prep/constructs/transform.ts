import * as path from 'node:path';
import { Aws } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { namesOf, PREPARED, RAW } from './names';
import { allow, listBucket, readObjects, writeJobLogs, writeObjectsWithS3a } from './permissions';

const LAB = path.resolve(__dirname, '..');
const DATA = path.resolve(__dirname, '../../../data');

/** The PySpark job that prepares the flights. */
export function addTransformJob(stack: LabStack, learner: string): void {
  const names = namesOf(learner);
  const script = new Asset(stack, 'TransformScript', { path: path.join(LAB, 'runtime/transform.py') });
  const plan = new Asset(stack, 'DataPlan', { path: path.join(DATA, 'plan.json') });
  const logs = ['jobs/error', 'jobs/output'];
  for (const name of logs) stack.logGroup(name);

  const assets = [script, plan].map((asset) => `arn:${Aws.PARTITION}:s3:::${asset.s3BucketName}/${asset.s3ObjectKey}`);
  const role = stack.role('TransformRole', 'glue.amazonaws.com', 'Prepares the flights: raw/ to prepared/.', [
    listBucket(stack.bucket),
    readObjects(stack.bucket, RAW),
    ...writeObjectsWithS3a(stack.bucket, PREPARED),
    allow(['s3:GetObject'], assets),
    writeJobLogs(...logs.map((name) => `${stack.logPrefix}/${name}`)),
  ]);

  const s3Uri = (prefix: string): string => `s3://${stack.bucket.bucketName}/${prefix}`;
  const job = new glue.CfnJob(stack, 'Transform', {
    name: names.job,
    description: 'Joins flights, weather and planes, cleans, encodes, writes partitioned Parquet.',
    role: role.roleArn,
    // Pinned: without it, a job takes the newest version. 6.0 is Spark 4.1 and Python 3.13.
    glueVersion: '6.0',
    workerType: 'G.1X',
    numberOfWorkers: 2,
    // Minutes. Glue's own default is eight hours.
    timeout: 15,
    maxRetries: 0,
    executionProperty: { maxConcurrentRuns: 1 },
    command: { name: 'glueetl', pythonVersion: '3', scriptLocation: script.s3ObjectUrl },
    defaultArguments: {
      '--job-language': 'python',
      '--job-bookmark-option': 'job-bookmark-disable',
      // Groups <prefix>/error and <prefix>/output. https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
      '--custom-logGroup-prefix': `${stack.logPrefix}/jobs`,
      // Custom metrics are billed, and each needs cloudwatch:PutMetricData.
      '--enable-observability-metrics': 'false',
      '--enable-job-insights': 'false',
      '--RAW': s3Uri(RAW),
      '--PREPARED': s3Uri(`${PREPARED}flights/`),
      '--PLAN': plan.s3ObjectUrl,
    },
  });
  stack.own('jobs', job.ref);
  stack.output('TransformJob', job.ref, 'Glue job that prepares the flights');
}
