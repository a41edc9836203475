/** Endpoints: instances by the hour, both fleets while one takes over from the other; serverless ones by what they answered. */
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointsCommand,
  ListTagsCommand,
  type DescribeEndpointConfigOutput,
  type DescribeEndpointOutput,
  type ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import { inParallel } from '../../aws/s3';
import type { PricedItem } from '../../facts/prices';
import { nameOf, orUndefined } from '../../teardown/errors';
import { goesWithStack } from '../../teardown/kinds/cloudformation/ours';
import { hasTags } from '../../teardown/tags';
import { MOST, type Look } from '../look';
import { metricSums } from '../metrics';
import { NOTHING_MORE, lasting, priced, type Line, type NotKnown, type Part } from '../line';

/** Instances whose price is known. */
const INSTANCES: Readonly<Record<string, PricedItem>> = { 'ml.t2.medium': 'sagemakerEndpointT2MediumHour' };

/** Hours without a request after which an endpoint on an instance is called idle. */
const IDLE_HOURS = 2;

/** An endpoint of ours, with its configuration. */
export interface OurEndpoint {
  readonly name: string;
  readonly endpoint: DescribeEndpointOutput;
  readonly config: DescribeEndpointConfigOutput | undefined;
}

export const endpoints: Part = {
  what: 'endpoints',
  kind: 'sagemaker:endpoint',
  async read(look) {
    const found: (Line | NotKnown)[] = [];
    for (const one of await ourEndpoints(look)) found.push(...(await linesOf(look, one)));
    return found;
  },
};

export function ourEndpoints(look: Look): Promise<readonly OurEndpoint[]> {
  return look.scope.once('costing endpoints', async () => {
    const { sagemaker } = look.run.clients;
    const { Endpoints = [] } = await sagemaker.send(
      new ListEndpointsCommand({
        MaxResults: MOST,
        CreationTimeAfter: look.since,
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
      }),
    );
    const ours: OurEndpoint[] = [];
    await inParallel(
      Endpoints,
      async ({ EndpointName: name = '' }) => {
        const endpoint = await orUndefined(sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })));
        if (endpoint === undefined) return;
        // The configuration that serves may be gone, after a rollback that nobody saw.
        const config = await orUndefined(
          sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint.EndpointConfigName })),
        );
        if (await isOurs(look, name, endpoint, config)) ours.push({ name, endpoint, config });
      },
      4,
    );
    return ours.sort((a, b) => a.name.localeCompare(b.name));
  });
}

async function isOurs(
  look: Look,
  name: string,
  { EndpointArn, DataCaptureConfig: capture }: DescribeEndpointOutput,
  config: DescribeEndpointConfigOutput | undefined,
): Promise<boolean> {
  if (await goesWithStack(look.scope, 'AWS::SageMaker::Endpoint', name)) return true;
  if (await look.isOurs(config?.ExecutionRoleArn, [capture?.DestinationS3Uri])) return true;
  const { sagemaker } = look.run.clients;
  const tags = await orUndefined(sagemaker.send(new ListTagsCommand({ ResourceArn: EndpointArn })));
  if (hasTags(tags?.Tags, look.run)) return true;
  const ModelName = config?.ProductionVariants?.[0]?.ModelName;
  const model = ModelName && (await orUndefined(sagemaker.send(new DescribeModelCommand({ ModelName }))));
  return model ? look.isOurs(model.ExecutionRoleArn, []) : false;
}

