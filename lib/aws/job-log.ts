/** What a SageMaker job said last, for the reasons that SageMaker does not give. */
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LabRun } from '../course/run';

/** Groups that the jobs of an account share. @see https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html */
const GROUPS = { training: '/aws/sagemaker/TrainingJobs', processing: '/aws/sagemaker/ProcessingJobs' } as const;

export interface LoggedJob {
  readonly by: keyof typeof GROUPS;
  readonly name: string;
}

/** Shows a job's log. `aws logs tail` would be shorter; version 1 of the AWS CLI lacks it. */
export function logCommand({ by, name }: LoggedJob): string {
  return `aws logs filter-log-events --log-group-name ${GROUPS[by]} --log-stream-name-prefix ${name}/ --query 'events[].[message]' --output text`;
}

/** Shows what a log group got within the last hours, for both versions of the AWS CLI. */
export function groupLogCommand(group: string, hours = 1): string {
  return `aws logs filter-log-events --log-group-name ${group} --start-time $(($(date +%s) - ${hours * 3600}))000 --query 'events[].[message]' --output text`;
}

/** Shows what the model of an endpoint said, in the same way. */
export function endpointLogCommand(endpoint: string, hours = 1): string {
  return groupLogCommand(`/aws/sagemaker/Endpoints/${endpoint}`, hours);
}

/** Reasons that say that a script failed, and nothing of why. */
const SILENT = /ExecuteUserScriptError|See job logs/;
/** Said by the container after the script's end. */
const CONTAINER = /ExecuteUserScriptError|Reporting training FAILURE/;
const LONGEST = 600;
const LONGEST_REASON = 120;

/**
 * SageMaker's reason of a failure; with the last line of the job's log before it, where SageMaker names the command alone.
 * The XGBoost image does that of every script that fails.
 *
 * @see https://github.com/aws/amazon-sagemaker-examples/issues/1705
 */
export async function reasonWithWords(run: LabRun, job: LoggedJob, reason?: string): Promise<string | undefined> {
  if (reason === undefined || !SILENT.test(reason)) return reason;
  const words = await lastWords(run, job);
  if (words === undefined) return reason;
  const short = reason.replace(/\s+/g, ' ').trim();
  const told = short.length > LONGEST_REASON ? `${short.slice(0, LONGEST_REASON)}…` : short;
  return `${words} (the last line of its log; SageMaker says no more than: ${told})`;
}

/** The last line that the script of a job wrote; undefined when there is none, or the log cannot be read. */
async function lastWords(run: LabRun, { by, name }: LoggedJob): Promise<string | undefined> {
  const logGroupName = GROUPS[by];
  try {
    const { logStreams = [] } = await run.clients.logs.send(
      new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${name}/` }),
    );
    // In order of their names, which end in a time: a job that spot capacity was taken from has several.
    const logStreamName = logStreams.at(-1)?.logStreamName;
    if (logStreamName === undefined) return undefined;
    const { events = [] } = await run.clients.logs.send(
      new GetLogEventsCommand({ logGroupName, logStreamName, limit: 100, startFromHead: false }),
    );
    const lines = events.flatMap(({ message = '' }) => message.split('\n')).map((line) => line.trim());
    const said = lines.slice(0, endOf(lines)).filter((line) => line !== '');
    return said.at(-1)?.slice(0, LONGEST);
  } catch {
    // To know the words is a help, no more: that the log cannot be read is no failure.
    return undefined;
  }
}

function endOf(lines: readonly string[]): number {
  const at = lines.findIndex((line) => CONTAINER.test(line));
  return at < 0 ? lines.length : at;
}
