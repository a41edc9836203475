/** The instances that serve one configuration of an endpoint: blue or green. */
import { mkdir, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { ProductionVariant } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../service';
import type { Containers } from './containers';
import { JobFailure, reasonOf } from './errors';
import { pullImage } from './images';
import { assumeForSageMaker } from './role';
import type { ServedModel } from './servingModel';
import { ServingInstance } from './servingInstance';
import { downloadObject } from './storage';

/**
 * AWS gives a container 8 minutes until /ping succeeds. Loading a model is this machine's own work, so it is no divided
 * wait; what loads at all loads within this time here.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html#your-algorithms-inference-algo-ping-requests
 */
const START_SECONDS = 30;

/** A variant of the fleet. */
export interface FleetVariant {
  readonly given: ProductionVariant;
  readonly model: ServedModel;
  readonly weight: number;
  readonly count: number;
  readonly instances: ServingInstance[];
  inFlight: number;
}

export interface FleetOptions {
  readonly endpoint: string;
  readonly variants: readonly { readonly given: ProductionVariant; readonly model: () => ServedModel }[];
  /** Milliseconds of a second of a limit. */
  readonly secondMs: number;
}

export class Fleet {
  readonly variants: FleetVariant[] = [];
  private next = 0;
  private readonly idle: (() => void)[] = [];
  private readonly archives = new Map<string, string>();

  constructor(
    private readonly cloud: Cloud,
    private readonly containers: Containers,
    private readonly options: FleetOptions,
  ) {}

  /** Brings every instance up. @throws JobFailure with the FailureReason; nothing of the fleet runs then */
  async start(): Promise<void> {
    try {
      for (const { given, model } of this.options.variants) {
        const weight = given.InitialVariantWeight ?? 1;
        const count = given.ServerlessConfig ? 1 : given.InitialInstanceCount!;
        this.variants.push({ given, model: model(), weight, count, instances: [], inFlight: 0 });
      }
      for (const variant of this.variants) await this.startInstances(variant);
    } catch (error) {
      await this.stop();
      throw new JobFailure(reasonOf(error), { cause: error });
    }
  }

  /** @throws JobFailure */
  private async startInstances(variant: FleetVariant): Promise<void> {
    const { given, model } = variant;
    const role = await assumeForSageMaker(this.cloud, model.roleArn, 'SageMaker');
    pullImage(model.image, this.cloud.region, model.roleArn);
    const archive = await this.archive(variant);
    const startMs = START_SECONDS * this.options.secondMs;
    const added = Array.from({ length: variant.count }, () => {
      const options = {
        endpoint: this.options.endpoint,
        variant: given.VariantName!,
        serverless: given.ServerlessConfig !== undefined,
        model,
        archive,
        role,
        startMs,
      };
      return new ServingInstance(this.cloud, this.containers, options);
    });
    const started = await Promise.allSettled(added.map((instance) => instance.start()));
    const failed = started.find((one) => one.status === 'rejected');
    if (failed) {
      await Promise.all(added.map((instance) => instance.stop()));
      throw failed.reason;
    }
    variant.instances.push(...added);
  }

  /** A variant by weight, or the one that is asked for. */
  pick(target?: string): FleetVariant | undefined {
    if (target !== undefined) return this.variants.find(({ given }) => given.VariantName === target);
    const total = this.variants.reduce((sum, { weight }) => sum + weight, 0);
    let at = Math.random() * total;
    return this.variants.find(({ weight }) => (at -= weight) < 0) ?? this.variants[0];
  }

  /** Does something with an instance of a variant; the fleet does not end meanwhile. */
  async use<T>(variant: FleetVariant, work: (instance: ServingInstance) => Promise<T>): Promise<T> {
    variant.inFlight += 1;
    try {
      return await work(variant.instances[(this.next += 1) % variant.instances.length]!);
    } finally {
      variant.inFlight -= 1;
      if (this.isIdle()) this.idle.splice(0).forEach((tell) => tell());
    }
  }

  /** Lets requests that are under way end, then ends the instances. */
  async drain(): Promise<void> {
    if (!this.isIdle()) await new Promise<void>((resolve) => this.idle.push(resolve));
    await this.stop();
  }

  /** Ends the instances at once. */
  async stop(): Promise<void> {
    await Promise.all(this.variants.flatMap(({ instances }) => instances.splice(0)).map((instance) => instance.stop()));
    for (const file of this.archives.values()) await rm(dirname(file), { recursive: true, force: true });
    this.archives.clear();
  }

  private isIdle(): boolean {
    return this.variants.every(({ inFlight }) => inFlight === 0);
  }

  /** Downloads the model's archive with its role, once for all instances. */
  private async archive({ given, model }: FleetVariant): Promise<string | undefined> {
    const url = model.dataUrl;
    if (url === undefined) return undefined;
    const known = this.archives.get(given.VariantName!);
    if (known) return known;
    const file = join(this.cloud.folder, 'serve', randomUUID(), 'model.tar.gz');
    await mkdir(dirname(file), { recursive: true });
    this.archives.set(given.VariantName!, file);
    const role = await assumeForSageMaker(this.cloud, model.roleArn, 'SageMaker');
    try {
      await downloadObject(role, url, file);
    } catch (error) {
      throw new JobFailure(
        `Failed to download model data for container "container_1" from URL: "${url}". Please ensure that there is an ` +
          'object located at the URL and that the role passed to CreateModel has permissions to download the object.',
        { cause: error },
      );
    }
    return file;
  }
}
