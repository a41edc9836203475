/**
 * The account's plan, asked from the Free Tier API. The one operation that the labs use does not pay for the SDK's
 * client of that service: the request is signed here, with the parts that all clients are made of.
 */
import { Agent } from 'node:https';

import { HttpRequest } from '@smithy/core/protocols';
import { Hash } from '@smithy/core/serde';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { ClientSettings } from './clients';

/** The service has one endpoint for all Regions, as its endpoint rules say (botocore, data/freetier/2023-09-07). */
const REGION = 'us-east-1';
const ENDPOINT = `https://freetier.${REGION}.api.aws`;
const OPERATION = 'GetAccountPlanState';

/** @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_freetier_GetAccountPlanState.html */
export interface AccountPlanState {
  readonly accountPlanType?: 'FREE' | 'PAID' | (string & {});
  readonly accountPlanStatus?: 'NOT_STARTED' | 'ACTIVE' | 'EXPIRED' | (string & {});
  readonly accountPlanRemainingCredits?: { readonly amount: number; readonly unit: string };
  /** ISO 8601. */
  readonly accountPlanExpirationDate?: string;
}

export class FreeTierClient {
  private readonly handler: NodeHttpHandler;

  constructor(private readonly settings: ClientSettings) {
    const { ca } = settings;
    this.handler = new NodeHttpHandler({
      connectionTimeout: 3000,
      socketTimeout: 5000,
      ...(ca && { httpsAgent: new Agent({ ca }) }),
    });
  }

  /** @throws Error named as the service names its errors, or as the connection's */
  async getAccountPlanState(): Promise<AccountPlanState> {
    const ask = (): Promise<AccountPlanState> => this.send();
    const { recorder } = this.settings;
    return recorder ? recorder.record('FreeTier', OPERATION, ask) : ask();
  }

  destroy(): void {
    this.handler.destroy();
  }

  private async send(): Promise<AccountPlanState> {
    const { credentials, endpoint = ENDPOINT } = this.settings;
    if (!credentials)
      throw named('CredentialsProviderError', 'The Free Tier API is asked with given credentials only.');
    const { protocol, hostname, port, host } = new URL(endpoint);
    const request = new HttpRequest({
      method: 'POST',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      headers: {
        host,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AWSFreeTierService.${OPERATION}`,
      },
      body: '{}',
    });
    const signer = new SignatureV4({
      service: 'freetier',
      region: REGION,
      credentials,
      sha256: Hash.bind(undefined, 'sha256') as never,
    });
    const { response } = await this.handler.handle((await signer.sign(request)) as HttpRequest);
    const chunks: Buffer[] = [];
    for await (const chunk of response.body as AsyncIterable<Buffer>) chunks.push(chunk);
    return read(response.statusCode, Buffer.concat(chunks).toString());
  }
}

/** What AWS's JSON protocol says with a body. @throws Error for a body that is none, or that tells an error */
export function read(status: number, body: string): AccountPlanState {
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(body) as Record<string, unknown>;
  } catch {
    throw named('SerializationException', `The Free Tier API answered ${status} with no JSON.`);
  }
  if (status === 200) return answer as AccountPlanState;
  const [type = ''] = String(answer.__type ?? answer.code ?? `Http${status}`)
    .split('#')
    .slice(-1);
  throw named(type, String(answer.message ?? answer.Message ?? `The Free Tier API answered ${status}.`));
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
