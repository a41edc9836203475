/** Endpoints: the operations on them. What happens to one is in endpointState. */
import type * as sagemaker from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import { isDenied } from '../denied';
import type { Containers } from './containers';
import type { EndpointConfigs } from './endpointConfig';
import { alarmsIn, checkDeploymentConfig } from './endpointDeployment';
import { checkEndpointQuota } from './endpointQuota';
import { Endpoint, type EndpointConfigSnapshot } from './endpointState';
import { invalid, lacks } from './errors';
import type { Events } from './events';
import type { JobProcessOptions } from './jobProcess';
import { filterAndPage, listedFields } from './listing';
import type { Models } from './model';
import type { ModelPackages } from './modelPackage';
import { Resources } from './resources';
import { assumeForSageMaker } from './role';
import { deregisterScaling } from './endpointScaling';
import { servedModel } from './servingModel';
import type { Tags } from './tags';

const isServerless = ({ ProductionVariants = [] }: EndpointConfigSnapshot): boolean =>
  ProductionVariants.some(({ ServerlessConfig }) => ServerlessConfig);

export interface EndpointParts {
  readonly containers: Containers;
  readonly tags: Tags;
  readonly events: Events;
  readonly configs: EndpointConfigs;
  readonly models: Models;
  readonly packages: ModelPackages;
}

export class Endpoints {
  private readonly held: Resources<Endpoint>;
  private readonly secondMs: number;

  constructor(
    private readonly cloud: Cloud,
    private readonly parts: EndpointParts,
    options: JobProcessOptions = {},
  ) {
    this.secondMs = options.secondMs ?? 1000;
    this.held = new Resources(cloud, 'endpoint', (name) => invalid(`Could not find endpoint "${name}".`));
  }

  inventory(): string[] {
    return this.held.inventory();
  }

