/** Tags of SageMaker's resources, by ARN: AddTags, ListTags, DeleteTags. */
import type * as sagemaker from '@aws-sdk/client-sagemaker';
import type { Operation } from '../service';
import { invalid } from './errors';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html: an array of up to 50 tags. */
const MOST = 50;
const VERSION = /:model-package\/[^/]+\/\d+$/;

/** SageMaker's words for a version in a group: https://github.com/aws/aws-cdk/issues/33699 */
export const NO_TAGS_ON_VERSIONS =
  'Tags are not supported in Model Package versions. Please add them to the Model Package Group';

export class Tags {
  private readonly held = new Map<string, Map<string, string>>();

  /** @param exists whether the account has a resource of this ARN */
  constructor(private readonly exists: (arn: string) => boolean) {}

  /** Every tagged resource, for the Resource Groups Tagging API. */
  all(): Record<string, Record<string, string>> {
    return Object.fromEntries([...this.held].map(([arn, tags]) => [arn, Object.fromEntries(tags)]));
  }

  of(arn: string): sagemaker.Tag[] {
    return [...(this.held.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
  }

  set(arn: string, tags: readonly sagemaker.Tag[] = []): void {
    const known = this.held.get(arn) ?? new Map<string, string>();
    const keys = new Set([...known.keys(), ...tags.map(({ Key }) => Key!)]);
    if (keys.size > MOST) throw invalid(`A resource can have at most ${MOST} tags.`);
    for (const { Key, Value } of tags) {
      if (!Key || Key.length > 128 || Key.toLowerCase().startsWith('aws:'))
        throw invalid(`The tag key '${Key ?? ''}' is not valid.`);
      known.set(Key, Value ?? '');
    }
    if (known.size > 0) this.held.set(arn, known);
  }

  forget(arn: string): void {
    this.held.delete(arn);
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

  readonly remove: Operation<sagemaker.DeleteTagsInput, sagemaker.DeleteTagsOutput> = async (input) => {
    const arn = this.find(input.ResourceArn);
    const known = this.held.get(arn);
    for (const key of input.TagKeys!) known?.delete(key);
    if (known?.size === 0) this.held.delete(arn);
    return {};
  };

  private find(given: string | undefined): string {
    const arn = given!;
    if (!this.exists(arn)) throw invalid(`Could not find resource with ARN: ${arn}`);
    return arn;
  }
}
