/** Models: what an endpoint would serve. */
import type * as sagemaker from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import { invalid, lacks, refuseMembers } from './errors';
import type { Events } from './events';
import { filterAndPage } from './listing';
import type { ModelPackages } from './modelPackage';
import { arn, checkName, checkRole, required, s3Uri } from './names';
import { assumeForSageMaker } from './role';
import { canRead } from './storage';
import type { Tags } from './tags';

export class Models {
  private readonly held = new Map<string, sagemaker.DescribeModelOutput>();

  constructor(
    private readonly cloud: Cloud,
    private readonly tags: Tags,
    private readonly packages: ModelPackages,
    private readonly events: Events,
  ) {}

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `sagemaker/model/${name}`);
  }

  has(name: string): boolean {
    return this.held.has(name);
  }

  readonly create: Operation<sagemaker.CreateModelInput, sagemaker.CreateModelOutput> = async (input) => {
    const name = checkName(input.ModelName, 'modelName');
    refuseMembers('CreateModel', input, ['InferenceExecutionConfig']);
    const model = arn(this.cloud, 'model', name);
    if (this.held.has(name)) throw invalid(`Cannot create already existing model "${model}".`);
    const containers = input.PrimaryContainer ? [input.PrimaryContainer] : (input.Containers ?? []);
    if (containers.length === 0 || (input.PrimaryContainer && input.Containers?.length)) {
      throw invalid('Either PrimaryContainer or Containers must be given, not both.');
    }
    checkRole(input.ExecutionRoleArn);
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
    const { items, NextToken } = filterAndPage(
      [...this.held.values()],
      (model) => ({ name: model.ModelName!, created: model.CreationTime! }),
      input,
    );
    const Models = items.map(({ ModelName, ModelArn, CreationTime }) => ({ ModelName, ModelArn, CreationTime }));
    return { Models, NextToken };
  };

  readonly delete: Operation<sagemaker.DeleteModelInput, void> = async (input) => {
    const found = this.find(input.ModelName);
    this.held.delete(found.ModelName!);
    this.tags.forget(found.ModelArn!);
    this.events.put('SageMaker Model State Change', found, [found.ModelArn!]);
  };

  /** @throws ServiceError ValidationException */
  find(given: string | undefined): sagemaker.DescribeModelOutput {
    const name = required(given, 'modelName');
    const found = this.held.get(name);
    if (!found) throw invalid(`Could not find model "${arn(this.cloud, 'model', name)}".`);
    return found;
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
