/** Puts the first source.zip, before the pipeline is made: a pipeline runs once when it is created. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { answer, type CustomResourceEvent } from '../../../lib/infra/lambda/answer';
import { SOURCE_KEY } from '../names';
import { s3Config } from './clients';

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
  await new S3Client(s3Config()).send(
    new PutObjectCommand({ Bucket, Key: SOURCE_KEY, Body: zip, ContentType: 'application/zip' }),
  );
  return `Put ${SOURCE_KEY}, ${zip.length} bytes.`;
}
