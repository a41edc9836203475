/** Model package groups: the names under which versions of a model stand. */
import type * as sagemaker from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import { ServiceError } from '../service';
import { invalid, lacks, refuseMembers } from './errors';
import { filterAndPage } from './listing';
import { arn, checkName, required } from './names';
import type { Tags } from './tags';

export class ModelPackageGroups {
  private readonly held = new Map<string, sagemaker.DescribeModelPackageGroupOutput>();

  constructor(
    private readonly cloud: Cloud,
    private readonly tags: Tags,
    /** How many versions a group has. */
    private readonly versions: (group: string) => number,
    private readonly gone: (group: string) => void,
  ) {}

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `sagemaker/model-package-group/${name}`);
  }

  has(name: string): boolean {
    return this.held.has(name);
  }

  readonly create: Operation<sagemaker.CreateModelPackageGroupInput, sagemaker.CreateModelPackageGroupOutput> = async (
    input,
    { caller },
  ) => {
    const name = checkName(input.ModelPackageGroupName, 'modelPackageGroupName');
    refuseMembers('CreateModelPackageGroup', input, ['ManagedConfiguration']);
    const group = arn(this.cloud, 'model-package-group', name);
    if (this.held.has(name)) throw invalid(`Model Package Group already exists: ${group}`);
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
    const { items, NextToken } = filterAndPage(
      [...this.held.values()],
      (group) => ({ name: group.ModelPackageGroupName!, created: group.CreationTime! }),
      input,
    );
    const ModelPackageGroupSummaryList = items.map(
      ({ CreatedBy: _by, ManagedConfiguration: _managed, ...summary }) => summary,
    );
    return { ModelPackageGroupSummaryList, NextToken };
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
    const value = required(given, 'modelPackageGroupName');
    const name = value.startsWith('arn:') ? value.split('/').at(-1)! : value;
    const all = [...this.held.values()];
    const found = all.find((group) => group.ModelPackageGroupName === name || group.ModelPackageGroupArn === value);
    if (!found) throw invalid(`ModelPackageGroup ${arn(this.cloud, 'model-package-group', name)} does not exist.`);
    return found;
  }
}
