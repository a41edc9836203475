/**
 * An analysis of lab monitoring by its job's own times, and the frames that it compared.
 *
 * On a private local cloud, as in a rehearsal; the lab is torn down with it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { DescribeProcessingJobCommand, ListProcessingJobsCommand } from '@aws-sdk/client-sagemaker';
import { output } from '../../lib/course/run';
import type { Target } from '../../lib/target';
import { PrivateLab } from './private-lab';

/** Steps up to an analysis of flights that did not drift: no alarm goes off, and nothing responds beside it. */
const STEPS = ['baseline', 'traffic', 'analyze'] as const;

/** An analysis. */
export interface AnalysisTime {
  /** Seconds from the job's start to its end: code down, capture read, compared, drawn, results up. */
  readonly job: number;
  readonly records: number;
}

async function read({ clients }: Target, Bucket: string, Key: string): Promise<string> {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key }));
  return Body!.transformToString();
}

/** The features of each captured request, a line each. */
export async function capturedFlights(target: Target, Bucket: string, Prefix = 'capture/'): Promise<string[]> {
  const flights: string[] = [];
  for await (const page of paginateListObjectsV2({ client: target.clients.s3 }, { Bucket, Prefix })) {
    for (const { Key } of page.Contents ?? []) {
      const lines = (await read(target, Bucket, Key!)).split('\n').filter((line) => line !== '');
      for (const line of lines) {
        const { captureData } = JSON.parse(line) as { captureData: { endpointInput: { data: string } } };
        flights.push(captureData.endpointInput.data.trim());
      }
    }
  }
  return flights;
}

/** Times of the newest analysis, and whether it is whole: its report has Evidently's plots of these flights. */
async function newestAnalysis(target: Target, bucket: string, flights: number): Promise<AnalysisTime> {
  const { sagemaker } = target.clients;
  const { ProcessingJobSummaries = [] } = await sagemaker.send(
    new ListProcessingJobsCommand({ SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: 1 }),
  );
  const ProcessingJobName = ProcessingJobSummaries[0]?.ProcessingJobName;
  const { ProcessingStartTime: start, ProcessingEndTime: end } = await sagemaker.send(
    new DescribeProcessingJobCommand({ ProcessingJobName }),
  );
  const { records, evidently } = JSON.parse(
    await read(target, bucket, `monitor/${ProcessingJobName}/summary.json`),
  ) as {
    records: number;
    evidently: boolean;
  };
  if (!evidently || records !== flights) {
    throw new Error(
      `${ProcessingJobName} compared ${records} of ${flights} flights, ${evidently ? 'with' : 'without'} Evidently.`,
    );
  }
  return { job: (end!.getTime() - start!.getTime()) / 1000, records };
}

/**
 * Analyses captured flights once, in a fresh local cloud, and ends it.
 *
 * @param afterwards is given the frames as CSV, the baseline's sample and the flights, when the cloud is gone
 */
export async function analysisTime<T>(
  root: string,
  afterwards: (reference: string, current: string) => T,
): Promise<AnalysisTime & { readonly after: T }> {
  const folder = mkdtempSync(join(tmpdir(), 'mla-labs-bench-'));
  const [reference, current] = [join(folder, 'reference.csv'), join(folder, 'current.csv')];
  try {
    const lab = await PrivateLab.open(root, 'monitoring');
    const { target } = lab;
    let time: AnalysisTime;
    try {
      await lab.deploy();
      const run = await lab.run();
      for (const id of STEPS) await lab.step(id).act(run);
      const bucket = output(run, 'DataBucket');
      const [sample, flights] = [
        await read(target, bucket, 'baseline/baseline.csv'),
        await capturedFlights(target, bucket),
      ];
      const header = sample.slice(0, sample.indexOf('\n'));
      writeFileSync(reference, sample);
      writeFileSync(current, `${[header, ...flights].join('\n')}\n`);
      time = await newestAnalysis(target, bucket, flights.length);
    } finally {
      await lab.close();
    }
    return { ...time, after: afterwards(reference, current) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