async function linesOf(look: Look, { name, endpoint, config }: OurEndpoint): Promise<(Line | NotKnown)[]> {
  const { CreationTime: created = look.since, EndpointStatus: status, PendingDeploymentSummary: pending } = endpoint;
  if (status === 'Failed' || status === 'Deleting') return [];
  const found: (Line | NotKnown)[] = [];
  const configured = new Map((config?.ProductionVariants ?? []).map((one) => [one.VariantName, one]));
  for (const variant of endpoint.ProductionVariants ?? []) {
    const declared = configured.get(variant.VariantName);
    const serverless = variant.CurrentServerlessConfig ?? declared?.ServerlessConfig;
    if (serverless) found.push(await serverlessLine(look, name, variant, serverless.MemorySizeInMB ?? 0, created));
    else {
      const count = variant.CurrentInstanceCount ?? declared?.InitialInstanceCount ?? 0;
      found.push(fleet(look, `endpoint ${name}`, declared?.InstanceType, count, created));
    }
  }
  // While another configuration takes over, its instances are billed beside those that serve.
  for (const { InstanceType, CurrentInstanceCount = 0, DesiredInstanceCount = 0 } of pending?.ProductionVariants ??
    []) {
    if (InstanceType === undefined) continue;
    const count = Math.max(CurrentInstanceCount, DesiredInstanceCount);
    found.push(
      fleet(
        look,
        `endpoint ${name}, second fleet while it changes over`,
        InstanceType,
        count,
        pending?.StartTime ?? look.now,
      ),
    );
  }
  const fleets = found.filter((one): one is Line => 'usdPerHour' in one && one.usdPerHour > 0);
  if (fleets.length === 0) return found;
  try {
    const idleHours = await idle(look, name, endpoint.ProductionVariants ?? [], created);
    if (idleHours === undefined) return found;
    return found.map((one) => (one === fleets[0] ? { ...one, idleHours } : one));
  } catch (error) {
    return [...found, { what: `whether anybody asks the endpoint ${name}`, because: nameOf(error) }];
  }
}

function fleet(look: Look, what: string, type: string | undefined, count: number, since: Date): Line | NotKnown {
  const item = type !== undefined && Object.hasOwn(INSTANCES, type) ? INSTANCES[type] : undefined;
  const named = `${what}: ${count} × ${type ?? 'an instance of unknown type'}`;
  if (item === undefined)
    return { what: named, because: `lib/facts/prices.json has no price of ${type ?? 'it'} behind an endpoint` };
  return priced(look, (usd) => {
    const usdPerHour = count * usd(item);
    return {
      what: named,
      since,
      usdSoFar: usdPerHour * look.hoursSince(since),
      ...lasting(usdPerHour),
    };
  });
}

/** A serverless variant is billed for the time in which it answers, by its memory. */
async function serverlessLine(
  look: Look,
  name: string,
  { VariantName = '' }: ProductionVariantSummary,
  megabytes: number,
  since: Date,
): Promise<Line | NotKnown> {
  const gigabytes = megabytes / 1024;
  const what = `endpoint ${name}: serverless, ${gigabytes} GB, costs only when it is asked`;
  try {
    const microseconds = await metricSums(look, 'ModelLatency', { EndpointName: name, VariantName }, since);
    const seconds = microseconds.reduce((sum, { value }) => sum + value, 0) / 1e6;
    return priced(look, (usd) => ({
      what,
      since,
      usdSoFar: seconds * gigabytes * usd('sagemakerServerlessGbSecond'),
      ...NOTHING_MORE,
    }));
  } catch (error) {
    return { what, because: nameOf(error) };
  }
}

/** Hours since the last request; undefined where that is less than {@link IDLE_HOURS}, or the endpoint is younger. */
async function idle(
  look: Look,
  name: string,
  variants: readonly ProductionVariantSummary[],
  created: Date,
): Promise<number | undefined> {
  if (look.hoursSince(created) < IDLE_HOURS) return undefined;
  const start = new Date(Math.max(created.getTime(), look.now.getTime() - 24 * 3_600_000));
  let last = start;
  for (const { VariantName = '' } of variants) {
    for (const { at, value } of await metricSums(look, 'Invocations', { EndpointName: name, VariantName }, start)) {
      const end = new Date(Math.min(at.getTime() + 3_600_000, look.now.getTime()));
      if (value > 0 && end > last) last = end;
    }
  }
  const hours = look.hoursSince(last);
  return hours >= IDLE_HOURS ? hours : undefined;
}
