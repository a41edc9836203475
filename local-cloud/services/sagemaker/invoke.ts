/**
 * InvokeEndpoint: a request's body goes to a model server and its answer comes back, both as they are.
 *
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cloud } from '../service';
import type { Endpoints } from './endpoint';
import type { Endpoint } from './endpointState';
import type { FleetVariant } from './endpointFleet';
import type { EndpointMetrics } from './endpointMetrics';
import { type ContainerAnswer, NoModelResponse } from './servingInstance';

const MOST_BYTES = 6 * 1024 * 1024;
const MOST_BYTES_SERVERLESS = 4 * 1024 * 1024;
/** A container must answer within 60 seconds. */
const TIMEOUT_SECONDS = 60;
const LACKED = [
  'target-model',
  'target-container-hostname',
  'enable-explanations',
  'inference-component',
  'session-id',
];
const X = 'x-amzn-sagemaker-';

class Refused extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly more: object = {},
  ) {
    super(message);
  }
}

export class EndpointInvoker {
  constructor(
    private readonly cloud: Cloud,
    private readonly endpoints: Endpoints,
    private readonly metrics: EndpointMetrics,
    /** How long a container may take for an answer. */
    private readonly timeoutMs = TIMEOUT_SECONDS * 1000,
  ) {}

  /** Answers one request; `name` is the endpoint's. */
  async answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = randomUUID();
    response.setHeader('x-amzn-requestid', id);
    try {
      const body = await bodyOf(request, MOST_BYTES);
      await this.invoke(name, id, request, body, response);
    } catch (error) {
      const refused =
        error instanceof Refused
          ? error
          : new Refused('InternalFailure', 500, `${(error as Error).name}: ${(error as Error).message}`);
      const { code, status, message, more } = refused;
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
      response.end(JSON.stringify({ ...more, Message: message }));
    }
  }

  private async invoke(
    name: string,
    id: string,
    request: IncomingMessage,
    body: Buffer | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const started = performance.now();
    const { headers } = request;
    const endpoint = this.find(name);
    const lacked = LACKED.find((header) => headers[X + header] !== undefined);
    if (lacked) throw invalid(`The local cloud does not have ${X}${lacked}; no lab uses it.`);
    const fleet = endpoint.route();
    const target = headers[`${X}target-variant`] as string | undefined;
    const variant = fleet.pick(target);
    if (!variant) throw invalid(`Variant ${target} of endpoint ${name} was not found.`);
    const serverless = variant.given.ServerlessConfig;
    if (body === undefined || (serverless && body.length > MOST_BYTES_SERVERLESS)) {
      throw invalid(`Request ${id} has oversize body.`);
    }
    if (serverless && variant.inFlight >= serverless.MaxConcurrency!) {
      throw new Refused('ThrottlingException', 429, 'Rate exceeded');
    }
    const given: Record<string, string> = { host: 'model.aws.local:8080' };
    for (const header of ['content-type', 'accept', `${X}custom-attributes`, `${X}inference-id`]) {
      const value = headers[header];
      if (typeof value === 'string' && value !== '') given[header] = value;
    }
    const asked = performance.now();
    const at = new Date();
    let answer: ContainerAnswer | undefined;
    let failure: NoModelResponse | undefined;
    try {
      answer = await fleet.use(variant, async (instance) => {
        try {
          return await instance.ask('POST', '/invocations', given, body, this.timeoutMs);
        } catch (error) {
          if (error instanceof NoModelResponse && error.timedOut) instance.restart();
          throw error;
        }
      });
    } catch (error) {
      if (!(error instanceof NoModelResponse)) throw error;
      failure = error;
    }
    const modelMs = performance.now() - asked;
    const status = answer?.status ?? 500;
    this.measure(endpoint, variant, status, answer && modelMs, started);
    if (!answer || status >= 400) throw this.modelError(endpoint.name, answer, failure);
    const type = answer.headers['content-type'];
    const attributes = answer.headers[`${X}custom-attributes`];
    response.writeHead(status, {
      ...(type && { 'content-type': type }),
      ...(status !== 204 && { 'content-length': answer.body.length }),
      'x-amzn-invoked-production-variant': variant.given.VariantName!,
      ...(attributes && { [`${X}custom-attributes`]: attributes }),
    });
    response.end(answer.body);
    if (endpoint.capture.samples()) {
      endpoint.capture.add({
        variant: variant.given.VariantName!,
        at,
        inferenceId: headers[`${X}inference-id`] as string | undefined,
        customAttributes: headers[`${X}custom-attributes`] as string | undefined,
        input: { type: given['content-type'] ?? 'application/octet-stream', body },
        output: { type: type ?? 'application/octet-stream', body: answer.body },
      });
    }
  }

  private find(name: string): Endpoint {
    const endpoint = this.endpoints.get(name);
    const { account } = this.cloud;
    if (!endpoint) throw invalid(`Endpoint ${name} of account ${account} not found.`);
    if (!endpoint.serves) {
      throw invalid(`Endpoint ${name} of account ${account} is not in service: its status is ${endpoint.status}.`);
    }
    return endpoint;
  }

  private measure(
    endpoint: Endpoint,
    variant: FleetVariant,
    status: number,
    modelMs: number | undefined,
    started: number,
  ): void {
    this.metrics.add({
      endpoint: endpoint.name,
      variant: variant.given.VariantName!,
      instances: variant.count,
      status,
      modelMs,
      totalMs: performance.now() - started,
    });
  }

  private modelError(name: string, answer: ContainerAnswer | undefined, failure: NoModelResponse | undefined): Refused {
    const { account, region } = this.cloud;
    const group = `/aws/sagemaker/Endpoints/${name}`;
    const LogStreamArn = `arn:aws:logs:${region}:${account}:log-group:${group}`;
    const see = `See https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=${group} in account ${account} for more information.`;
    // Without an answer AWS names status 0 for a timeout, and 500 where the connection broke.
    const OriginalStatusCode = answer?.status ?? (failure?.timedOut ? 0 : 500);
    const OriginalMessage =
      answer?.body.toString('utf8') ??
      (failure?.timedOut
        ? 'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.'
        : 'Connection reset by peer');
    const client = OriginalStatusCode >= 400 && OriginalStatusCode < 500;
    const ErrorCode = client ? 'CLIENT_ERROR_FROM_MODEL' : 'INTERNAL_FAILURE_FROM_MODEL';
    return new Refused(
      'ModelError',
      424,
      `Received ${client ? 'client' : 'server'} error (${OriginalStatusCode}) from primary with message "${OriginalMessage}". ${see}`,
      { ErrorCode, LogStreamArn, OriginalMessage, OriginalStatusCode },
    );
  }
}

function invalid(message: string): Refused {
  return new Refused('ValidationError', 400, message);
}

/** The body, or undefined where it is longer. */
async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length <= most) parts.push(part as Buffer);
  }
  return length > most ? undefined : Buffer.concat(parts);
}
