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
import { filterAndPage } from './listing';
import type { Models } from './model';
import { arn, required } from './names';
import type { Tags } from './tags';

export class EndpointConfigs {
  private readonly held = new Map<string, DescribeEndpointConfigOutput>();

  constructor(
    private readonly cloud: Cloud,
    private readonly tags: Tags,
    private readonly events: Events,
    private readonly models: Models,
  ) {}

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `sagemaker/endpoint-config/${name}`);
  }

  readonly create: Operation<CreateEndpointConfigInput, CreateEndpointConfigOutput> = async (input) => {
    checkEndpointConfig(input);
    const name = input.EndpointConfigName!;
    const config = arn(this.cloud, 'endpoint-config', name);
    if (this.held.has(name)) throw invalid(`Cannot create already existing endpoint configuration "${config}".`);
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
    const { items, NextToken } = filterAndPage(
      [...this.held.values()],
      (config) => ({ name: config.EndpointConfigName!, created: config.CreationTime! }),
      input,
    );
    const EndpointConfigs = items.map(({ EndpointConfigName, EndpointConfigArn, CreationTime }) => ({
      EndpointConfigName,
      EndpointConfigArn,
      CreationTime,
    }));
    return { EndpointConfigs, NextToken };
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
    const name = required(given, 'endpointConfigName');
    const found = this.held.get(name);
    if (!found) {
      throw invalid(`Could not find endpoint configuration "${arn(this.cloud, 'endpoint-config', name)}".`);
    }
    return found;
  }

  private changed(config: DescribeEndpointConfigOutput): void {
    this.events.put('SageMaker Endpoint Config State Change', config, [config.EndpointConfigArn!]);
  }
}
