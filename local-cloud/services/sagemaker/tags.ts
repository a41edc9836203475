/** Tags of SageMaker's resources, by ARN: AddTags, ListTags, DeleteTags. */
import type * as sagemaker from '@aws-sdk/client-sagemaker';
import type { Operation } from '../service';
import { TagStore } from '../tags';
import { invalid } from './errors';

const VERSION = /:model-package\/[^/]+\/\d+$/;

/** SageMaker's words for a version in a group: https://github.com/aws/aws-cdk/issues/33699 */
export const NO_TAGS_ON_VERSIONS =
  'Tags are not supported in Model Package versions. Please add them to the Model Package Group';

export class Tags extends TagStore {
  /** @param exists whether the account has a resource of this ARN */
  constructor(private readonly exists: (arn: string) => boolean) {
    super({
      key: (key) => invalid(`The tag key '${key}' is not valid.`),
      many: (most) => invalid(`A resource can have at most ${most} tags.`),
    });
  }

  of(arn: string): sagemaker.Tag[] {
    return this.entries(arn).map(([Key, Value]) => ({ Key, Value }));
  }

  readonly add: Operation<sagemaker.AddTagsInput, sagemaker.AddTagsOutput> = async (input) => {
    const arn = this.find(input.ResourceArn);
    if (VERSION.test(arn)) throw invalid(NO_TAGS_ON_VERSIONS);
    this.set(arn, input.Tags);
    return { Tags: this.of(arn) };
  };

  readonly list: Operation<sagemaker.ListTagsInput, sagemaker.ListTagsOutput> = async (input) => ({
    Tags: this.of(this.find(input.ResourceArn)),
  });

  readonly untag: Operation<sagemaker.DeleteTagsInput, sagemaker.DeleteTagsOutput> = async (input) => {
    this.remove(this.find(input.ResourceArn), input.TagKeys!);
    return {};
  };

  private find(given: string | undefined): string {
    const arn = given!;
    if (!this.exists(arn)) throw invalid(`Could not find resource with ARN: ${arn}`);
    return arn;
  }
}