  get(name: string): Endpoint | undefined {
    return this.held.get(name);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.held.all().map((endpoint) => endpoint.stop()));
  }

  readonly create: Operation<sagemaker.CreateEndpointInput, sagemaker.CreateEndpointOutput> = async (input) => {
    const name = input.EndpointName!;
    const endpointArn = this.held.arn(name);
    const config = this.parts.configs.find(input.EndpointConfigName);
    if (this.held.get(name)) throw invalid(`Cannot create already existing endpoint "${endpointArn}".`);
    this.checkModels(config);
    await this.checkDeployment(input.DeploymentConfig, config);
    checkEndpointQuota(this.cloud, config.ProductionVariants!, (key) => this.used(key));
    // Another request may have made it while the alarms were read.
    if (this.held.get(name)) throw invalid(`Cannot create already existing endpoint "${endpointArn}".`);
    const endpoint = new Endpoint(
      {
        cloud: this.cloud,
        containers: this.parts.containers,
        events: this.parts.events,
        secondMs: this.secondMs,
        served: (model) => servedModel(this.parts.models.find(model), this.parts.packages),
      },
      { name, arn: endpointArn },
      config,
      input.DeploymentConfig,
    );
    this.held.set(name, endpoint);
    this.parts.tags.set(endpointArn, input.Tags);
    endpoint.begin();
    return { EndpointArn: endpointArn };
  };

  readonly update: Operation<sagemaker.UpdateEndpointInput, sagemaker.UpdateEndpointOutput> = async (input) => {
    const endpoint = this.held.find(input.EndpointName);
    const config = this.parts.configs.find(input.EndpointConfigName);
    this.checkIdle(endpoint);
    // An endpoint answers without its configuration, and is updated no more:
    // https://github.com/hashicorp/terraform-provider-aws/issues/48997
    this.parts.configs.find(endpoint.shown.EndpointConfigName);
    this.checkModels(config);
    // "You cannot convert your instance-based, real-time endpoint to a serverless endpoint"; the other way it goes:
    // https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    if (isServerless(config) && !isServerless(endpoint.current))
      throw invalid(`An endpoint on instances ("${endpoint.name}") cannot be updated to a serverless one.`);
    if (input.RetainAllVariantProperties) throw lacks('RetainAllVariantProperties of UpdateEndpoint');
    const deployment =
      input.DeploymentConfig ?? (input.RetainDeploymentConfig ? endpoint.shown.LastDeploymentConfig : undefined);
    await this.checkDeployment(deployment, config);
    checkEndpointQuota(this.cloud, config.ProductionVariants!, (key) => this.used(key));
    this.checkIdle(endpoint);
    endpoint.update(config, deployment);
    return { EndpointArn: endpoint.shown.EndpointArn };
  };

  readonly describe: Operation<sagemaker.DescribeEndpointInput, sagemaker.DescribeEndpointOutput> = async (input) => {
    const endpoint = this.held.find(input.EndpointName);
    const variants = endpoint.summary();
    const capture = endpoint.current.DataCaptureConfig;
    return {
      ...endpoint.shown,
      ...(variants.length > 0 && { ProductionVariants: variants }),
      ...(capture && {
        DataCaptureConfig: {
          EnableCapture: capture.EnableCapture ?? true,
          CaptureStatus: (capture.EnableCapture ?? true) ? 'Started' : 'Stopped',
          CurrentSamplingPercentage: capture.InitialSamplingPercentage,
          DestinationS3Uri: capture.DestinationS3Uri,
          // Always there, as the model has it: empty where nothing is encrypted with a key of the account.
          KmsKeyId: capture.KmsKeyId ?? '',
        },
      }),
    } as sagemaker.DescribeEndpointOutput;
  };

  readonly list: Operation<sagemaker.ListEndpointsInput, sagemaker.ListEndpointsOutput> = async (input) => {
    const all = this.held.all().map(({ shown }) => shown);
    const { items, NextToken } = filterAndPage(all, listedFields('Endpoint'), input);
    return { Endpoints: items, NextToken };
  };

  readonly delete: Operation<sagemaker.DeleteEndpointInput, void> = async (input, { caller }) => {
    const endpoint = this.held.find(input.EndpointName);
    if (endpoint.busy) throw this.inProgress(endpoint);
    await deregisterScaling(this.cloud, endpoint.name, caller);
    void endpoint.end().then(() => {
      this.held.delete(endpoint.name);
      this.parts.tags.forget(endpoint.shown.EndpointArn!);
    });
  };

  private used(key: string): number {
    return this.held.all().reduce((sum, endpoint) => sum + endpoint.uses(key), 0);
  }

  private inProgress(endpoint: Endpoint): Error {
    return invalid(`Cannot update in-progress endpoint "${endpoint.shown.EndpointArn}".`);
  }

  private checkIdle(endpoint: Endpoint): void {
    if (endpoint.busy) throw this.inProgress(endpoint);
    if (endpoint.status === 'Failed') throw invalid(`Cannot update failed endpoint "${endpoint.shown.EndpointArn}".`);
  }

  private checkModels(config: EndpointConfigSnapshot): void {
    for (const { ModelName } of config.ProductionVariants!) this.parts.models.find(ModelName);
  }

  /** The execution role must be able to read the alarms: SageMaker looks at them with it. */
  private async checkDeployment(
    deployment: sagemaker.DeploymentConfig | undefined,
    config: EndpointConfigSnapshot,
  ): Promise<void> {
    const counts = config.ProductionVariants!.map(({ InitialInstanceCount = 1 }) => InitialInstanceCount);
    checkDeploymentConfig(deployment, counts);
    if (!deployment?.AutoRollbackConfiguration?.Alarms?.length) return;
    const roleArn = this.parts.models.find(config.ProductionVariants![0]!.ModelName).ExecutionRoleArn!;
    const role = await assumeForSageMaker(this.cloud, roleArn, 'SageMaker');
    let missing: string[];
    try {
      ({ missing } = await alarmsIn(role, deployment));
    } catch (error) {
      if (!isDenied(error)) throw error;
      throw invalid(
        `Could not describe the alarms of AutoRollbackConfiguration. Please ensure that the role "${roleArn}" has the ` +
          `permission "cloudwatch:DescribeAlarms" on them: ${(error as Error).message}`,
      );
    }
    if (missing.length > 0)
      throw invalid(`Could not find the alarms [${missing.join(', ')}] of AutoRollbackConfiguration.`);
  }
}
