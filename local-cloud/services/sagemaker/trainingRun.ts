/** One training, from its data to its model: every read and write is a request of the job's role. */
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescribeTrainingJobResponse, SecondaryStatus } from '@aws-sdk/client-sagemaker';
import type { Cloud, Principal } from '../service';
import { inheritedEnv, type Containers } from './containers';
import { JobFailure } from './errors';
import { pullImage } from './images';
import { exitCode, JobProcess, type JobProcessOptions, type StopReason } from './jobProcess';
import { s3Uri } from './names';
import { assumeForSageMaker } from './role';
import { downloadObject, downloadPrefix, uploadFile } from './storage';
import { scriptMode, TrainingScratch, type ScriptMode } from './trainingScratch';

const GROUP = '/aws/sagemaker/TrainingJobs';

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
      const mode = scriptMode(job.HyperParameters ?? {});
      this.process.begin(job.StoppingCondition!.MaxRuntimeInSeconds!);
      this.stage('Downloading', 'Downloading the training image');
      const archive = await this.download(role, mode);
      if (!this.stopReason) {
        this.stage('Training', 'Training image download completed. Training in progress.');
        await this.train(role, mode, image.repository, archive);
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

  private async download(role: Principal, mode: ScriptMode): Promise<string> {
    const { job, scratch } = this;
    await scratch.prepare(job);
    const archive = join(scratch.root, 'sourcedir.tar.gz');
    const names = { region: this.cloud.region, roleArn: job.RoleArn! };
    await Promise.all([
      downloadObject(role, mode.archive, archive),
      ...(job.InputDataConfig ?? []).map((channel) =>
        downloadPrefix(role, channel.DataSource!.S3DataSource!.S3Uri!, scratch.channel(channel.ChannelName!), names),
      ),
    ]);
    return archive;
  }

  private async train(role: Principal, mode: ScriptMode, repository: string, archive: string): Promise<void> {
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
    const log = {
      group: GROUP,
      stream: `${job.TrainingJobName}/algo-1-${Math.floor(Date.now() / 1000)}`,
      hide: scratch.root,
      first: [`Invoking user script: python3 -m ${mode.program.replace(/\.py$/, '')} ${mode.argv.join(' ')}`.trimEnd()],
    };
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
            source: archive,
          },
          line,
          job.Environment,
        ),
      (line) => this.hooks.line(line),
    );
    if (!this.stopReason && exitCode(exit) !== 0) {
      await this.uploadOutput(role);
      throw new JobFailure(await this.failure());
    }
  }

  /** `AlgorithmError: ` and what the container wrote to /opt/ml/output/failure; it ends with 1, whatever its script did. */
  private async failure(): Promise<string> {
    const text = await readFile(this.scratch.failure, 'utf8').catch(() => '');
    const said = text.replaceAll(this.scratch.root, '').trim();
    return `AlgorithmError: ${said.slice(0, 960)}, exit code: 1`;
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
