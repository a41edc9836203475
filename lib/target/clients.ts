import { Agent } from 'node:https';
import { AccountClient } from '@aws-sdk/client-account';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { AthenaClient } from '@aws-sdk/client-athena';
import { BudgetsClient } from '@aws-sdk/client-budgets';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import type { CloudClock } from './cloud-clock';
import { FreeTierClient } from './free-tier';
import { MAX_ATTEMPTS } from './retries';
import { RetriesByRequest } from './retry-strategy';
import type { RequestRecorder } from './recorder';

// The SDK is pinned and works on Node.js 20; its notice about later versions would only disturb a learner.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** How to reach a cloud: the one thing in which targets differ for those who call services. */
export interface ClientSettings {
  readonly region: string;
  /** Credentials, or a provider of them. @default the SDK's own chain */
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** A custom endpoint; only the local target has one, and only on loopback. @default AWS's own */
  readonly endpoint?: string;
  /** PEM of the certificate authority to trust besides the system's, for the local endpoint. @default none */
  readonly ca?: string;
  /** Records every request. @default no recording */
  readonly recorder?: RequestRecorder;
  /** Learns the cloud's time from each answer. @default none does */
  readonly clock?: CloudClock;
  /** Time between two questions while waiting, in ms. @default 5000 */
  readonly pollMs?: number;
  /** Gives up soon where no answer comes: for questions whose answer is a help only. @default false */
  readonly failFast?: boolean;
}

/** Two tries, and for each some seconds to connect and to hear something. */
const FAIL_FAST = { connectionTimeout: 3000, socketTimeout: 5000 } as const;
const FAIL_FAST_ATTEMPTS = 2;

type Config = { region: string; [key: string]: unknown };

/** One client per service, made on first use, all with the same settings. */
export class Clients {
  private readonly made = new Map<string, unknown>();
  /** One for all services of a local cloud, which has one address. */
  private readonly httpsAgent?: Agent;

  constructor(readonly settings: ClientSettings) {
    const { ca } = settings;
    if (ca) this.httpsAgent = new Agent({ ca, keepAlive: true, maxSockets: 50 });
  }

  /** Time between two questions while waiting, in ms. */
  get pollMs(): number {
    return this.settings.pollMs ?? 5000;
  }

  get account(): AccountClient {
    return this.get('account', (c) => new AccountClient(c));
  }
  get freeTier(): FreeTierClient {
    const made = (this.made.get('freeTier') as FreeTierClient | undefined) ?? new FreeTierClient(this.settings);
    this.made.set('freeTier', made);
    return made;
  }
  get s3(): S3Client {
    const local = this.settings.endpoint !== undefined;
    // With "Expect: 100-continue" the SDK takes a fresh agent for a request, without our certificate authority.
    return this.get(
      's3',
      (c) => new S3Client({ ...c, ...(local && { forcePathStyle: true, expectContinueHeader: false }) }),
    );
  }
  get glue(): GlueClient {
    return this.get('glue', (c) => new GlueClient(c));
  }
  get athena(): AthenaClient {
    return this.get('athena', (c) => new AthenaClient(c));
  }
  get cloudformation(): CloudFormationClient {
    return this.get('cloudformation', (c) => new CloudFormationClient(c));
  }
  get sagemaker(): SageMakerClient {
    return this.get('sagemaker', (c) => new SageMakerClient(c));
  }
  get ssm(): SSMClient {
    return this.get('ssm', (c) => new SSMClient(c));
  }
  get sts(): STSClient {
    return this.get('sts', (c) => new STSClient(c));
  }
  get logs(): CloudWatchLogsClient {
    return this.get('logs', (c) => new CloudWatchLogsClient(c));
  }
  get iam(): IAMClient {
    return this.get('iam', (c) => new IAMClient(c));
  }
  get tagging(): ResourceGroupsTaggingAPIClient {
    return this.get('tagging', (c) => new ResourceGroupsTaggingAPIClient(c));
  }
  get cloudwatch(): CloudWatchClient {
    return this.get('cloudwatch', (c) => new CloudWatchClient(c));
  }
  get codebuild(): CodeBuildClient {
    return this.get('codebuild', (c) => new CodeBuildClient(c));
  }
  get codepipeline(): CodePipelineClient {
    return this.get('codepipeline', (c) => new CodePipelineClient(c));
  }
  get eventbridge(): EventBridgeClient {
    return this.get('eventbridge', (c) => new EventBridgeClient(c));
  }
  get lambda(): LambdaClient {
    return this.get('lambda', (c) => new LambdaClient(c));
  }
  get sagemakerRuntime(): SageMakerRuntimeClient {
    return this.get('sagemakerRuntime', (c) => new SageMakerRuntimeClient(c));
  }
  get scheduler(): SchedulerClient {
    return this.get('scheduler', (c) => new SchedulerClient(c));
  }
  get quotas(): ServiceQuotasClient {
    return this.get('quotas', (c) => new ServiceQuotasClient(c));
  }
  get sns(): SNSClient {
    return this.get('sns', (c) => new SNSClient(c));
  }
  get sqs(): SQSClient {
    return this.get('sqs', (c) => new SQSClient(c));
  }
  get budgets(): BudgetsClient {
    return this.get('budgets', (c) => new BudgetsClient(c));
  }
  get autoscaling(): ApplicationAutoScalingClient {
    return this.get('autoscaling', (c) => new ApplicationAutoScalingClient(c));
  }

  /** Closes the sockets of every client made so far. */
  destroy(): void {
    for (const client of this.made.values()) (client as { destroy(): void }).destroy();
    this.made.clear();
  }

  private get<T>(name: string, make: (config: Config) => T): T {
    let client = this.made.get(name) as T | undefined;
    if (client === undefined) {
      client = make(this.config());
      this.settings.recorder?.watch(client as never);
      this.settings.clock?.watch(client as never);
      this.made.set(name, client);
    }
    return client;
  }

  private config(): Config {
    const { region, credentials, endpoint, failFast } = this.settings;
    return {
      region,
      retryStrategy: new RetriesByRequest(failFast ? FAIL_FAST_ATTEMPTS : MAX_ATTEMPTS),
      ...(failFast && { requestHandler: FAIL_FAST }),
      ...(credentials && { credentials }),
      ...(endpoint && { endpoint }),
      ...(this.httpsAgent && { requestHandler: { httpsAgent: this.httpsAgent } }),
    };
  }
}
