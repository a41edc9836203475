/** Models: what an endpoint would serve. */
import type * as sagemaker from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import { invalid, lacks, refuseMembers } from './errors';
import type { Events } from './events';
import { filterAndPage, listedFields } from './listing';
import type { ModelPackages } from './modelPackage';
import { required, s3Uri } from './names';
import { Resources } from './resources';
import { assumeForSageMaker } from './role';
import { canRead } from './storage';
import type { Tags } from './tags';

export class Models {
  private readonly held: Resources<sagemaker.DescribeModelOutput>;

  constructor(
    private readonly cloud: Cloud,
    private readonly tags: Tags,
    private readonly packages: ModelPackages,
    private readonly events: Events,
  ) {
    this.held = new Resources(cloud, 'model', (model) => invalid(`Could not find model "${model}".`));
  }

  inventory(): string[] {
    return this.held.inventory();
  }

  readonly create: Operation<sagemaker.CreateModelInput, sagemaker.CreateModelOutput> = async (input) => {
    const name = input.ModelName!;
    refuseMembers('CreateModel', input, ['InferenceExecutionConfig']);
    const model = this.held.arn(name);
    if (this.held.get(name)) throw invalid(`Cannot create already existing model "${model}".`);
    const containers = input.PrimaryContainer ? [input.PrimaryContainer] : (input.Containers ?? []);
    if (containers.length === 0 || (input.PrimaryContainer && input.Containers?.length)) {
      throw invalid('Either PrimaryContainer or Containers must be given, not both.');
    }
    for (const container of containers) await this.check(container, input.ExecutionRoleArn!);
    const { Tags: tags, ...given } = input;
    const made = {
      ...given,
      ModelArn: model,
      CreationTime: new Date(),
      EnableNetworkIsolation: input.EnableNetworkIsolation ?? false,
    };
    this.held.set(name, made);
    this.tags.set(model, tags);
    this.events.put('SageMaker Model State Change', made, [model]);
    return { ModelArn: model };
  };

  readonly describe: Operation<sagemaker.DescribeModelInput, sagemaker.DescribeModelOutput> = async (input) =>
    this.find(input.ModelName);

  readonly list: Operation<sagemaker.ListModelsInput, sagemaker.ListModelsOutput> = async (input) => {
    const { items, NextToken } = filterAndPage(this.held.all(), listedFields('Model'), input);
    return { Models: items, NextToken };
  };

  readonly delete: Operation<sagemaker.DeleteModelInput, void> = async (input) => {
    const found = this.find(input.ModelName);
    this.held.delete(found.ModelName!);
    this.tags.forget(found.ModelArn!);
    this.events.put('SageMaker Model State Change', found, [found.ModelArn!]);
  };

  /** @throws ServiceError ValidationException */
  find(given: string | undefined): sagemaker.DescribeModelOutput {
    return this.held.find(given);
  }

  /** SageMaker looks for the model data with the role before it makes the model. */
  private async check(container: sagemaker.ContainerDefinition, roleArn: string): Promise<void> {
    refuseMembers('CreateModel', container, [
      'ModelDataSource',
      'MultiModelConfig',
      'AdditionalModelDataSources',
      'ImageConfig',
    ]);
    if (container.ModelPackageName) {
      if (!container.ModelPackageName.startsWith('arn:')) throw lacks('ModelPackageName that is no ARN');
      this.packages.deployable(container.ModelPackageName);
      return;
    }
    required(container.Image, 'primaryContainer.image');
    if (container.ModelDataUrl === undefined) return;
    const { bucket, key } = s3Uri(container.ModelDataUrl, 'primaryContainer.modelDataUrl');
    const role = await assumeForSageMaker(this.cloud, roleArn, 'SageMaker');
    try {
      await canRead(role, bucket, key);
    } catch (error) {
      const { name } = error as Error;
      if (name === 'NotFound' || name === 'NoSuchKey')
        throw invalid(`Could not find model data at ${container.ModelDataUrl}.`);
      throw invalid(
        `Could not access model data at ${container.ModelDataUrl}. Please ensure that the role "${roleArn}" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in ${this.cloud.region}.`,
      );
    }
  }
}
