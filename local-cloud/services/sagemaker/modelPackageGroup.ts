/** Model package groups: the names under which versions of a model stand. */
import type * as sagemaker from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import { ServiceError } from '../service';
import { invalid, lacks, refuseMembers } from './errors';
import { filterAndPage, listedFields } from './listing';
import { Resources } from './resources';
import type { Tags } from './tags';

export class ModelPackageGroups {
  private readonly held: Resources<sagemaker.DescribeModelPackageGroupOutput>;

  constructor(
    cloud: Cloud,
    private readonly tags: Tags,
    /** How many versions a group has. */
    private readonly versions: (group: string) => number,
    private readonly gone: (group: string) => void,
  ) {
    const missing = (group: string): Error => invalid(`ModelPackageGroup ${group} does not exist.`);
    this.held = new Resources(cloud, 'model-package-group', missing);
  }

  inventory(): string[] {
    return this.held.inventory();
  }

  readonly create: Operation<sagemaker.CreateModelPackageGroupInput, sagemaker.CreateModelPackageGroupOutput> = async (
    input,
    { caller },
  ) => {
    const name = input.ModelPackageGroupName!;
    refuseMembers('CreateModelPackageGroup', input, ['ManagedConfiguration']);
    const group = this.held.arn(name);
    if (this.held.get(name)) throw invalid(`Model Package Group already exists: ${group}`);
    this.held.set(name, {
      ModelPackageGroupName: name,
      ModelPackageGroupArn: group,
      ModelPackageGroupDescription: input.ModelPackageGroupDescription,
      CreationTime: new Date(),
      CreatedBy: { IamIdentity: { Arn: caller.arn, PrincipalId: caller.arn.split('/').at(-1) } },
      ModelPackageGroupStatus: 'Completed',
    });
    this.tags.set(group, input.Tags);
    return { ModelPackageGroupArn: group };
  };

  readonly describe: Operation<sagemaker.DescribeModelPackageGroupInput, sagemaker.DescribeModelPackageGroupOutput> =
    async (input) => this.find(input.ModelPackageGroupName);

  readonly list: Operation<sagemaker.ListModelPackageGroupsInput, sagemaker.ListModelPackageGroupsOutput> = async (
    input,
  ) => {
    if (input.CrossAccountFilterOption === 'CrossAccount') throw lacks('model package groups of other accounts');
    const { items, NextToken } = filterAndPage(this.held.all(), listedFields('ModelPackageGroup'), input);
    return { ModelPackageGroupSummaryList: items, NextToken };
  };

  readonly delete: Operation<sagemaker.DeleteModelPackageGroupInput, void> = async (input) => {
    const { ModelPackageGroupName: name, ModelPackageGroupArn: group } = this.find(input.ModelPackageGroupName);
    const versions = this.versions(name!);
    if (versions > 0) {
      throw new ServiceError(
        'ConflictException',
        `Model Package Group ${group} cannot be deleted as it still contains ${versions} Model Package(s).`,
      );
    }
    this.held.delete(name!);
    this.gone(name!);
    this.tags.forget(group!);
  };

  /** By name or ARN. @throws ServiceError ValidationException */
  find(given: string | undefined): sagemaker.DescribeModelPackageGroupOutput {
    // ARNs have names in lower case.
    const byArn = this.held.all().find(({ ModelPackageGroupArn }) => ModelPackageGroupArn === given);
    return byArn ?? this.held.find(given?.split('/').at(-1));
  }
}
