/** The loopback HTTP server through which the plug-in calls our services. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallContext, Credentials, Principal, Service } from './service';
import { ServiceError } from './service';

interface Invocation {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  readonly caller: { readonly arn: string } & Partial<Credentials>;
}

/** Dates go out as epoch seconds, as AWS's JSON protocols write them; binary data as base64. */
export function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toWire);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, part]) => part !== undefined && key !== '$metadata')
        .map(([key, part]) => [key, toWire(part)]),
    );
  }
  return value;
}

export interface HostOptions {
  /** Known only once the services exist; they exist only once the host's address is known. */
  readonly services: () => readonly Service[];
  readonly principal: (arn: string, credentials: Credentials) => Principal;
  readonly token: string;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function sameToken(given: string | string[] | undefined, token: string): boolean {
  if (typeof given !== 'string' || given.length !== token.length) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(token));
}

async function invoke(options: HostOptions, call: Invocation): Promise<unknown> {
  const operation = options.services().find((service) => service.id === call.service)?.operations[call.operation];
  if (!operation) {
    throw new ServiceError(
      'UnknownOperationException',
      `The local cloud does not have ${call.service}:${call.operation}.`,
    );
  }
  const { arn, accessKeyId = '', secretAccessKey = '', sessionToken } = call.caller;
  const context: CallContext = {
    account: call.account,
    region: call.region,
    requestId: call.requestId,
    caller: options.principal(arn, { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }),
  };
  return toWire((await operation(call.input, context)) ?? {});
}

async function answer(options: HostOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (!sameToken(request.headers['x-mla-token'], options.token)) {
    reply(403, { code: 'AccessDenied', message: 'wrong token' });
    return;
  }
  try {
    const raw = /^\/raw\/([a-z-]+)\/(.*)$/.exec(request.url ?? '');
    if (raw) {
      const service = options.services().find(({ id }) => id === raw[1]);
      await service?.raw?.(decodeURIComponent(raw[2]!), request, response);
      return;
    }
    const body = await bodyOf(request);
    if (request.url === '/operations') {
      reply(
        200,
        Object.fromEntries(options.services().map((service) => [service.id, Object.keys(service.operations)])),
      );
    } else if (request.url === '/inventory') {
      reply(
        200,
        options.services().flatMap((service) => service.inventory()),
      );
    } else if (request.url === '/tags') {
      reply(200, Object.fromEntries(options.services().map((service) => [service.id, service.tags?.() ?? {}])));
    } else if (request.url === '/elapse') {
      const { seconds } = JSON.parse(body) as { seconds: number };
      reply(200, { ran: options.services().flatMap((service) => service.elapse?.(seconds * 1000) ?? []) });
    } else if (request.url === '/busy') {
      reply(200, { busy: options.services().flatMap((service) => service.busy?.() ?? []) });
    } else if (request.url === '/invoke') {
      reply(200, await invoke(options, JSON.parse(body) as Invocation));
    } else {
      reply(404, { code: 'NotFound', message: `no such path: ${request.url}` });
    }
  } catch (error) {
    if (error instanceof ServiceError) reply(error.status, { code: error.code, message: error.message });
    else reply(500, { code: 'InternalServiceException', message: String((error as Error).stack ?? error) });
  }
}

/** Starts listening on a free port of 127.0.0.1. */
export async function startHost(options: HostOptions): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => void answer(options, request, response));
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
