/** The columns of a Parquet file, read from its footer. */
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { LabRun } from '../../../lib/course/run';

/** More than the footer of any file with a few hundred columns. */
const PEEK = 256 * 1024;

/**
 * The columns that Spark noted in the footer (key `org.apache.spark.sql.parquet.row.metadata`), whatever the catalog says
 * about the file.
 *
 * @returns undefined for a Parquet file that Spark did not write, 'no Parquet' for any other file
 */
export async function sparkColumns(
  run: LabRun,
  bucket: string,
  key: string,
): Promise<string[] | undefined | 'no Parquet'> {
  const answer = await run.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=-${PEEK}` }));
  const tail = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
  if (tail.length < 8 || tail.subarray(-4).toString('latin1') !== 'PAR1') {
    return 'no Parquet';
  }
  const footer = tail.subarray(Math.max(0, tail.length - 8 - tail.readUInt32LE(tail.length - 8)), -8).toString('utf8');
  const json = /\{"type":"struct","fields":\[.*?\]\}/s.exec(footer)?.[0];
  if (json === undefined) return undefined;
  try {
    const { fields } = JSON.parse(json) as { fields: { name: string }[] };
    return fields.map(({ name }) => name);
  } catch {
    return undefined;
  }
}
