/** Tags of pipelines: TagResource, UntagResource, ListTagsForResource. */
import type * as codepipeline from '@aws-sdk/client-codepipeline';
import type { Operation } from '../service';
import { ServiceError } from '../service';
import { TagStore } from '../tags';

export class Tags extends TagStore {
  /** @param exists whether the account has a pipeline of this ARN */
  constructor(private readonly exists: (arn: string) => boolean) {
    super({
      key: (key) => new ServiceError('InvalidTagsException', `The tag key '${key}' is not valid.`),
      many: (most) =>
        new ServiceError('TooManyTagsException', `The tags limit for a resource has been exceeded: ${most}.`),
    });
  }

  readonly add: Operation<codepipeline.TagResourceInput, codepipeline.TagResourceOutput> = async (input) => {
    this.set(this.find(input.resourceArn), input.tags);
    return {};
  };

  readonly untag: Operation<codepipeline.UntagResourceInput, codepipeline.UntagResourceOutput> = async (input) => {
    this.remove(this.find(input.resourceArn), input.tagKeys!);
    return {};
  };

  readonly list: Operation<codepipeline.ListTagsForResourceInput, codepipeline.ListTagsForResourceOutput> = async (
    input,
  ) => ({ tags: this.entries(this.find(input.resourceArn)).map(([key, value]) => ({ key, value })) });

  private find(given: string | undefined): string {
    const arn = given!;
    if (!/^arn:aws[a-z-]*:codepipeline:[a-z0-9-]+:\d{12}:.+$/.test(arn)) {
      throw new ServiceError('InvalidArnException', `The specified resource ARN is invalid: ${arn}`);
    }
    if (!this.exists(arn)) throw new ServiceError('ResourceNotFoundException', `The resource was not found: ${arn}`);
    return arn;
  }
}
