/** Endpoint configurations: which models an endpoint serves, on what, and what it captures. */
import type {
  CreateEndpointConfigInput,
  CreateEndpointConfigOutput,
  DeleteEndpointConfigInput,
  DescribeEndpointConfigInput,
  DescribeEndpointConfigOutput,
  ListEndpointConfigsInput,
  ListEndpointConfigsOutput,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import { checkEndpointConfig } from './endpointConfigRequest';
import { invalid } from './errors';
import type { Events } from './events';
import { filterAndPage, listedFields } from './listing';
import type { Models } from './model';
import { Resources } from './resources';
import type { Tags } from './tags';

export class EndpointConfigs {
  private readonly held: Resources<DescribeEndpointConfigOutput>;

  constructor(
    cloud: Cloud,
    private readonly tags: Tags,
    private readonly events: Events,
    private readonly models: Models,
  ) {
    const missing = (config: string): Error => invalid(`Could not find endpoint configuration "${config}".`);
    this.held = new Resources(cloud, 'endpoint-config', missing);
  }

  inventory(): string[] {
    return this.held.inventory();
  }

  readonly create: Operation<CreateEndpointConfigInput, CreateEndpointConfigOutput> = async (input) => {
    checkEndpointConfig(input);
    const name = input.EndpointConfigName!;
    const config = this.held.arn(name);
    if (this.held.get(name)) throw invalid(`Cannot create already existing endpoint configuration "${config}".`);
    for (const { ModelName } of input.ProductionVariants!) this.models.find(ModelName);
    const { Tags: tags, ...given } = input;
    const made: DescribeEndpointConfigOutput = {
      ...given,
      EndpointConfigName: name,
      EndpointConfigArn: config,
      ProductionVariants: input.ProductionVariants!.map((variant) => ({ InitialVariantWeight: 1, ...variant })),
      CreationTime: new Date(),
      EnableNetworkIsolation: false,
    };
    this.held.set(name, made);
    this.tags.set(config, tags);
    this.changed(made);
    return { EndpointConfigArn: config };
  };

  readonly describe: Operation<DescribeEndpointConfigInput, DescribeEndpointConfigOutput> = async (input) =>
    this.find(input.EndpointConfigName);

  readonly list: Operation<ListEndpointConfigsInput, ListEndpointConfigsOutput> = async (input) => {
    const { items, NextToken } = filterAndPage(this.held.all(), listedFields('EndpointConfig'), input);
    return { EndpointConfigs: items, NextToken };
  };

  /** An endpoint goes on without its configuration, as on AWS. */
  readonly delete: Operation<DeleteEndpointConfigInput, void> = async (input) => {
    const found = this.find(input.EndpointConfigName);
    this.held.delete(found.EndpointConfigName!);
    this.tags.forget(found.EndpointConfigArn!);
    this.changed(found);
  };

  /** @throws ServiceError ValidationException */
  find(given: string | undefined): DescribeEndpointConfigOutput {
    return this.held.find(given);
  }

  private changed(config: DescribeEndpointConfigOutput): void {
    this.events.put('SageMaker Endpoint Config State Change', config, [config.EndpointConfigArn!]);
  }
}
