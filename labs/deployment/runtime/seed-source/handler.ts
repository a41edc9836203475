/** Puts the first source.zip, before the pipeline is made: a pipeline runs once when it is created. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { answer, type CustomResourceEvent } from '../../../../lib/infra/lambda/answer';
import { retryWhileDenied } from '../../../../lib/infra/lambda/retry-while-denied';
import { SOURCE_KEY } from '../../names';
import { PAUSE_MS, s3Config, sleep } from '../environment';

/**
 * How long the role's permissions may take to reach S3, in ms: the function runs seconds after its role is made, and IAM
 * is eventually consistent. It leaves time to answer before the function's own minute is over.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
 */
const LONGEST_MS = 40_000;

/** Only on creation: later, the source is the learner's. Emptying the bucket is the sweep's. */
export async function handler(event: CustomResourceEvent): Promise<void> {
  try {
    const said =
      event.RequestType === 'Create' ? await seed(String(event.ResourceProperties.bucket)) : 'Left as it is.';
    await answer(event, 'SUCCESS', said);
  } catch (error) {
    // Without an answer, CloudFormation would wait for an hour.
    console.error(error);
    await answer(event, 'FAILED', `The first ${SOURCE_KEY} could not be put: ${(error as Error).message}`);
  }
}

async function seed(Bucket: string): Promise<string> {
  const zip = readFileSync(path.join(__dirname, SOURCE_KEY));
  const s3 = new S3Client(s3Config());
  await retryPut(() =>
    s3.send(new PutObjectCommand({ Bucket, Key: SOURCE_KEY, Body: zip, ContentType: 'application/zip' })),
  );
  return `Put ${SOURCE_KEY}, ${zip.length} bytes.`;
}

/** Does it again while access is denied. @throws the error of the last try */
export function retryPut<T>(
  work: () => Promise<T>,
  now: () => number = Date.now,
  pause: () => Promise<void> = () => sleep(PAUSE_MS),
): Promise<T> {
  return retryWhileDenied(work, { ms: LONGEST_MS, passes: ({ name }) => name === 'AccessDenied', now, pause });
}
