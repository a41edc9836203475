/** Model packages: versions in a group, and packages that stand alone. */
import type {
  CreateModelPackageInput,
  CreateModelPackageOutput,
  DeleteModelPackageInput,
  DescribeModelPackageInput,
  DescribeModelPackageOutput,
  ListModelPackagesInput,
  ListModelPackagesOutput,
  ModelPackageSummary,
  UpdateModelPackageInput,
  UpdateModelPackageOutput,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation, Writable } from '../service';
import { ServiceError } from '../service';
import { invalid, lacks, refuseMembers } from './errors';
import type { Events } from './events';
import { filterAndPage } from './listing';
import type { ModelPackageGroups } from './modelPackageGroup';
import { arn, required, s3Uri } from './names';
import { NO_TAGS_ON_VERSIONS, type Tags } from './tags';

/** A version in a group has no name of its own, though the SDK's type says so. */
type Package = Writable<Partial<DescribeModelPackageOutput>>;

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelPackage.html */
const MOST_PROPERTIES = 50;

export class ModelPackages {
  /** By ARN. */
  private readonly held = new Map<string, Package>();
  /** The highest number that a group ever gave: while it lives, numbers are not used again. */
  private readonly numbers = new Map<string, number>();
  private readonly tokens = new Map<string, string>();

