/** One training, from its data to its model: every read and write is a request of the job's role. */
import { readFile, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Channel, DescribeTrainingJobResponse, SecondaryStatus } from '@aws-sdk/client-sagemaker';
import type { Cloud, Principal } from '../service';
import { commandEnv, localizeFolder, startCommand } from './containerCommand';
import { inheritedEnv, type Containers } from './containers';
import { JobFailure } from './errors';
import { pullImage } from './images';
import { exitCode, JobProcess, type JobProcessOptions, type LogPlace, type StopReason } from './jobProcess';
import { s3Uri } from './names';
import { assumeForSageMaker } from './role';
import { downloadObject, downloadPrefix, uploadFile } from './storage';
import { scriptMode, TrainingScratch, type ScriptMode } from './trainingScratch';

const GROUP = '/aws/sagemaker/TrainingJobs';
/** Where the images have their Python, whose path a failed command is told with. */
const IMAGE_PROGRAMS = '/opt/venv/bin';
/** Channel of the scripts that ModelTrainer of the SDK for Python brings along; they have /opt/ml as it is. */
const SDK_DRIVERS = 'sm_drivers';

/** What a run tells while it goes on. */
export interface TrainingHooks {
  stage(status: SecondaryStatus, message: string): void;
  line(line: string): void;
}

export class TrainingRun {
  private readonly scratch: TrainingScratch;
  private readonly process: JobProcess;

  constructor(
    private readonly cloud: Cloud,
    private readonly containers: Containers,
    private readonly job: DescribeTrainingJobResponse,
    private readonly cpus: number,
    private readonly hooks: TrainingHooks,
    options: JobProcessOptions,
  ) {
    this.scratch = new TrainingScratch(join(cloud.folder, 'sagemaker', 'training', job.TrainingJobName!));
    this.process = new JobProcess(options, () => hooks.stage('Stopping', 'Stopping the training job'));
  }

  get stopReason(): StopReason | undefined {
    return this.process.stopReason;
  }

  stop(): void {
    this.process.stop('Stopped');
  }

  kill(): void {
    this.process.kill();
  }

