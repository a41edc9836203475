/** What a stage saw, kept where people look for it: `evidence/<execution>/<what>.json` in the data bucket. */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { EVIDENCE } from '../../names';
import { s3Config } from '../environment';

export interface Evidence {
  readonly ok: boolean;
  /** What a person should read first. */
  readonly message: string;
  readonly [fact: string]: unknown;
}

export type WriteEvidence = (what: string, evidence: Evidence) => Promise<void>;

/** Keeps evidence of one execution. */
export function evidenceWriter(bucket: string, execution: string): WriteEvidence {
  const s3 = new S3Client(s3Config());
  return async (what, evidence) => {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${EVIDENCE}${execution}/${what}.json`,
        Body: `${JSON.stringify(evidence, null, 2)}\n`,
        ContentType: 'application/json',
      }),
    );
  };
}