  constructor(
    private readonly cloud: Cloud,
    private readonly tags: Tags,
    private readonly events: Events,
    private readonly groups: () => ModelPackageGroups,
  ) {}

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `sagemaker/${name.split(':').at(-1)}`);
  }

  /** Versions that a group has. */
  count(group: string): number {
    return [...this.held.values()].filter(({ ModelPackageGroupName }) => ModelPackageGroupName === group).length;
  }

  /** A group of the same name begins with 1 again. */
  forgetGroup(group: string): void {
    this.numbers.delete(group);
  }

  readonly create: Operation<CreateModelPackageInput, CreateModelPackageOutput> = async (input, { caller }) => {
    const again = input.ClientToken === undefined ? undefined : this.tokens.get(input.ClientToken);
    if (again && this.held.has(again)) return { ModelPackageArn: again };
    refuseMembers('CreateModelPackage', input, [
      'ValidationSpecification',
      'SourceAlgorithmSpecification',
      'ManagedStorageType',
    ]);
    checkContents(input);
    const { Tags: tags, ClientToken, ModelPackageGroupName, ModelPackageName, ...given } = input;
    const place = this.place(input);
    const now = new Date();
    const by = { IamIdentity: { Arn: caller.arn, PrincipalId: caller.arn.split('/').at(-1) } };
    const made: Package = {
      ...given,
      ...place,
      CreationTime: now,
      LastModifiedTime: now,
      CreatedBy: by,
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CertifyForMarketplace: input.CertifyForMarketplace ?? false,
    };
    if (ModelPackageGroupName) made.ModelApprovalStatus = input.ModelApprovalStatus ?? 'PendingManualApproval';
    const packageArn = made.ModelPackageArn!;
    this.held.set(packageArn, made);
    if (ModelPackageName) this.tags.set(packageArn, tags);
    if (ClientToken) this.tokens.set(ClientToken, packageArn);
    this.changed(made, []);
    return { ModelPackageArn: packageArn };
  };

  readonly describe: Operation<DescribeModelPackageInput, DescribeModelPackageOutput> = async (input) =>
    this.find(input.ModelPackageName) as DescribeModelPackageOutput;

  readonly list: Operation<ListModelPackagesInput, ListModelPackagesOutput> = async (input) => {
    const group = input.ModelPackageGroupName && this.groups().find(input.ModelPackageGroupName).ModelPackageGroupName;
    const type = input.ModelPackageType ?? (group ? 'Versioned' : 'Unversioned');
    const wanted = [...this.held.values()].filter(
      (one) =>
        (group === undefined || one.ModelPackageGroupName === group) &&
        (type === 'Both' || (type === 'Versioned') === (one.ModelPackageGroupName !== undefined)) &&
        (input.ModelApprovalStatus === undefined || one.ModelApprovalStatus === input.ModelApprovalStatus),
    );
    const { items, NextToken } = filterAndPage(
      wanted,
      (one) => ({ name: nameOf(one), created: one.CreationTime! }),
      input,
    );
    return { ModelPackageSummaryList: items as ModelPackageSummary[], NextToken };
  };

  readonly update: Operation<UpdateModelPackageInput, UpdateModelPackageOutput> = async (input, { caller }) => {
    refuseMembers('UpdateModelPackage', input, [
      'AdditionalInferenceSpecificationsToAdd',
      'InferenceSpecification',
      'ModelPackageRegistrationType',
    ]);
    const found = this.find(input.ModelPackageArn);
    if (input.ModelApprovalStatus && !found.ModelPackageGroupName) {
      throw invalid('ModelApprovalStatus can only be updated for a versioned model package.');
    }
    const { CustomerMetadataProperties: added, CustomerMetadataPropertiesToRemove: removed = [] } = input;
    if (added || removed.length > 0) {
      const properties = { ...found.CustomerMetadataProperties, ...added };
      for (const key of removed) delete properties[key];
      checkProperties(properties);
      found.CustomerMetadataProperties = properties;
    }
    const given = { ...input, ModelPackageArn: undefined, ClientToken: undefined };
    const fields = Object.keys(given).filter((name) => given[name as keyof typeof given] !== undefined);
    for (const name of [
      'ModelApprovalStatus',
      'ApprovalDescription',
      'SourceUri',
      'ModelCard',
      'ModelLifeCycle',
    ] as const) {
      if (input[name] !== undefined) Object.assign(found, { [name]: input[name] });
    }
    found.LastModifiedTime = new Date();
    found.LastModifiedBy = { IamIdentity: { Arn: caller.arn, PrincipalId: caller.arn.split('/').at(-1) } };
    this.changed(found, fields);
    return { ModelPackageArn: found.ModelPackageArn };
  };

  readonly delete: Operation<DeleteModelPackageInput, void> = async (input) => {
    const { ModelPackageArn } = this.find(input.ModelPackageName);
    this.held.delete(ModelPackageArn!);
    this.tags.forget(ModelPackageArn!);
  };

  /** By ARN, or by the name of one that stands alone. @throws ServiceError ValidationException */
  find(given: string | undefined): Package {
    const value = given!;
    const found = this.held.get(value) ?? this.held.get(arn(this.cloud, 'model-package', value));
    if (!found) {
      const named = value.startsWith('arn:') ? value : arn(this.cloud, 'model-package', value);
      throw invalid(`ModelPackage ${named} does not exist.`);
    }
    return found;
  }

  /** A version that may be deployed: an approved one. @throws ServiceError ValidationException */
  deployable(given: string): Package {
    const found = this.find(given);
    if (found.ModelPackageGroupName && found.ModelApprovalStatus !== 'Approved') {
      throw invalid(
        `ModelPackage ${found.ModelPackageArn} cannot be deployed because its approval status is ` +
          `${found.ModelApprovalStatus}. Only a model package with the approval status Approved can be deployed.`,
      );
    }
    return found;
  }

  private place(input: CreateModelPackageInput): Partial<Package> {
    const { ModelPackageGroupName: group, ModelPackageName: name } = input;
    if (group && name) {
      throw invalid(
        'Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to use.',
      );
    }
    if (group) {
      if ((input.Tags ?? []).length > 0) throw invalid(NO_TAGS_ON_VERSIONS);
      const found = this.groups().find(group).ModelPackageGroupName!;
      const version = (this.numbers.get(found) ?? 0) + 1;
      this.numbers.set(found, version);
      return {
        ModelPackageGroupName: found,
        ModelPackageVersion: version,
        ModelPackageArn: arn(this.cloud, 'model-package', `${found}/${version}`),
      };
    }
    if (!name) throw invalid('Either ModelPackageName or ModelPackageGroupName must be provided.');
    const ModelPackageArn = arn(this.cloud, 'model-package', name);
    if (this.held.has(ModelPackageArn)) {
      throw new ServiceError('ConflictException', `Model Package already exists: ${ModelPackageArn}`);
    }
    if (input.ModelApprovalStatus) throw invalid('ModelApprovalStatus is only supported for versioned model packages.');
    return { ModelPackageName: name, ModelPackageArn };
  }

  /** https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-model-package */
  private changed(one: Package, UpdatedModelPackageFields: readonly string[]): void {
    const { ModelPackageStatusDetails: _details, ...detail } = one;
    const named = { ...detail, ModelPackageName: nameOf(one), UpdatedModelPackageFields };
    this.events.put('SageMaker Model Package State Change', named, [one.ModelPackageArn!]);
  }
}

function nameOf(one: Package): string {
  return one.ModelPackageName ?? `${one.ModelPackageGroupName}/${one.ModelPackageVersion}`;
}

function checkProperties(properties: Readonly<Record<string, string>>): void {
  if (Object.keys(properties).length > MOST_PROPERTIES) {
    throw invalid(`CustomerMetadataProperties can have at most ${MOST_PROPERTIES} entries.`);
  }
}

function checkContents({ InferenceSpecification: inference }: CreateModelPackageInput): void {
  if (!inference) throw invalid('InferenceSpecification or SourceAlgorithmSpecification must be provided.');
  for (const one of inference.Containers!) {
    const at = 'inferenceSpecification.containers.1.member';
    required(one.Image, `${at}.image`);
    if (one.ModelDataUrl !== undefined) s3Uri(one.ModelDataUrl, `${at}.modelDataUrl`);
    if (one.AdditionalS3DataSource) throw lacks('AdditionalS3DataSource in InferenceSpecification');
  }
}
