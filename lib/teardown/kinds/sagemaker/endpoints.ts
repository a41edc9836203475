/** Endpoints and their configurations that are ours: by tags, by capture, by the models that they serve. */
import {
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-sagemaker';
import { isTheStacks, provenNames, taggedNames, usesOurRole } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import { listAll } from '../../pages';
import { untilGone } from '../../wait';
import { isIn, ourBuckets } from '../s3/ours';
import { ourModels } from './ours';

export interface Served {
  readonly name: string;
  readonly because: string;
}

/** Our endpoint configurations that exist. */
export function ourEndpointConfigs(scope: Scope): Promise<readonly Served[]> {
  return scope.once('endpoint configs', async () => {
    const { sagemaker } = scope.run.clients;
    const models = new Set((await ourModels(scope)).map(({ name }) => name));
    const buckets = [...(await ourBuckets(scope)).keys()];
    const tagged = lower(await taggedNames(scope, 'sagemaker', 'endpoint-config/'));
    const names = await listAll(async (NextToken) => {
      const page = await sagemaker.send(new ListEndpointConfigsCommand({ NextToken, MaxResults: 100 }));
      return { items: page.EndpointConfigs?.flatMap((one) => one.EndpointConfigName ?? []), next: page.NextToken };
    });
    const ours: Served[] = [];
    for (const name of names) {
      const config = await orUndefined(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })));
      if (config === undefined) continue;
      const capture = config.DataCaptureConfig?.DestinationS3Uri;
      const serves = config.ProductionVariants?.map((one) => one.ModelName ?? '') ?? [];
      const because = (await usesOurRole(scope, config.ExecutionRoleArn))
        ? `it uses our role ${config.ExecutionRoleArn}`
        : serves.length > 0 && serves.every((model) => models.has(model))
          ? `it serves our model ${serves[0]}`
          : isIn(buckets, capture)
            ? `it captures to ${capture}`
            : tagged.has(name.toLowerCase())
              ? 'with our tags'
              : undefined;
      if (because) ours.push({ name, because });
    }
    return ours;
  });
}

/** Names and ARNs of all endpoints of the account. */
function allEndpoints(scope: Scope): Promise<ReadonlyMap<string, string>> {
  return scope.once('endpoint names', async () => {
    const all = await listAll(async (NextToken) => {
      const page = await scope.run.clients.sagemaker.send(new ListEndpointsCommand({ NextToken, MaxResults: 100 }));
      return { items: page.Endpoints, next: page.NextToken };
    });
    return new Map(all.map(({ EndpointName = '', EndpointArn = '' }) => [EndpointName, EndpointArn]));
  });
}

/** Our endpoints that exist, those of stacks included. */
export function ourEndpoints(scope: Scope): Promise<readonly Served[]> {
  return scope.once('endpoints', async () => {
    const { sagemaker } = scope.run.clients;
    const all = await allEndpoints(scope);
    const configs = new Map((await ourEndpointConfigs(scope)).map(({ name, because }) => [name, because]));
    const buckets = [...(await ourBuckets(scope)).keys()];
    const tagged = lower(await taggedNames(scope, 'sagemaker', 'endpoint/'));
    const recorded = await provenNames(scope, 'endpoints', async (name) => {
      const arn = all.get(name);
      return arn === undefined
        ? undefined
        : (await orUndefined(sagemaker.send(new ListTagsCommand({ ResourceArn: arn }))))?.Tags;
    });
    const ours: Served[] = [];
    for (const name of all.keys()) {
      const endpoint = await orUndefined(sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })));
      if (endpoint === undefined) continue;
      const capture = endpoint.DataCaptureConfig?.DestinationS3Uri;
      const because =
        configs.get(endpoint.EndpointConfigName ?? '') ??
        (isIn(buckets, capture) ? `it captures to ${capture}` : undefined) ??
        recorded.get(name) ??
        (tagged.has(name.toLowerCase()) ? 'with our tags' : undefined);
      if (because) ours.push({ name, because });
    }
    return ours;
  });
}

/**
 * Names of our endpoints, with those of the record that are no longer there: their logs, alarms and detectors outlive
 * them. A recorded name that somebody else's endpoint has now is theirs.
 */
export function ourEndpointNames(scope: Scope): Promise<ReadonlyMap<string, string>> {
  return scope.once('endpoint names of ours', async () => {
    const names = new Map((await ourEndpoints(scope)).map(({ name, because }) => [name, because]));
    const all = await allEndpoints(scope);
    for (const name of scope.ownership.endpoints) {
      if (names.has(name)) continue;
      if (!all.has(name) || (await isTheStacks(scope, 'endpoints', name))) names.set(name, 'that our record names');
    }
    return names;
  });
}

/** States in which SageMaker takes no deletion. */
const BUSY = new Set(['Creating', 'Updating', 'SystemUpdating', 'RollingBack']);

/** Deletes an endpoint, after what goes on with it, and waits until it is gone: its role is needed until then. */
export async function removeEndpoint(scope: Scope, name: string): Promise<void> {
  const { sagemaker } = scope.run.clients;
  const status = async (): Promise<string | undefined> =>
    (await orUndefined(sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }))))?.EndpointStatus;
  await untilGone(scope, `the endpoint ${name} to come to rest`, async () => !BUSY.has((await status()) ?? ''));
  if ((await status()) !== 'Deleting')
    await orUndefined(sagemaker.send(new DeleteEndpointCommand({ EndpointName: name })));
  await untilGone(scope, `the endpoint ${name} to be deleted`, async () => (await status()) === undefined);
}

/** SageMaker writes names in ARNs in lower case. */
function lower(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}
