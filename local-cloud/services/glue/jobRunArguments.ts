/** The arguments of a job run: merged, checked, and told apart into what the engine needs and what the script gets. */
import type { Job } from '@aws-sdk/client-glue';
import { ServiceError } from '../service';

type Arguments = Readonly<Record<string, string>>;

/** Arguments for which Glue would install or load what this engine does not have. */
const NOT_HERE: Readonly<Record<string, string>> = {
  '--additional-python-modules': 'it installs no packages',
  '--python-modules-installer-option': 'it installs no packages',
  '--extra-jars': 'it loads no further jars',
  '--datalake-formats': 'it has no Iceberg, Hudi or Delta Lake',
};

/** Group and stream names: https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html */
const LOG_PREFIX = /^[^:*]{1,400}$/;

export interface RunArguments {
  /** All arguments, run over default, and the non-overridable over all. */
  readonly merged: Arguments;
  /** What the script finds in sys.argv after its own name. */
  readonly argv: readonly string[];
  /** Spark settings given by `--conf`. */
  readonly conf: Arguments;
  readonly extraPyFiles: readonly string[];
  readonly extraFiles: readonly string[];
  readonly outputGroup: string;
  readonly errorGroup: string;
  readonly stream: string;
}

/**
 * Merges the arguments of a job and a run.
 *
 * @throws ServiceError InvalidInputException for an argument that is no string, or that asks for what is not here
 */
export function runArguments(job: Job, given: Record<string, string> | undefined, runId: string): RunArguments {
  const merged: Record<string, string> = { ...job.DefaultArguments, ...given, ...job.NonOverridableArguments };
  for (const [name, value] of Object.entries(merged)) {
    if (typeof value !== 'string') throw invalid(`The value of the argument ${name} must be a string.`);
    const lack = NOT_HERE[name];
    if (lack && value.trim() !== '')
      throw invalid(`The local cloud cannot serve the argument ${name} ${value}: ${lack}.`);
  }
  if ((merged['--job-language'] ?? 'python') !== 'python') {
    throw invalid(`The local cloud runs Python scripts only, not --job-language ${merged['--job-language']}.`);
  }
  const group = (merged['--custom-logGroup-prefix'] ?? '/aws-glue/jobs').replace(/\/$/, '');
  const stream = merged['--custom-logStream-prefix'] ?? runId;
  for (const prefix of [group, stream]) {
    if (!LOG_PREFIX.test(prefix)) throw invalid(`${JSON.stringify(prefix)} cannot be a log group or stream prefix.`);
  }
  return {
    merged,
    argv: [
      ...['--JOB_NAME', job.Name ?? '', '--JOB_RUN_ID', runId],
      ...Object.entries(merged).flatMap(([name, value]) => (name === '--JOB_NAME' ? [] : [name, value])),
    ],
    conf: sparkConf(merged['--conf']),
    extraPyFiles: list(merged['--extra-py-files']),
    extraFiles: list(merged['--extra-files']),
    outputGroup: `${group}/output`,
    errorGroup: `${group}/error`,
    stream: `${stream}-driver`,
  };
}

function list(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part.length > 0);
}

/** `spark.a=1 --conf spark.b=2`, as one argument value holds several settings. */
function sparkConf(value: string | undefined): Record<string, string> {
  const conf: Record<string, string> = {};
  for (const part of (value ?? '').split(/\s+--conf\s+/)) {
    if (part.trim() === '') continue;
    const found = /^\s*(?:--conf\s+)?(spark\.[\w.-]+)=(.*)$/s.exec(part);
    if (!found) throw invalid(`--conf takes settings like spark.sql.ansi.enabled=true, not ${part.trim()}.`);
    conf[found[1]!] = found[2]!.trim();
  }
  return conf;
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}
