/** One endpoint: its status, its fleets, and what takes it from one to the next. */
import type {
  DeploymentConfig,
  DescribeEndpointConfigOutput,
  DescribeEndpointOutput,
  EndpointStatus,
  ProductionVariant,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import { whileStuck } from '../simulatedFailures';
import type { Cloud, Writable } from '../service';
import { awsWaitMs } from '../waits';
import { Captures } from './capture';
import type { Containers } from './containers';
import { alarmsIn, shiftTraffic } from './endpointDeployment';
import { Fleet } from './endpointFleet';
import { quotaUsage } from './endpointQuota';
import { reasonOf } from './errors';
import type { Events } from './events';
import { assumeForSageMaker } from './role';
import type { ServedModel } from './servingModel';

export interface EndpointOptions {
  readonly cloud: Cloud;
  readonly containers: Containers;
  readonly events: Events;
  /** Milliseconds of a second of a limit. */
  readonly secondMs: number;
  readonly served: (modelName: string) => ServedModel;
}

/** A configuration as an endpoint took it over; deleting it does not touch the endpoint. */
export type EndpointConfigSnapshot = DescribeEndpointConfigOutput;

export class Endpoint {
  readonly shown: Writable<DescribeEndpointOutput>;
  /** Serves now. */
  private blue: Fleet;
  private green: Fleet | undefined;
  private greenConfig: EndpointConfigSnapshot | undefined;
  private share = 0;
  private stopping = false;
  private captures: Captures;
  /** Settles when nothing is under way. */
  work: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: EndpointOptions,
    names: { readonly name: string; readonly arn: string },
    private config: EndpointConfigSnapshot,
    deployment: DeploymentConfig | undefined,
  ) {
    const now = new Date();
    this.shown = {
      EndpointName: names.name,
      EndpointArn: names.arn,
      EndpointConfigName: config.EndpointConfigName,
      EndpointStatus: 'Creating',
      CreationTime: now,
      LastModifiedTime: now,
      ...(deployment && { LastDeploymentConfig: deployment }),
    };
    this.blue = this.fleet(config);
    this.captures = this.capturesOf(config);
  }

  get name(): string {
    return this.shown.EndpointName!;
  }

  get status(): EndpointStatus {
    return this.shown.EndpointStatus!;
  }

  /** Requests reach it. */
  get serves(): boolean {
    return ['InService', 'Updating', 'RollingBack', 'SystemUpdating'].includes(this.status);
  }

  get busy(): boolean {
    return !['InService', 'Failed'].includes(this.status);
  }

  get current(): EndpointConfigSnapshot {
    return this.config;
  }

  get capture(): Captures {
    return this.captures;
  }

  /** Instances of a type, or serverless concurrency, that exist or are being made. */
  uses(key: string): number {
    if (this.status === 'Failed') return 0;
    const configs = [this.config, ...(this.greenConfig ? [this.greenConfig] : [])];
    return configs.reduce((sum, { ProductionVariants }) => sum + (quotaUsage(ProductionVariants!).get(key) ?? 0), 0);
  }

  /** The fleet that takes the next request. */
  route(): Fleet {
    return this.green && Math.random() < this.share ? this.green : this.blue;
  }

  summary(): ProductionVariantSummary[] {
    return this.blue.variants.map(({ given, model, weight, count, instances }) => ({
      VariantName: given.VariantName,
      DeployedImages: [
        { SpecifiedImage: model.image, ResolvedImage: model.image, ResolutionTime: this.shown.CreationTime },
      ],
      CurrentWeight: weight,
      DesiredWeight: weight,
      ...(given.ServerlessConfig
        ? { CurrentServerlessConfig: given.ServerlessConfig, DesiredServerlessConfig: given.ServerlessConfig }
        : { CurrentInstanceCount: instances.length, DesiredInstanceCount: count }),
    }));
  }

  /** Brings the first fleet up. */
  begin(): void {
    this.set('Creating');
    this.work = this.startSlowly(this.blue).then(
      () => this.stopping || this.set('InService'),
      (error) => this.set('Failed', reasonOf(error)),
    ) as Promise<void>;
  }

  /** Takes the endpoint to another configuration, the old fleet serving until the new one is proven. */
  update(config: EndpointConfigSnapshot, deployment: DeploymentConfig | undefined): void {
    this.greenConfig = config;
    this.green = this.fleet(config);
    this.share = 0;
    this.shown.PendingDeploymentSummary = {
      EndpointConfigName: config.EndpointConfigName,
      StartTime: new Date(),
      ProductionVariants: config.ProductionVariants!.map(({ VariantName }) => ({ VariantName })),
    };
    if (deployment) this.shown.LastDeploymentConfig = deployment;
    this.set('Updating');
    this.work = this.deploy(config, this.green, deployment).catch((error) => this.set('InService', reasonOf(error)));
  }

  /** Ends everything; settles when processes are gone, and capture and logs are written. */
  async end(): Promise<void> {
    this.set('Deleting');
    await this.whileStuck();
    await this.captures.close();
    await this.blue.drain();
    await this.options.events.flush();
  }

  /** The local cloud ends. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([this.blue.stop(), this.green?.stop(), this.captures.close()]);
    await this.work;
  }

  private async deploy(
    config: EndpointConfigSnapshot,
    green: Fleet,
    deployment: DeploymentConfig | undefined,
  ): Promise<void> {
    try {
      await this.startSlowly(green);
    } catch (error) {
      this.forgetGreen();
      this.set('InService', reasonOf(error));
      return;
    }
    const trouble = await shiftTraffic({
      config: deployment,
      instances: Math.max(...green.variants.map(({ count }) => count)),
      waitMs: (seconds) => awsWaitMs(seconds, this.options.secondMs),
      share: (share) => {
        this.share = share;
        this.event('SageMaker Endpoint Deployment State Change');
      },
      trouble: () => this.trouble(deployment),
      stopping: () => this.stopping,
    });
    if (this.stopping) return;
    if (trouble) {
      // AWS names no reason: the endpoint is in service, on its old configuration.
      this.share = 0;
      this.set('RollingBack');
      this.event('SageMaker Endpoint Deployment State Change');
      await green.drain();
      this.forgetGreen();
      this.set('InService');
      return;
    }
    const old = this.blue;
    const oldCaptures = this.captures;
    this.blue = green;
    this.config = config;
    this.captures = this.capturesOf(config);
    this.forgetGreen();
    this.shown.EndpointConfigName = config.EndpointConfigName;
    await Promise.all([old.drain(), oldCaptures.close()]);
    this.set('InService');
    this.event('SageMaker Endpoint Deployment State Change');
  }

  /** Why traffic must go back to the old fleet: an alarm in ALARM, missing, or not readable. */
  private async trouble(deployment: DeploymentConfig | undefined): Promise<string | undefined> {
    if (!deployment?.AutoRollbackConfiguration?.Alarms?.length) return undefined;
    try {
      const { roleArn } = this.blue.variants[0]!.model;
      const role = await assumeForSageMaker(this.options.cloud, roleArn, 'SageMaker');
      const { ringing, missing } = await alarmsIn(role, deployment);
      const bad = [...ringing, ...missing];
      return bad.length > 0 ? `The alarms ${bad.join(', ')} are in ALARM or missing.` : undefined;
    } catch (error) {
      return `The alarms cannot be read: ${(error as Error).message}`;
    }
  }

  private async startSlowly(fleet: Fleet): Promise<void> {
    await this.whileStuck();
    if (!this.stopping) await fleet.start();
  }

  private whileStuck(): Promise<void> {
    return whileStuck(this.options.cloud, this.options.secondMs);
  }

  private forgetGreen(): void {
    this.green = undefined;
    this.greenConfig = undefined;
    this.share = 0;
    delete this.shown.PendingDeploymentSummary;
  }

  private fleet(config: EndpointConfigSnapshot): Fleet {
    const { cloud, containers, secondMs, served } = this.options;
    const variants = config.ProductionVariants!.map((given: ProductionVariant) => ({
      given,
      model: () => served(given.ModelName!),
    }));
    return new Fleet(cloud, containers, { endpoint: this.name, variants, secondMs });
  }

  private capturesOf(config: EndpointConfigSnapshot): Captures {
    const roleOf = (): string => this.blue.variants[0]!.model.roleArn;
    return new Captures(this.options.cloud, this.name, config.DataCaptureConfig, roleOf);
  }

  private set(status: EndpointStatus, reason?: string): void {
    this.shown.EndpointStatus = status;
    this.shown.LastModifiedTime = new Date();
    if (reason) this.shown.FailureReason = reason;
    else delete this.shown.FailureReason;
    this.event('SageMaker Endpoint State Change');
  }

  /** https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-endpoint */
  private event(detailType: string): void {
    const EndpointStatus = this.status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
    const detail = { ...this.shown, EndpointStatus, ProductionVariants: this.summary(), Tags: {} };
    this.options.events.put(detailType, detail, [this.shown.EndpointArn!]);
  }
}
