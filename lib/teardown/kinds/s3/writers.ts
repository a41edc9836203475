/** Who writes to a bucket of ours, as far as the keys tell. */
import { quoted } from '../../../course/shell';
import type { LabRun } from '../../../course/run';
import { partitionOf } from '../../../aws/partition';
import type { Writers } from '../../kind';

interface Writer {
  /** Matches a key up to the end of the writer's own folder. */
  readonly folder: RegExp;
  readonly who: (name: string) => string;
}

/** First match wins: the special before the general. */
const WRITERS: readonly Writer[] = [
  {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
    folder: /^capture\/([^/]+)\//,
    who: (name) => `data capture of the endpoint ${name}, or traffic played to it`,
  },
  {
    // https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html
    folder: /^athena-results\//,
    who: () => 'queries of Athena',
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
    folder: /^(?:[^/]+\/)*?([^/]+)\/(?:output|debug-output|profiler-output|rule-output)\//,
    who: (name) => `the training job ${name}`,
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-results.html
    folder: /^monitor\/([^/]+)\//,
    who: (name) => `the analysis ${name}`,
  },
  { folder: /^evaluation\/([^/]+)\//, who: (name) => `the evaluation job ${name}` },
  { folder: /^prepared\//, who: () => 'a run of the Glue job' },
  { folder: /^quality\//, who: () => 'evaluations of quality' },
  { folder: /^(?:decisions|locks|retraining)\//, who: () => 'the function that responds to alarms' },
  { folder: /^(?:releases|evidence)\//, who: () => 'the pipeline' },
  { folder: /^(?:[^/]+\/)?/, who: () => 'somebody with access to the bucket' },
];

/** Folders that are named; the rest is counted. */
const SHOWN = 3;

/** @param keys of objects that came while the bucket was emptied */
export function writersOf(run: LabRun, bucket: string, keys: readonly string[]): Writers {
  const folders = new Map<string, { who: string; count: number }>();
  for (const key of keys) {
    for (const { folder, who } of WRITERS) {
      const match = folder.exec(key);
      if (match === null) continue;
      const known = folders.get(match[0]) ?? { who: who(match[1] ?? ''), count: 0 };
      folders.set(match[0], { ...known, count: known.count + 1 });
      break;
    }
  }
  const busiest = [...folders].sort(([, a], [, b]) => b.count - a.count);
  const told = busiest
    .slice(0, SHOWN)
    .map(([folder, { who, count }]) => `${count} ${folder === '' ? 'at its top' : `below ${folder}`} (${who})`);
  const more = busiest.length > SHOWN ? `, and ${busiest.length - SHOWN} more folders` : '';
  return {
    doing: `writes to s3://${bucket}: ${told.join(', ')}${more}`,
    next: `aws s3api put-bucket-policy --bucket ${quoted(bucket)} --policy ${quoted(closing(run, bucket))}`,
  };
}

/** Nobody may write any more, not even the account's root; a bucket's policy goes with its bucket. */
function closing({ region }: LabRun, bucket: string): string {
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `arn:${partitionOf(region)}:s3:::${bucket}/*`,
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
