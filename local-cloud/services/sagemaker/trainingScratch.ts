/**
 * The folder that stands for /opt/ml, and the environment variables that tell a script of it.
 *
 * https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
 * https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import { JobFailure } from './errors';

/** Hyperparameters that are for the container, not for the script. */
const FOR_CONTAINER = /^(sagemaker_|_tuning_objective_metric$)/;

type Decoded = string | number | boolean | null | object;

/** The SDK for Python writes each value as JSON; others write it plainly. */
function decode(value: string): Decoded {
  try {
    return JSON.parse(value) as Decoded;
  } catch {
    return value;
  }
}

/** As a script sees it on its command line. */
function argument(raw: string): string {
  const value = decode(raw);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value === null ? '' : raw;
}

/** What script mode is told through hyperparameters. */
export interface ScriptMode {
  /** Path of the script in the archive. */
  readonly program: string;
  /** S3 URI of the archive. */
  readonly archive: string;
  /** The command line: `--name value`, sorted by name. */
  readonly argv: readonly string[];
  readonly own: Readonly<Record<string, Decoded>>;
  readonly ownRaw: Readonly<Record<string, string>>;
}

/** @throws JobFailure without script mode's hyperparameters */
export function scriptMode(given: Readonly<Record<string, string>>): ScriptMode {
  const text = (name: string): string => String(decode(given[name] ?? '""'));
  const program = text('sagemaker_program');
  const archive = text('sagemaker_submit_directory');
  if (!program || !archive) {
    throw new JobFailure(
      'ClientError: The local cloud runs scripts only: set the hyperparameters sagemaker_program and ' +
        'sagemaker_submit_directory, or AlgorithmSpecification.ContainerEntrypoint.',
    );
  }
  if (!archive.startsWith('s3://')) {
    throw new JobFailure(`ClientError: sagemaker_submit_directory must be an S3 URI of a tar.gz, not ${archive}`);
  }
  const ownRaw = Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => !FOR_CONTAINER.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const argv = Object.entries(ownRaw).flatMap(([name, raw]) => [
    name.length === 1 ? `-${name}` : `--${name}`,
    argument(raw),
  ]);
  const own = Object.fromEntries(Object.entries(ownRaw).map(([name, raw]) => [name, decode(raw)]));
  return { program, archive, argv, own, ownRaw };
}

const HOST = 'algo-1';

/** Paths below /opt/ml of one job. */
export class TrainingScratch {
  readonly ml: string;

  constructor(
    /** What stands before /opt/ml here. */
    readonly root: string,
  ) {
    this.ml = join(root, 'opt', 'ml');
  }

  get model(): string {
    return join(this.ml, 'model');
  }
  get output(): string {
    return join(this.ml, 'output');
  }
  get code(): string {
    return join(this.ml, 'code');
  }
  get failure(): string {
    return join(this.output, 'failure');
  }
  channel(name: string): string {
    return join(this.ml, 'input', 'data', name);
  }

  /** Makes the folders and the files in input/config. */
  async prepare(job: DescribeTrainingJobResponse): Promise<void> {
    const config = join(this.ml, 'input', 'config');
    const folders = [config, this.model, join(this.output, 'data'), join(this.output, 'intermediate'), this.code];
    for (const folder of folders) await mkdir(folder, { recursive: true });
    await writeFile(join(config, 'hyperparameters.json'), JSON.stringify(job.HyperParameters ?? {}));
    await writeFile(join(config, 'inputdataconfig.json'), JSON.stringify(channels(job)));
    await writeFile(join(config, 'resourceconfig.json'), JSON.stringify(resources(job)));
  }

  /** The variables of script mode. */
  environment(
    job: DescribeTrainingJobResponse,
    mode: ScriptMode,
    repository: string,
    cpus: number,
  ): Record<string, string> {
    const framework =
      repository === 'sagemaker-xgboost' ? 'sagemaker_xgboost_container' : 'sagemaker_sklearn_container';
    const names = (job.InputDataConfig ?? []).map(({ ChannelName }) => ChannelName!);
    const upper = (name: string): string => name.toUpperCase().replaceAll('-', '_');
    return {
      SM_PREFIX: this.root,
      TRAINING_JOB_NAME: job.TrainingJobName!,
      TRAINING_JOB_ARN: job.TrainingJobArn!,
      SM_HOSTS: JSON.stringify([HOST]),
      SM_CURRENT_HOST: HOST,
      SM_NETWORK_INTERFACE_NAME: 'eth0',
      SM_CURRENT_INSTANCE_TYPE: job.ResourceConfig!.InstanceType!,
      SM_NUM_CPUS: String(cpus),
      SM_NUM_GPUS: '0',
      SM_LOG_LEVEL: '20',
      SM_USER_ENTRY_POINT: mode.program,
      SM_MODULE_NAME: mode.program.replace(/\.py$/, ''),
      SM_MODULE_DIR: mode.archive,
      SM_FRAMEWORK_MODULE: `${framework}.training:main`,
      SM_FRAMEWORK_PARAMS: '{}',
      SM_HPS: JSON.stringify(mode.own),
      SM_USER_ARGS: JSON.stringify(mode.argv),
      SM_RESOURCE_CONFIG: JSON.stringify(resources(job)),
      SM_INPUT_DATA_CONFIG: JSON.stringify(channels(job)),
      SM_CHANNELS: JSON.stringify(names),
      SM_INPUT_DIR: join(this.ml, 'input'),
      SM_INPUT_CONFIG_DIR: join(this.ml, 'input', 'config'),
      SM_MODEL_DIR: this.model,
      SM_OUTPUT_DIR: this.output,
      SM_OUTPUT_DATA_DIR: join(this.output, 'data'),
      SM_OUTPUT_INTERMEDIATE_DIR: join(this.output, 'intermediate'),
      ...Object.fromEntries(names.map((name) => [`SM_CHANNEL_${upper(name)}`, this.channel(name)])),
      ...Object.fromEntries(Object.entries(mode.ownRaw).map(([name, raw]) => [`SM_HP_${upper(name)}`, argument(raw)])),
    };
  }
}

function channels(job: DescribeTrainingJobResponse): Record<string, object> {
  return Object.fromEntries(
    (job.InputDataConfig ?? []).map(({ ChannelName, ContentType }) => [
      ChannelName!,
      {
        TrainingInputMode: 'File',
        S3DistributionType: 'FullyReplicated',
        RecordWrapperType: 'None',
        ...(ContentType && { ContentType }),
      },
    ]),
  );
}

function resources(job: DescribeTrainingJobResponse): object {
  return {
    current_host: HOST,
    current_instance_type: job.ResourceConfig!.InstanceType,
    hosts: [HOST],
    network_interface_name: 'eth0',
  };
}
