/**
 * The local cloud's endpoint beside the same model in one process: one flight a request, by one caller and by four.
 *
 * The endpoint is as lab deployment's production is: one instance, script mode, every request captured. The client is
 * the AWS SDK's, over TLS, signed, with IAM deciding about each request.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type DataCaptureConfig,
  waitUntilEndpointInService,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { openTarget, type Target } from '../../lib/target';

export const FLIGHTS = 'labs/deployment/source/tests/flights.csv';
export const MODEL = 'data/prepared/model/model.tar.gz';
const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';
const CALLERS = [1, 4] as const;
/** Role, bucket, model and, unless told otherwise, endpoint. */
export const NAME = 'bench';
/** As lab deployment's production captures. */
const EVERYTHING: DataCaptureConfig = {
  EnableCapture: true,
  InitialSamplingPercentage: 100,
  DestinationS3Uri: `s3://${NAME}/capture`,
  CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
  CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'] },
};

/** How quick calls were. */
export interface Speed {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** By the number of callers; and each flight's answer. */
export interface EndpointSpeed {
  readonly speeds: ReadonlyMap<number, Speed>;
  readonly answers: readonly string[];
}

/** Flights of lab deployment's tests without their labels, one request each. */
export function bodies(root: string): string[] {
  const lines = readFileSync(join(root, FLIGHTS), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => line.slice(line.indexOf(',') + 1));
}

/** What an endpoint needs: a role, a bucket with the model's archive, the model. */
export async function makeModel(root: string, { clients }: Target): Promise<void> {
  const { iam, s3, sagemaker } = clients;
  const document = (more: object): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
  const AssumeRolePolicyDocument = document({
    Principal: { Service: 'sagemaker.amazonaws.com' },
    Action: 'sts:AssumeRole',
  });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: NAME, AssumeRolePolicyDocument }));
  const PolicyDocument = document({ Action: ['s3:GetObject', 's3:PutObject', 'logs:*'], Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName: NAME, PolicyName: NAME, PolicyDocument }));
  await s3.send(new CreateBucketCommand({ Bucket: NAME }));
  await s3.send(new PutObjectCommand({ Bucket: NAME, Key: 'model.tar.gz', Body: readFileSync(join(root, MODEL)) }));
  const PrimaryContainer = {
    Image: IMAGE,
    ModelDataUrl: `s3://${NAME}/model.tar.gz`,
    Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
  };
  await sagemaker.send(new CreateModelCommand({ ModelName: NAME, ExecutionRoleArn: Role!.Arn!, PrimaryContainer }));
}

/** One instance with the model. @param capture whether every request is captured, with its answer */
export async function makeEndpoint({ clients }: Target, name = NAME, capture = true): Promise<void> {
  const { sagemaker } = clients;
  const variant = { InstanceType: 'ml.t2.medium', InitialInstanceCount: 1 } as const;
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: NAME, ...variant }],
      ...(capture && { DataCaptureConfig: EVERYTHING }),
    }),
  );
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  await waitUntilEndpointInService(
    { client: sagemaker, maxWaitTime: 300, minDelay: 1, maxDelay: 1 },
    { EndpointName: name },
  );
}

export async function ask({ clients }: Target, Body: string, EndpointName = NAME): Promise<string> {
  const input = { EndpointName, ContentType: 'text/csv', Accept: 'text/csv', Body };
  const answer = await clients.sagemakerRuntime.send(new InvokeEndpointCommand(input));
  return Buffer.from(answer.Body!).toString().trim();
}

/** Asks about each flight once. */
async function measured(
  target: Target,
  flights: readonly string[],
  callers: number,
): Promise<{ speed: Speed; answers: string[] }> {
  const answers = new Array<string>(flights.length);
  const times: number[] = [];
  let next = 0;
  const call = async (): Promise<void> => {
    for (let flight = next++; flight < flights.length; flight = next++) {
      const start = performance.now();
      answers[flight] = await ask(target, flights[flight]!);
      times.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { speed: { perSecond: flights.length / seconds, p50: at(0.5), p99: at(0.99) }, answers };
}

/** One endpoint in a fresh local cloud, asked about each of a thousand flights. */
export async function endpointSpeed(root: string): Promise<EndpointSpeed> {
  const target = await openTarget('local', { keep: false, faces: [], progress: () => undefined });
  try {
    await makeModel(root, target);
    await makeEndpoint(target);
    const flights = bodies(root);
    // As in a learner's shell that has asked before: connections are there, code is compiled.
    await measured(target, flights.slice(0, 200), Math.max(...CALLERS));
    const speeds = new Map<number, Speed>();
    let answers: readonly string[] = [];
    for (const callers of CALLERS) {
      const one = await measured(target, flights, callers);
      speeds.set(callers, one.speed);
      answers = one.answers;
    }
    return { speeds, answers };
  } finally {
    await target.close();
  }
}
