/** One build, from its source to its artifacts. Everything it reads and writes is a request of the service role. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Build, BuildArtifacts, BuildPhaseType, ProjectArtifacts, StatusType } from '@aws-sdk/client-codebuild';
import type { Cloud, Principal } from '../service';
import { uploadArtifacts } from './artifacts';
import { BuildLog } from './buildLog';
import { parseBuildspec, PHASES, type ArtifactSpec, type Buildspec, type PhaseName } from './buildspec';
import { environmentOf } from './environment';
import { PhaseFailure } from './errors';
import type { BuildPlan } from './request';
import { Shell } from './shell';
import { buildspecText, fetchSource } from './source';

/** Why a build ends before its commands do. */
export type EndReason = 'STOPPED' | 'TIMED_OUT';

const TYPE: Readonly<Record<PhaseName, BuildPhaseType>> = {
  install: 'INSTALL',
  pre_build: 'PRE_BUILD',
  build: 'BUILD',
  post_build: 'POST_BUILD',
};

export class BuildRun {
  private readonly root: string;
  private readonly source: string;
  private readonly log: BuildLog;
  private role!: Principal;
  private spec!: Buildspec;
  private shell: Shell | undefined;
  private ending: EndReason | undefined;
  private failed = false;

  constructor(
    private readonly cloud: Cloud,
    private readonly build: Build,
    private readonly plan: BuildPlan,
  ) {
    this.root = join(cloud.folder, 'codebuild', build.id!.replace(':', '-'));
    this.source = join(this.root, 'codebuild', 'output', 'src', 'src');
    this.log = new BuildLog(build, this.root);
  }

  /** Ends the build; only the first reason counts. */
  end(why: EndReason): void {
    this.ending ??= why;
    this.shell?.end();
  }

