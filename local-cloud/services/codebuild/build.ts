/** Builds: StartBuild, StopBuild, BatchGetBuilds, ListBuilds, ListBuildsForProject, BatchDeleteBuilds. */
import { randomUUID } from 'node:crypto';
import type * as codebuild from '@aws-sdk/client-codebuild';
import type { CallContext, Cloud, Operation } from '../service';
import { logsOf } from './buildLog';
import { notFound, overLimit } from './errors';
import { putStateChangeEvent } from './event';
import { page, type Projects } from './project';
import { planFrom } from './request';
import { BuildRun } from './run';

export interface BuildOptions {
  /** Milliseconds of a minute of a build's timeout. @default 60000 */
  readonly minuteMs?: number;
}

interface Held {
  readonly build: codebuild.Build;
  /** Of the request that started it. */
  readonly token?: string;
  readonly run: BuildRun;
  done: Promise<void>;
}

export class Builds {
  private readonly held = new Map<string, Held>();
  private readonly numbers = new Map<string, number>();

  constructor(
    private readonly cloud: Cloud,
    private readonly projects: Projects,
    private readonly options: BuildOptions,
  ) {}

  inventory(): string[] {
    return [...this.held.keys()].map((id) => `codebuild/build/${id}`);
  }

  readonly start: Operation<codebuild.StartBuildInput, codebuild.StartBuildOutput> = async (input, context) => {
    const { idempotencyToken: token } = input;
    const again = token && [...this.held.values()].find((one) => one.token === token);
    if (again) return { build: structuredClone(again.build) };
    return { build: this.begin(input, context) };
  };

  readonly stop: Operation<codebuild.StopBuildInput, codebuild.StopBuildOutput> = async ({ id }) => {
    const held = this.get(id);
    if (!held.build.buildComplete) {
      held.run.end('STOPPED');
      await held.done;
    }
    return { build: structuredClone(held.build) };
  };

  readonly batchGet: Operation<codebuild.BatchGetBuildsInput, codebuild.BatchGetBuildsOutput> = async ({
    ids = [],
  }) => {
    const found = ids.map((id) => this.held.get(idOf(id))?.build);
    return {
      builds: found.filter((build) => build !== undefined).map((build) => structuredClone(build)),
      buildsNotFound: ids.filter((_, place) => !found[place]),
    };
  };

  readonly list: Operation<codebuild.ListBuildsInput, codebuild.ListBuildsOutput> = async ({ sortOrder, nextToken }) =>
    page('ids', this.ids(sortOrder), nextToken);

  readonly listForProject: Operation<codebuild.ListBuildsForProjectInput, codebuild.ListBuildsForProjectOutput> =
    async (input) => {
      const { name } = this.projects.get(this.projects.nameOf(input.projectName));
      return page(
        'ids',
        this.ids(input.sortOrder).filter((id) => id.startsWith(`${name}:`)),
        input.nextToken,
      );
    };

  readonly batchDelete: Operation<codebuild.BatchDeleteBuildsInput, codebuild.BatchDeleteBuildsOutput> = async ({
    ids = [],
  }) => {
    const buildsDeleted: string[] = [];
    const buildsNotDeleted: { id: string; statusCode: string }[] = [];
    for (const id of ids) {
      const found = this.held.get(idOf(id));
      if (!found) buildsNotDeleted.push({ id, statusCode: 'BUILD_NOT_FOUND' });
      else if (!found.build.buildComplete) buildsNotDeleted.push({ id, statusCode: 'BUILD_IN_PROGRESS' });
      else {
        this.held.delete(idOf(id));
        buildsDeleted.push(found.build.arn!);
      }
    }
    return { buildsDeleted, buildsNotDeleted };
  };

  async stopAll(): Promise<void> {
    for (const { run } of this.held.values()) run.end('STOPPED');
    await Promise.all([...this.held.values()].map(({ done }) => done));
  }

  private begin(input: codebuild.StartBuildInput, { caller }: CallContext): codebuild.Build {
    const project = this.projects.get(this.projects.nameOf(input.projectName));
    const plan = planFrom(project, input);
    // What a new account sees though its quotas say otherwise; only support lifts it.
    if (this.cloud.face('builds-held')) throw overLimit('Cannot have more than 0 builds in queue for the account');
    const running = [...this.held.values()].filter(
      ({ build }) => build.projectName === project.name && !build.buildComplete,
    );
    if (running.length >= (project.concurrentBuildLimit ?? Infinity)) {
      throw overLimit(`Cannot have more than ${project.concurrentBuildLimit} active builds for the project`);
    }
    const id = `${project.name}:${randomUUID()}`;
    const number = (this.numbers.get(project.name!) ?? 0) + 1;
    this.numbers.set(project.name!, number);
    const now = new Date();
    const build: codebuild.Build = {
      ...structuredClone(plan.build),
      id,
      arn: `arn:aws:codebuild:${this.cloud.region}:${this.cloud.account}:build/${id}`,
      buildNumber: number,
      startTime: now,
      currentPhase: 'QUEUED',
      buildStatus: 'IN_PROGRESS',
      buildComplete: false,
      phases: [
        { phaseType: 'SUBMITTED', phaseStatus: 'SUCCEEDED', startTime: now, endTime: now, durationInSeconds: 0 },
        { phaseType: 'QUEUED', startTime: now },
      ],
      logs: logsOf(project, id, this.cloud.region, this.cloud.account),
      initiator: caller.arn.split('/').slice(1).join('/') || 'root',
    };
    const run = new BuildRun(this.cloud, build, plan);
    const held: Held = { build, token: input.idempotencyToken, run, done: Promise.resolve() };
    this.held.set(id, held);
    const answer = structuredClone(build);
    held.done = this.follow(held);
    return answer;
  }

  private async follow({ build, run }: Held): Promise<void> {
    const minutes = build.timeoutInMinutes!;
    // A longer timer than Node.js has would fire at once.
    const ms = Math.min(minutes * (this.options.minuteMs ?? 60_000), 2 ** 31 - 1);
    const limit = setTimeout(() => run.end('TIMED_OUT'), ms);
    await putStateChangeEvent(this.cloud, build);
    try {
      build.buildStatus = await run.execute();
    } catch {
      build.buildStatus = 'FAULT';
    } finally {
      clearTimeout(limit);
      build.endTime = new Date();
      build.currentPhase = 'COMPLETED';
      build.buildComplete = true;
    }
    await putStateChangeEvent(this.cloud, build);
  }

  private get(given: string | undefined): Held {
    const found = this.held.get(idOf(given ?? ''));
    if (!found) throw notFound(`Build ${given} does not exist`);
    return found;
  }

  /** Newest first, unless asked otherwise. */
  private ids(sortOrder: string | undefined): string[] {
    const ids = [...this.held.keys()];
    return sortOrder === 'ASCENDING' ? ids : ids.reverse();
  }
}

/** A build is named by its id, or given by its ARN. */
function idOf(given: string): string {
  return given.replace(/^arn:aws:codebuild:[^:]*:[^:]*:build\//, '');
}