  /**
   * Runs to the end. A run that was stopped ends without an error; what it had saved is uploaded all the same.
   *
   * @throws JobFailure with the FailureReason
   */
  async execute(): Promise<void> {
    const { job, scratch } = this;
    try {
      const role = await assumeForSageMaker(this.cloud, job.RoleArn!, 'SageMaker');
      const image = pullImage(job.AlgorithmSpecification!.TrainingImage!, this.cloud.region, job.RoleArn!);
      const mode = this.command ? undefined : scriptMode(job.HyperParameters ?? {});
      this.process.begin(job.StoppingCondition!.MaxRuntimeInSeconds!);
      this.stage('Downloading', 'Downloading the training image');
      await scratch.prepare(job);
      await Promise.all([
        ...(mode ? [downloadObject(role, mode.archive, this.archive)] : []),
        ...(job.InputDataConfig ?? []).map((channel) => this.downloadChannel(role, channel)),
      ]);
      if (!this.stopReason) {
        this.stage('Training', 'Training image download completed. Training in progress.');
        await (mode ? this.runScript(role, mode, image.repository) : this.runCommand(role, this.command!));
      }
      await this.upload(role);
    } finally {
      this.process.finish();
      await rm(scratch.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    }
  }

  private stage(status: SecondaryStatus, message: string): void {
    if (!this.stopReason) this.hooks.stage(status, message);
  }

  /** What the request gives in place of the image's entry point, which is script mode's. */
  private get command(): readonly string[] | undefined {
    const { ContainerEntrypoint = [], ContainerArguments = [] } = this.job.AlgorithmSpecification!;
    return ContainerEntrypoint.length > 0 ? [...ContainerEntrypoint, ...ContainerArguments] : undefined;
  }

  private get archive(): string {
    return join(this.scratch.root, 'sourcedir.tar.gz');
  }

  private async downloadChannel(role: Principal, { ChannelName, DataSource }: Channel): Promise<void> {
    const { scratch, cloud, job } = this;
    const folder = scratch.channel(ChannelName!);
    const names = { region: cloud.region, roleArn: job.RoleArn! };
    await downloadPrefix(role, DataSource!.S3DataSource!.S3Uri!, folder, names);
    if (this.command && ChannelName === SDK_DRIVERS) await localizeFolder(folder, scratch.root);
  }

  private log(first: readonly string[] = []): LogPlace {
    const { TrainingJobName } = this.job;
    const stream = `${TrainingJobName}/algo-1-${Math.floor(Date.now() / 1000)}`;
    return { group: GROUP, stream, hide: this.scratch.root, first };
  }

  /** Script mode's variables are its entry point's, so a command has none of them. */
  private async runCommand(role: Principal, command: readonly string[]): Promise<void> {
    const { job, scratch, cpus, cloud, containers } = this;
    const env = {
      ...commandEnv(cloud, scratch.root, cpus),
      ...role.env(),
      ...job.Environment,
      SM_PREFIX: scratch.root,
      TRAINING_JOB_NAME: job.TrainingJobName!,
      TRAINING_JOB_ARN: job.TrainingJobArn!,
    };
    const options = { cloud, containers, root: scratch.root, command, env, threads: cpus, custom: job.Environment };
    const exit = await this.process.follow(
      role,
      this.log(),
      (line) => startCommand(options, line),
      (line) => this.hooks.line(line),
    );
    await this.judge(role, exitCode(exit));
  }

  private async runScript(role: Principal, mode: ScriptMode, repository: string): Promise<void> {
    const { job, scratch, cpus } = this;
    const env = {
      ...inheritedEnv(),
      HOME: scratch.root,
      TMPDIR: scratch.root,
      TZ: 'UTC',
      ...role.env(),
      ...job.Environment,
      ...scratch.environment(job, mode, repository, cpus),
    };
    const log = this.log([
      `Invoking user script: python3 -m ${mode.program.replace(/\.py$/, '')} ${mode.argv.join(' ')}`.trimEnd(),
    ]);
    const exit = await this.process.follow(
      role,
      log,
      (line) =>
        this.containers.run(
          {
            kind: 'run',
            root: scratch.root,
            env,
            threads: cpus,
            argv: mode.argv,
            folder: scratch.code,
            module: mode.program,
            source: this.archive,
          },
          line,
          job.Environment,
        ),
      (line) => this.hooks.line(line),
    );
    // Script mode's entry point ends with 1, whatever its script did.
    await this.judge(role, exitCode(exit) === 0 ? 0 : 1);
  }

  /** @throws JobFailure with `AlgorithmError: ` and what the container wrote to /opt/ml/output/failure */
  private async judge(role: Principal, code: number): Promise<void> {
    if (this.stopReason || code === 0) return;
    await this.uploadOutput(role);
    const text = await readFile(this.scratch.failure, 'utf8').catch(() => '');
    const said = text.replaceAll(this.scratch.root, '').split(dirname(this.cloud.python)).join(IMAGE_PROGRAMS).trim();
    throw new JobFailure(`AlgorithmError: ${said.slice(0, 960)}, exit code: ${code}`);
  }

  private async upload(role: Principal): Promise<void> {
    this.stage('Uploading', 'Uploading generated training model');
    await this.uploadArchive(role, this.scratch.model, 'model.tar.gz');
    await this.uploadOutput(role);
  }

  private async uploadOutput(role: Principal): Promise<void> {
    await this.uploadArchive(role, join(this.scratch.output, 'data'), 'output.tar.gz');
  }

  /** Nothing is uploaded for an empty folder. */
  private async uploadArchive(role: Principal, folder: string, name: string): Promise<void> {
    const entries = await readdir(folder).catch(() => []);
    if (entries.length === 0) return;
    const archive = join(this.scratch.root, name);
    const said: string[] = [];
    const packing = this.containers.run(
      {
        kind: 'pack',
        root: this.scratch.root,
        env: { PATH: process.env.PATH ?? '' },
        threads: 1,
        pack: folder,
        into: archive,
      },
      (line) => said.push(line),
    );
    const exit = await packing.exit;
    if (exitCode(exit) !== 0) throw new Error(`${name} could not be written: ${said.at(-1) ?? exitCode(exit)}`);
    const { bucket, key } = s3Uri(this.job.OutputDataConfig!.S3OutputPath, 's3OutputPath');
    const prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
    await uploadFile(role, archive, bucket, `${prefix}${this.job.TrainingJobName}/output/${name}`);
  }
}
