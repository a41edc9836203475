/** Pipelines themselves: CreatePipeline, UpdatePipeline, GetPipeline, ListPipelines, DeletePipeline, and their tags. */
import type * as codepipeline from '@aws-sdk/client-codepipeline';
import type { Cloud, Operation } from '../service';
import { ServiceError } from '../service';
import { currentDeclaration, type Pipeline } from './model';
import { page } from './page';
import { checkRole } from './roles';
import type { Tags } from './tags';
import type { Timers } from './timers';
import { checkDeclaration } from './validate';

/** What CodePipeline adds to what it was given. */
function complete(declaration: codepipeline.PipelineDeclaration, version: number): codepipeline.PipelineDeclaration {
  return {
    ...declaration,
    version,
    pipelineType: declaration.pipelineType ?? 'V1',
    executionMode: declaration.executionMode ?? 'SUPERSEDED',
    stages: declaration.stages!.map((stage) => ({
      ...stage,
      actions: stage.actions!.map((action) => ({
        ...action,
        runOrder: action.runOrder ?? 1,
        configuration: action.configuration ?? {},
        inputArtifacts: action.inputArtifacts ?? [],
        outputArtifacts: action.outputArtifacts ?? [],
      })),
    })),
  };
}

export class Pipelines {
  private readonly held = new Map<string, Pipeline>();

  constructor(
    private readonly cloud: Cloud,
    private readonly tags: Tags,
    private readonly timers: Timers,
    /** A pipeline was made: it runs once. */
    private readonly made: (pipeline: Pipeline, by: string) => void,
    private readonly gone: (pipeline: Pipeline) => void,
  ) {}

  all(): readonly Pipeline[] {
    return [...this.held.values()];
  }

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `codepipeline/pipeline/${name}`);
  }

  /** @throws ServiceError PipelineNotFoundException */
  find(name: string | undefined): Pipeline {
    const found = this.held.get(name!);
    if (!found) {
      throw new ServiceError(
        'PipelineNotFoundException',
        `Account '${this.cloud.account}' does not have a pipeline with name '${name}'`,
      );
    }
    return found;
  }

  readonly create: Operation<codepipeline.CreatePipelineInput, codepipeline.CreatePipelineOutput> = async (
    input,
    { caller },
  ) => {
    const given = input.pipeline!;
    checkDeclaration(this.cloud, given);
    const name = given.name!;
    await checkRole(this.cloud, given);
    if (this.held.has(name)) {
      throw new ServiceError('PipelineNameInUseException', `A pipeline with the name '${name}' already exists`);
    }
    const now = this.timers.now();
    const pipeline: Pipeline = {
      name,
      arn: `arn:aws:codepipeline:${this.cloud.region}:${this.cloud.account}:${name}`,
      versions: [complete(given, 1)],
      created: now,
      updated: now,
      executions: [],
      stages: new Map(),
      lastRuns: new Map(),
      tokens: new Map(),
      deleted: false,
    };
    this.tags.set(pipeline.arn, input.tags);
    this.held.set(name, pipeline);
    this.made(pipeline, caller.arn);
    return { pipeline: currentDeclaration(pipeline), ...(input.tags && { tags: input.tags }) };
  };

  readonly update: Operation<codepipeline.UpdatePipelineInput, codepipeline.UpdatePipelineOutput> = async (input) => {
    const given = input.pipeline!;
    const pipeline = this.find(given.name);
    checkDeclaration(this.cloud, given);
    await checkRole(this.cloud, given);
    pipeline.versions.push(complete(given, pipeline.versions.length + 1));
    pipeline.updated = this.timers.now();
    return { pipeline: currentDeclaration(pipeline) };
  };

  readonly get: Operation<codepipeline.GetPipelineInput, codepipeline.GetPipelineOutput> = async (input) => {
    const pipeline = this.find(input.name);
    const version = input.version ?? pipeline.versions.length;
    const declaration = pipeline.versions[version - 1];
    if (!declaration) {
      throw new ServiceError(
        'PipelineVersionNotFoundException',
        `Version ${version} of the pipeline '${pipeline.name}' does not exist`,
      );
    }
    return {
      pipeline: declaration,
      metadata: { pipelineArn: pipeline.arn, created: pipeline.created, updated: pipeline.updated },
    };
  };

  readonly list: Operation<codepipeline.ListPipelinesInput, codepipeline.ListPipelinesOutput> = async (input) => {
    const all = this.all().map((pipeline) => {
      const { version, pipelineType, executionMode } = currentDeclaration(pipeline);
      const { name, created, updated } = pipeline;
      return { name, version, pipelineType, executionMode, created, updated };
    });
    all.sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, nextToken } = page(all, input.maxResults, input.nextToken, 1000);
    return { pipelines: items, nextToken };
  };

  /** Deleting a pipeline that is not there succeeds, as on AWS. */
  readonly delete: Operation<codepipeline.DeletePipelineInput, void> = async (input) => {
    const pipeline = this.held.get(input.name!);
    if (!pipeline) return;
    this.held.delete(pipeline.name);
    this.tags.forget(pipeline.arn);
    pipeline.deleted = true;
    this.gone(pipeline);
  };
}
