/**
 * The contract between the emulator's plug-in and the services that stand beside it.
 *
 * The plug-in authenticates and authorises a request (IAM), then hands it here when one of our services has the
 * operation. Anything our services do not have stays with the emulator; what neither has, answers with an error that names it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { AthenaClient } from '@aws-sdk/client-athena';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { GlueClient } from '@aws-sdk/client-glue';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SSMClient } from '@aws-sdk/client-ssm';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** SDK clients that sign as one principal and talk to the emulator over TLS. */
export interface Principal {
  /** Its ARN, for messages. */
  readonly arn: string;
  readonly credentials: Credentials;
  readonly s3: S3Client;
  readonly glue: GlueClient;
  readonly athena: AthenaClient;
  readonly autoscaling: ApplicationAutoScalingClient;
  readonly logs: CloudWatchLogsClient;
  readonly cloudformation: CloudFormationClient;
  readonly cloudwatch: CloudWatchClient;
  readonly codebuild: CodeBuildClient;
  readonly codepipeline: CodePipelineClient;
  readonly lambda: LambdaClient;
  readonly sagemaker: SageMakerClient;
  readonly ssm: SSMClient;
  /** Environment for a child process that shall act as this principal with any stock SDK or the AWS CLI. */
  env(): Record<string, string>;
  /**
   * Assumes a role with a signed request of this principal: the role's trust policy and IAM decide.
   *
   * @param policy narrows what the session may do. @default all that the role may
   */
  assume(roleArn: string, sessionName: string, policy?: string): Promise<Principal>;
}

/** Who called, and from where. */
export interface CallContext {
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** The caller: what a service does on a caller's behalf (Athena reading S3), it does signed as the caller. */
  readonly caller: Principal;
}

/** Values of one CloudWatch metric, published by an AWS service. */
export interface MetricDatum {
  /** `AWS/SageMaker`, `aws/sagemaker/Endpoints/data-metrics` ... */
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** One value, or several of the same moment in `values`. */
  readonly value?: number;
  readonly values?: readonly number[];
  /** Instead of values: what is known of many. */
  readonly statistics?: {
    readonly SampleCount: number;
    readonly Sum: number;
    readonly Minimum: number;
    readonly Maximum: number;
  };
  /** As CloudWatch names it: `Count`, `Microseconds`, `Percent` ... @default None */
  readonly unit?: string;
  /** @default now */
  readonly timestamp?: Date;
}

/** What the local cloud offers to its services. */
export interface Cloud {
  readonly account: string;
  readonly region: string;
  /** A scratch folder of this cloud; removed when it stops. */
  readonly folder: string;
  /** The Python interpreter that has the engines. */
  readonly python: string;
  /** Folder local-cloud/engines. */
  readonly engines: string;
  /**
   * Assumes a role as an AWS service does.
   * @throws ServiceError when the role does not exist or its trust policy does not let `service` assume it
   */
  assume(roleArn: string, service: string, sessionName: string): Promise<Principal>;
  /** The account's root: for what AWS does on its own account, without the customer's permission. */
  root(): Principal;
  /** Runs the emulator's own implementation of an operation, as if our service did not exist, without IAM. */
  emulate<T = Record<string, unknown>>(service: string, operation: string, input: object): Promise<T>;
  /**
   * Puts an event on the default bus, as an AWS service does.
   *
   * @param source the service's name in events. @default aws.sagemaker
   */
  event(detailType: string, detail: object, resources: readonly string[], source?: string): Promise<void>;
  /** Publishes metrics, as AWS services do in their own namespaces. Alarms on them are evaluated at once. */
  metric(data: readonly MetricDatum[]): Promise<void>;
  /** Registers a child process, so that stopping the cloud ends it. */
  track(pid: number): void;
  /** Whether a face (boot/faces.ts) is on, for example `training-quota-0` or `slow`. */
  face(name: string): boolean;
}

/** A description that its service goes on writing to. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Input and output are the SDK's own types. Dates may be returned: they go out as epoch seconds. */
export type Operation<I, O> = (input: I, context: CallContext) => Promise<O>;

/** One AWS service, or the part of it that we serve. */
export interface Service {
  /** As the emulator routes it: `glue`, `athena`, `sagemaker` ... */
  readonly id: string;
  // Each operation has its own input type; the registry only passes them through.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly operations: Readonly<Record<string, Operation<any, any>>>;
  /** Everything this service holds now, one string per thing, for the raw inventory. */
  inventory(): readonly string[];
  /** Tags by ARN, for the Resource Groups Tagging API. @default the emulator holds them */
  tags?(): Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Answers a request whose body is passed on as it is, such as InvokeEndpoint's: no JSON around it.
   *
   * @param path what stands behind `/raw/<service>/`
   */
  raw?(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /**
   * Lets time go by: for what waits for a person, who takes hours, and for schedules of the service's own.
   *
   * @returns which schedules ran. @default nothing waits so long
   */
  elapse?(ms: number): readonly string[];
  /** Work that ends by itself and has not ended. @default there is none */
  busy?(): readonly string[];
  /** Ends all running work. Called once. */
  stop(): Promise<void>;
}

/** An error as AWS answers it. */
export class ServiceError extends Error {
  constructor(
    /** The exception's name in the service model, for example `EntityNotFoundException`. */
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = 'ServiceError';
  }
}

/** Stands in for an operation that the emulator would answer without doing it. */
export function lacking(action: string): Operation<object, never> {
  return async () => {
    throw new ServiceError('UnknownOperationException', `The local cloud does not have ${action}; no lab uses it.`);
  };
}
