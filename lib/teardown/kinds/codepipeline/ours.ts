import {
  GetPipelineCommand,
  ListPipelineExecutionsCommand,
  ListPipelinesCommand,
  type PipelineDeclaration,
} from '@aws-sdk/client-codepipeline';
import { isTheStacks, taggedNames, usesOurRole } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import { listAll } from '../../pages';
import { ourBuckets } from '../s3/ours';

export interface OurPipeline {
  readonly name: string;
  readonly because: string;
  /** Whether CloudFormation deletes it. */
  readonly theStacks: boolean;
}

/** Our pipelines that exist: the stack's, and those that a learner cloned with our role or artifact store. */
export function ourPipelines(scope: Scope): Promise<readonly OurPipeline[]> {
  return scope.once('pipelines', async () => {
    const { codepipeline } = scope.run.clients;
    const tagged = await taggedNames(scope, 'codepipeline', '');
    const buckets = await ourBuckets(scope);
    const names = await listAll(async (nextToken) => {
      const page = await codepipeline.send(new ListPipelinesCommand({ nextToken }));
      return { items: page.pipelines?.flatMap(({ name }) => name ?? []), next: page.nextToken };
    });
    const ours: OurPipeline[] = [];
    for (const name of names) {
      const pipeline = (await orUndefined(codepipeline.send(new GetPipelineCommand({ name }))))?.pipeline;
      if (pipeline === undefined) continue;
      const theStacks = await isTheStacks(scope, 'pipelines', name);
      const stores = storesOf(pipeline);
      const because = theStacks
        ? `of our stack ${scope.run.stackName}`
        : (await usesOurRole(scope, pipeline.roleArn))
          ? `it uses our role ${pipeline.roleArn}`
          : stores.length > 0 && stores.every((one) => buckets.has(one))
            ? `its artifacts are in our bucket ${stores[0]}`
            : tagged.includes(name)
              ? 'with our tags'
              : undefined;
      if (because) ours.push({ name, because, theStacks });
    }
    return ours;
  });
}

function storesOf({ artifactStore, artifactStores }: PipelineDeclaration): string[] {
  return [artifactStore, ...Object.values(artifactStores ?? {})].flatMap((store) => store?.location ?? []);
}

/** Executions looked at, newest first: a superseded pipeline has a handful that go on at most. */
const LATEST = 300;

/** Ids of a pipeline's executions that go on. */
export async function executionsGoingOn({ run }: Scope, pipelineName: string): Promise<string[]> {
  const all = await listAll(async (nextToken) => {
    const page = await orUndefined(
      run.clients.codepipeline.send(new ListPipelineExecutionsCommand({ pipelineName, maxResults: 100, nextToken })),
    );
    return { items: page?.pipelineExecutionSummaries, next: page?.nextToken };
  }, LATEST);
  return all
    .filter(({ status }) => status === 'InProgress' || status === 'Stopping')
    .flatMap(({ pipelineExecutionId }) => pipelineExecutionId ?? []);
}