  /** Runs to the end. @returns how the build ended */
  async execute(): Promise<StatusType> {
    try {
      Object.assign(this.build.phases!.at(-1)!, {
        phaseStatus: 'SUCCEEDED',
        endTime: new Date(),
        durationInSeconds: 0,
      });
      await this.steps();
      await this.phase('FINALIZING', async () => this.shell?.end());
      return this.ending ?? (this.failed ? 'FAILED' : 'SUCCEEDED');
    } finally {
      this.shell?.end();
      await this.log.close();
      await rm(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      this.build.phases!.push({ phaseType: 'COMPLETED', startTime: new Date() });
    }
  }

  /** Up to the first failure that ends the build; what comes after a failed BUILD is done all the same. */
  private async steps(): Promise<void> {
    if (!(await this.phase('PROVISIONING', () => this.provision()))) return;
    if (!(await this.phase('DOWNLOAD_SOURCE', () => this.download()))) return;
    for (const name of PHASES) {
      const given = this.spec.phases[name];
      const done = await this.phase(TYPE[name], () => this.commands(name));
      if (this.ending) return;
      if (!done && given?.onFailure !== 'CONTINUE' && (name !== 'build' || given?.onFailure === 'ABORT')) {
        if (name !== 'post_build') return;
      }
    }
    this.build.exportedEnvironmentVariables = await this.exported();
    await this.phase('UPLOAD_ARTIFACTS', () => this.upload());
  }

  private async provision(): Promise<void> {
    const { serviceRole, id } = this.build;
    try {
      const session = `AWSCodeBuild-${id!.split(':').pop()}`;
      this.role = await this.cloud.assume(serviceRole!, 'codebuild.amazonaws.com', session);
    } catch (error) {
      throw new PhaseFailure(
        'CLIENT_ERROR',
        `CodeBuild is not authorized to perform: sts:AssumeRole on ${serviceRole}. ${(error as Error).message}`,
      );
    }
    await this.log.open(this.role);
    this.log.say('Running on CodeBuild On-demand');
    this.log.say('Waiting for agent ping');
    this.log.say('Waiting for DOWNLOAD_SOURCE');
  }

  private async download(): Promise<void> {
    const { build, role } = this;
    this.log.say('Phase is DOWNLOAD_SOURCE');
    for (const folder of ['tmp', 'root']) await mkdir(join(this.root, folder), { recursive: true });
    build.resolvedSourceVersion = await fetchSource(role, build.source!, build.sourceVersion, this.source);
    this.log.say(`CODEBUILD_SRC_DIR=${this.source}`);
    this.spec = parseBuildspec(await buildspecText(role, build.source!.buildspec, this.source));
    this.log.say('Processing environment variables');
    const places = { root: this.root, source: this.source };
    const env = await environmentOf(this.cloud, role, build, this.spec, places);
    this.shell = new Shell({
      folder: join(this.root, 'codebuild', 'output', 'tmp'),
      program: this.spec.shell,
      cwd: this.source,
      env,
      line: this.log.line,
      started: (pid) => this.cloud.track(pid),
    });
    if (this.ending) this.shell.end();
    const runtimes = Object.entries(this.spec.runtimes).map((pair) => pair.join(' '));
    if (runtimes.length > 0) {
      this.log.say(`The buildspec asks for ${runtimes.join(', ')}; the local cloud runs what this machine has`);
    }
    this.log.say(`Moving to directory ${this.source}`);
  }

  private async commands(name: PhaseName): Promise<void> {
    const { commands = [], finally: last = [] } = this.spec.phases[name] ?? {};
    this.log.say(`Entering phase ${TYPE[name]}`);
    const problem = await this.each(commands);
    const late = await this.each(last);
    if (problem ?? late) throw problem ?? late!;
  }

  /** Runs commands up to the first that fails. @returns why it failed */
  private async each(commands: readonly string[]): Promise<PhaseFailure | undefined> {
    for (const command of commands) {
      if (this.ending) return undefined;
      const shown = command.trimEnd();
      this.log.say(`Running command ${shown}`);
      const code = await this.shell!.run(command, { CODEBUILD_BUILD_SUCCEEDING: this.failed ? '0' : '1' });
      if (this.ending || code === 0) continue;
      this.log.say(`Command did not exit successfully ${shown} exit status ${code}`);
      return new PhaseFailure(
        'COMMAND_EXECUTION_ERROR',
        `Error while executing command: ${shown}. Reason: exit status ${code}`,
      );
    }
    return undefined;
  }

  private async exported(): Promise<{ name: string; value: string }[]> {
    const values = await this.shell!.variables(this.spec.exported);
    return this.spec.exported.map((name) => ({ name, value: values[name] ?? '' }));
  }

  private async upload(): Promise<void> {
    const { build, plan, spec } = this;
    // A pipeline's action without an output gives no place for one.
    const { type, location } = plan.artifacts;
    if (type === 'S3' || (type === 'CODEPIPELINE' && location)) {
      if (!spec.artifacts) throw new PhaseFailure('CLIENT_ERROR', 'no artifacts are defined in the buildspec');
      build.artifacts = await this.handOn(plan.artifacts, spec.artifacts);
    }
  }

  private handOn(target: ProjectArtifacts, files: ArtifactSpec): Promise<BuildArtifacts> {
    const places = { root: this.root, source: this.source };
    return uploadArtifacts(this.role, this.build, target, files, places, this.log.say);
  }

  /** Does a phase and records it. @returns whether it succeeded */
  private async phase(phaseType: BuildPhaseType, work: () => Promise<void>): Promise<boolean> {
    const { build } = this;
    const startTime = new Date();
    build.currentPhase = phaseType;
    const place = build.phases!.push({ phaseType, startTime }) - 1;
    let problem: PhaseFailure | undefined;
    try {
      await work();
    } catch (error) {
      problem =
        error instanceof PhaseFailure ? error : new PhaseFailure('CLIENT_ERROR', String((error as Error).message));
    }
    if (this.ending && phaseType !== 'FINALIZING') {
      problem = new PhaseFailure(
        this.ending,
        this.ending === 'TIMED_OUT' ? 'Build has timed out.' : 'Build was stopped.',
      );
    }
    const phaseStatus: StatusType = !problem
      ? 'SUCCEEDED'
      : phaseType !== 'FINALIZING' && this.ending
        ? this.ending
        : 'FAILED';
    const context = { statusCode: problem?.statusCode ?? '', message: this.log.hidden(problem?.message ?? '') };
    const endTime = new Date();
    const durationInSeconds = Math.round((endTime.getTime() - startTime.getTime()) / 1000);
    build.phases![place] = { phaseType, phaseStatus, startTime, endTime, durationInSeconds, contexts: [context] };
    if (problem) this.failed = true;
    if (phaseType !== 'FINALIZING' && phaseType !== 'PROVISIONING') {
      this.log.say(`Phase complete: ${phaseType} State: ${phaseStatus}`);
      this.log.say(`Phase context status code: ${context.statusCode} Message: ${context.message}`);
    }
    return !problem;
  }
}
