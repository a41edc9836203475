/** One processing job, from its inputs to its outputs: every read and write is a request of the job's role. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescribeProcessingJobResponse } from '@aws-sdk/client-sagemaker';
import type { Cloud, Principal } from '../service';
import { commandEnv, startCommand } from './containerCommand';
import type { Container, Containers, Line } from './containers';
import { JobFailure } from './errors';
import { isAnalyzer, pullImage } from './images';
import { cpusFor } from './instances';
import { exitCode, JobProcess, type JobProcessOptions, type StopReason } from './jobProcess';
import { assumeForSageMaker } from './role';
import { downloadPrefix, uploadFolder } from './storage';

const GROUP = '/aws/sagemaker/ProcessingJobs';
const MESSAGE_LIMIT = 1024;

export interface ProcessingHooks {
  started(): void;
  stopping(): void;
  /** Takes the metrics, a JSON document a line, that the analyzer hands to SageMaker. */
  metrics?(lines: string): Promise<void>;
}

export class ProcessingRun {
  private readonly root: string;
  private readonly process: JobProcess;
  private said: string | undefined;

  constructor(
    private readonly cloud: Cloud,
    private readonly containers: Containers,
    private readonly job: DescribeProcessingJobResponse,
    private readonly hooks: ProcessingHooks,
    options: JobProcessOptions,
  ) {
    this.root = join(cloud.folder, 'sagemaker', 'processing', job.ProcessingJobName!);
    this.process = new JobProcess(options, () => hooks.stopping());
  }

  /** Whether the image is Model Monitor's analyzer, which has an entry point of its own. */
  private get analyzes(): boolean {
    return isAnalyzer(this.job.AppSpecification!.ImageUri!, this.cloud.region);
  }

  get stopReason(): StopReason | undefined {
    return this.process.stopReason;
  }

  /** What the container wrote to /opt/ml/output/message. */
  get exitMessage(): string | undefined {
    return this.said;
  }

  stop(): void {
    this.process.stop('Stopped');
  }

  kill(): void {
    this.process.kill();
  }

  /**
   * Runs to the end. A run that was stopped ends without an error and uploads nothing.
   *
   * @throws JobFailure with the FailureReason
   */
  async execute(): Promise<void> {
    const { job } = this;
    try {
      const role = await assumeForSageMaker(this.cloud, job.RoleArn!, 'SageMaker');
      if (!this.analyzes) pullImage(job.AppSpecification!.ImageUri!, this.cloud.region, job.RoleArn!);
      this.process.begin(job.StoppingCondition!.MaxRuntimeInSeconds!);
      if (!this.stopReason) this.hooks.started();
      await this.prepare(role);
      if (this.stopReason) return;
      const code = await this.runContainer(role);
      this.said = (await this.read('message')).slice(0, MESSAGE_LIMIT) || undefined;
      if (this.stopReason) return;
      if (code !== 0) throw new JobFailure(await this.failure(code));
      await this.hooks.metrics?.(await this.read('metrics/cloudwatch/cloudwatch_metrics.jsonl'));
      await this.upload(role);
    } finally {
      this.process.finish();
      await rm(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    }
  }

  private async prepare(role: Principal): Promise<void> {
    const { job } = this;
    const config = this.local('/opt/ml/config');
    await mkdir(config, { recursive: true });
    await mkdir(this.local('/opt/ml/output'), { recursive: true });
    const hosts = { current_host: 'algo-1', hosts: ['algo-1'], network_interface_name: 'eth0' };
    await writeFile(join(config, 'resourceconfig.json'), JSON.stringify(hosts));
    await writeFile(join(config, 'processingjobconfig.json'), JSON.stringify(configOf(job)));
    for (const { S3Output } of job.ProcessingOutputConfig?.Outputs ?? []) {
      await mkdir(this.local(S3Output!.LocalPath!), { recursive: true });
    }
    const names = { region: this.cloud.region, roleArn: job.RoleArn! };
    await Promise.all(
      (job.ProcessingInputs ?? []).map(({ S3Input }) =>
        downloadPrefix(role, S3Input!.S3Uri!, this.local(S3Input!.LocalPath!), names),
      ),
    );
  }

  private async runContainer(role: Principal): Promise<number> {
    const { job } = this;
    const { ContainerEntrypoint = [], ContainerArguments = [] } = job.AppSpecification!;
    // The other images bring no entry point of their own that could do a processing job.
    if (ContainerEntrypoint.length === 0 && !this.analyzes)
      throw new JobFailure('ClientError: AppSpecification.ContainerEntrypoint is required for this image.');
    const command = [...ContainerEntrypoint, ...ContainerArguments];
    const cpus = cpusFor(job.ProcessingResources!.ClusterConfig!.InstanceType!);
    // SageMaker sets none: code that calls AWS is told its Region in the request, or boto3 knows of none.
    const { AWS_DEFAULT_REGION: _region, ...as } = role.env();
    const env = { ...commandEnv(this.cloud, this.root, cpus), ...as, ...job.Environment, SM_PREFIX: this.root };
    const log = {
      group: GROUP,
      stream: `${job.ProcessingJobName}/algo-1-${Math.floor(Date.now() / 1000)}`,
      hide: this.root,
    };
    return exitCode(await this.process.follow(role, log, (line) => this.start(command, env, cpus, line)));
  }

  private start(command: readonly string[], env: Record<string, string>, threads: number, line: Line): Container {
    const { cloud, containers, root } = this;
    if (command.length === 0) {
      const analyzer = join(cloud.engines, 'sagemaker', 'analyzer.py');
      return containers.runCommand([cloud.python, analyzer], env, root, line);
    }
    return startCommand({ cloud, containers, root, command, env, threads, custom: this.job.Environment }, line);
  }

  private async failure(code: number): Promise<string> {
    const text = await this.read('failure');
    return text
      ? `AlgorithmError: ${text.slice(0, 960)}, exit code: ${code}`
      : `AlgorithmError: See job logs for more information, exit code: ${code}`;
  }

  private async read(name: string): Promise<string> {
    const text = await readFile(this.local(`/opt/ml/output/${name}`), 'utf8').catch(() => '');
    return text.replaceAll(this.root, '').trim();
  }

  private async upload(role: Principal): Promise<void> {
    for (const { S3Output } of this.job.ProcessingOutputConfig?.Outputs ?? []) {
      await uploadFolder(role, this.local(S3Output!.LocalPath!), S3Output!.S3Uri!);
    }
  }

  /** Where a path of the container is here. */
  private local(path: string): string {
    return join(this.root, path);
  }
}

function configOf(job: DescribeProcessingJobResponse): object {
  const {
    ProcessingJobArn,
    ProcessingJobName,
    Environment,
    AppSpecification,
    ProcessingInputs,
    ProcessingOutputConfig,
  } = job;
  const { ProcessingResources, RoleArn, StoppingCondition } = job;
  return {
    ProcessingJobArn,
    ProcessingJobName,
    Environment,
    AppSpecification,
    ProcessingInputs,
    ProcessingOutputConfig,
    ProcessingResources,
    RoleArn,
    StoppingCondition,
  };
}
