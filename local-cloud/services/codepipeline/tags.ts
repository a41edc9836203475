/** Tags of pipelines: TagResource, UntagResource, ListTagsForResource. */
import type * as codepipeline from '@aws-sdk/client-codepipeline';
import type { Operation } from '../service';
import { ServiceError } from '../service';

const MOST = 50;

export class Tags {
  private readonly held = new Map<string, Map<string, string>>();

  /** @param exists whether the account has a pipeline of this ARN */
  constructor(private readonly exists: (arn: string) => boolean) {}

  /** Every tagged pipeline, for the Resource Groups Tagging API. */
  all(): Record<string, Record<string, string>> {
    return Object.fromEntries([...this.held].map(([arn, tags]) => [arn, Object.fromEntries(tags)]));
  }

  set(arn: string, tags: readonly codepipeline.Tag[] = []): void {
    const known = new Map(this.held.get(arn));
    for (const { key, value } of tags) {
      if (!key || key.length > 128 || key.toLowerCase().startsWith('aws:')) {
        throw new ServiceError('InvalidTagsException', `The tag key '${key ?? ''}' is not valid.`);
      }
      known.set(key, value ?? '');
    }
    if (known.size > MOST) {
      throw new ServiceError('TooManyTagsException', `The tags limit for a resource has been exceeded: ${MOST}.`);
    }
    if (known.size > 0) this.held.set(arn, known);
  }

  forget(arn: string): void {
    this.held.delete(arn);
  }

  readonly add: Operation<codepipeline.TagResourceInput, codepipeline.TagResourceOutput> = async (input) => {
    this.set(this.find(input.resourceArn), input.tags);
    return {};
  };

  readonly remove: Operation<codepipeline.UntagResourceInput, codepipeline.UntagResourceOutput> = async (input) => {
    const arn = this.find(input.resourceArn);
    const known = this.held.get(arn);
    for (const key of input.tagKeys!) known?.delete(key);
    if (known?.size === 0) this.held.delete(arn);
    return {};
  };

  readonly list: Operation<codepipeline.ListTagsForResourceInput, codepipeline.ListTagsForResourceOutput> = async (
    input,
  ) => ({
    tags: [...(this.held.get(this.find(input.resourceArn)) ?? [])].map(([key, value]) => ({ key, value })),
  });

  private find(given: string | undefined): string {
    const arn = given!;
    if (!/^arn:aws[a-z-]*:codepipeline:[a-z0-9-]+:\d{12}:.+$/.test(arn)) {
      throw new ServiceError('InvalidArnException', `The specified resource ARN is invalid: ${arn}`);
    }
    if (!this.exists(arn)) throw new ServiceError('ResourceNotFoundException', `The resource was not found: ${arn}`);
    return arn;
  }
}
