/** Endpoints of the fake cloud, and requests to them through the services host. */
import type { Server } from 'node:http';
import type { DeploymentConfig, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { makeTarGz } from '../../../../lib/aws/archive';
import { startHost } from '../../../../local-cloud/services/host';
import type { SageMakerOptions } from '../../../../local-cloud/services/sagemaker';
import { Caller, FakeCloud, ROLE, until, XGBOOST } from './fakeCloud';

const TOKEN = 'secret';
/** What makes a container run a program, wherever it may write. */
export const SCRIPT_MODE = {
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
  PIP_TARGET: '/tmp/inference',
  PYTHONPATH: '/opt/ml/model/code',
};
/** Answers with a word, whatever is asked. */
const SAYS = (word: string): string => `
def model_fn(model_dir):
    return "${word}"

def transform_fn(model, body, content_type, accept):
    return model, "text/csv"
`;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** What an SDK would throw. */
  readonly error: string | null;
}

export class Serving {
  readonly cloud = new FakeCloud();
  readonly caller: Caller;
  private url = '';
  private server: Server | undefined;

  constructor(options: SageMakerOptions = {}) {
    this.caller = new Caller(this.cloud, options);
  }

  async open(): Promise<this> {
    const { url, server } = await startHost({
      services: () => [this.caller.service],
      principal: () => this.cloud.context.caller,
      token: TOKEN,
    });
    this.url = url;
    this.server = server;
    return this;
  }

  async close(): Promise<void> {
    await this.caller.service.stop();
    this.server!.closeAllConnections();
    this.server!.close();
    this.cloud.dispose();
  }

  /** Puts an archive of the files in the bucket. */
  archive(key: string, files: Readonly<Record<string, string | Buffer>>): void {
    const all = Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) }));
    this.cloud.put(`models/${key}`, makeTarGz(all));
  }

  /** A model of an archive and an endpoint configuration of it, under one name. */
  async config(
    name: string,
    variant: Partial<ProductionVariant> = {},
    more: object = {},
    script: boolean | Readonly<Record<string, string>> = true,
  ): Promise<void> {
    await this.caller.call('CreateModel', {
      ModelName: name,
      ExecutionRoleArn: ROLE,
      PrimaryContainer: {
        Image: XGBOOST,
        ModelDataUrl: `s3://models/${name}`,
        ...(script && { Environment: script === true ? SCRIPT_MODE : script }),
      },
    });
    const size = variant.ServerlessConfig ? {} : { InstanceType: 'ml.t2.medium', InitialInstanceCount: 1 };
    await this.caller.call('CreateEndpointConfig', {
      EndpointConfigName: name,
      ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: name, ...size, ...variant }],
      ...more,
    });
  }

  /** A configuration whose model says its own name. */
  async saying(name: string, variant: Partial<ProductionVariant> = {}, more: object = {}): Promise<void> {
    this.archive(name, { 'code/inference.py': SAYS(name) });
    await this.config(name, variant, more);
  }

  async create(EndpointName: string, EndpointConfigName: string, DeploymentConfig?: DeploymentConfig) {
    await this.caller.call('CreateEndpoint', { EndpointName, EndpointConfigName, DeploymentConfig });
    return this.settled(EndpointName);
  }

  async update(EndpointName: string, EndpointConfigName: string, DeploymentConfig?: DeploymentConfig) {
    await this.caller.call('UpdateEndpoint', { EndpointName, EndpointConfigName, DeploymentConfig });
    return this.settled(EndpointName);
  }

  describe(EndpointName: string) {
    return this.caller.call('DescribeEndpoint', { EndpointName });
  }

  /** The endpoint when nothing is under way. */
  async settled(name: string) {
    return until(async () => {
      const shown = await this.describe(name);
      return ['InService', 'Failed'].includes(shown.EndpointStatus) ? shown : undefined;
    });
  }

  async gone(name: string): Promise<void> {
    await until(async () => (await this.describe(name).catch((error: Error) => error)) instanceof Error);
  }

  async invoke(name: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/raw/sagemaker/${name}`, {
      method: 'POST',
      body,
      headers: { 'x-mla-token': TOKEN, 'content-type': 'text/csv', accept: 'text/csv', ...headers },
    });
    const error = response.headers.get('x-amzn-errortype');
    return { status: response.status, text: await response.text(), headers: response.headers, error };
  }

  /** Statuses of the endpoint's events, in order. */
  statuses(): unknown[] {
    return this.cloud.events
      .filter(({ detailType }) => detailType === 'SageMaker Endpoint State Change')
      .map(({ detail }) => detail.EndpointStatus);
  }

  /** Everything in the endpoint's log group. */
  logged(name: string): string {
    return [...this.cloud.logs]
      .filter(([group]) => group.startsWith(`/aws/sagemaker/Endpoints/${name}:`))
      .flatMap(([, lines]) => lines)
      .join('\n');
  }
}
