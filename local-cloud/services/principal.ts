/** SDK clients that act as one principal against the emulator. */
import { Agent } from 'node:https';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Credentials, Principal } from './service';

// The SDK is pinned and works on Node.js 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** Where the emulator is and how to trust it. */
export interface EndpointAccess {
  readonly endpoint: string;
  readonly region: string;
  /** PEM text of the certificate. */
  readonly ca: string;
  /** File with the same text, for child processes. */
  readonly caFile: string;
}

class LazyPrincipal implements Principal {
  private readonly made = new Map<string, unknown>();

  constructor(
    private readonly access: EndpointAccess,
    private readonly httpsAgent: Agent,
    readonly arn: string,
    readonly credentials: Credentials,
  ) {}

  get s3(): S3Client {
    // With "Expect: 100-continue" the SDK takes a fresh agent for a request, without our certificate authority.
    return this.get('s3', (c) => new S3Client({ ...c, forcePathStyle: true, expectContinueHeader: false }));
  }
  get glue(): GlueClient {
    return this.get('glue', (c) => new GlueClient(c));
  }
  get athena(): AthenaClient {
    return this.get('athena', (c) => new AthenaClient(c));
  }
  get autoscaling(): ApplicationAutoScalingClient {
    return this.get('autoscaling', (c) => new ApplicationAutoScalingClient(c));
  }
  get logs(): CloudWatchLogsClient {
    return this.get('logs', (c) => new CloudWatchLogsClient(c));
  }
  get cloudformation(): CloudFormationClient {
    return this.get('cloudformation', (c) => new CloudFormationClient(c));
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
  get lambda(): LambdaClient {
    return this.get('lambda', (c) => new LambdaClient(c));
  }
  get sagemaker(): SageMakerClient {
    return this.get('sagemaker', (c) => new SageMakerClient(c));
  }
  get ssm(): SSMClient {
    return this.get('ssm', (c) => new SSMClient(c));
  }

  env(): Record<string, string> {
    return principalEnv(this.access, this.credentials);
  }

  async assume(roleArn: string, sessionName: string, policy?: string): Promise<Principal> {
    const sts = this.get('sts', (c) => new STSClient(c));
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName, ...(policy && { Policy: policy }) }),
    );
    return new LazyPrincipal(this.access, this.httpsAgent, AssumedRoleUser!.Arn!, {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    });
  }

  private get<T>(name: string, make: (config: ReturnType<LazyPrincipal['config']>) => T): T {
    let client = this.made.get(name) as T | undefined;
    if (client === undefined) {
      client = make(this.config());
      this.made.set(name, client);
    }
    return client;
  }

  private config() {
    return {
      region: this.access.region,
      endpoint: this.access.endpoint,
      credentials: this.credentials,
      maxAttempts: 2,
      // Faults of the cloud meet those who ask AWS, not AWS itself (plugin/fault_injection.py).
      userAgentAppId: 'mla-inner',
      requestHandler: { httpsAgent: this.httpsAgent },
    };
  }
}

/** Environment with which any stock SDK or the AWS CLI acts as these credentials on the emulator, and nowhere else. */
export function principalEnv(access: EndpointAccess, credentials: Credentials): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: access.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
    AWS_REGION: access.region,
    AWS_DEFAULT_REGION: access.region,
    AWS_CA_BUNDLE: access.caFile,
    SSL_CERT_FILE: access.caFile,
    REQUESTS_CA_BUNDLE: access.caFile,
    NODE_EXTRA_CA_CERTS: access.caFile,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** Makes principals, and gives the same one for the same access key. */
export class Principals {
  private readonly known = new Map<string, Principal>();
  /** Of all of them: who asks stands in each request, and a handshake costs the emulator more than most answers. */
  private readonly httpsAgent: Agent;

  constructor(private readonly access: EndpointAccess) {
    this.httpsAgent = new Agent({ ca: access.ca, keepAlive: true, maxSockets: 64 });
  }

  of(arn: string, credentials: Credentials): Principal {
    // AWS services that call each other have a name and no key.
    const key = credentials.accessKeyId || arn;
    const found = this.known.get(key);
    if (found) return found;
    const principal = new LazyPrincipal(this.access, this.httpsAgent, arn, credentials);
    this.known.set(key, principal);
    return principal;
  }
}
