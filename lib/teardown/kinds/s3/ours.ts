import { GetBucketTaggingCommand } from '@aws-sdk/client-s3';
import { provenNames } from '../../ownership-proof';
import type { Permission, Scope } from '../../kind';
import type { Tags } from '../../tags';

/** Our buckets that exist, each with the reason why it is ours. */
export function ourBuckets(scope: Scope): Promise<Map<string, string>> {
  return provenNames(scope, 'buckets', async (bucket): Promise<Tags> => {
    try {
      const answer = await scope.run.clients.s3.send(
        new GetBucketTaggingCommand({ Bucket: bucket, ExpectedBucketOwner: scope.run.account }),
      );
      return answer.TagSet;
    } catch (error) {
      if ((error as Error).name === 'NoSuchTagSet') return undefined;
      throw error;
    }
  });
}

/** Whether an S3 URI lies in one of these buckets. */
export function isIn(buckets: Iterable<string>, uri: string | undefined): boolean {
  if (uri === undefined) return false;
  return [...buckets].some((bucket) => uri === `s3://${bucket}` || uri.startsWith(`s3://${bucket}/`));
}

export const READ_BUCKET: Permission = {
  actions: ['s3:GetBucketTagging', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'],
  resources: (place) => place.buckets,
};
