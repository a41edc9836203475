/** The log of one build, in CodeBuild's form, written as the service role. */
import { CreateLogGroupCommand, CreateLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Build, Project } from '@aws-sdk/client-codebuild';
import { RoleLogStream } from '../roleLogs';
import type { Principal } from '../service';
import { PhaseFailure } from './errors';

const FLUSH_MS = 1000;

/** Where the log of a build is: the project's own group, or the one of its name. */
export function logsOf(project: Project, id: string, region: string, account: string): Build['logs'] {
  const { status, groupName, streamName } = project.logsConfig?.cloudWatchLogs ?? {};
  const s3Logs = { status: 'DISABLED', encryptionDisabled: false } as const;
  if (status === 'DISABLED') return { cloudWatchLogs: { status }, s3Logs };
  const group = groupName ?? `/aws/codebuild/${project.name}`;
  const own = id.split(':').pop()!;
  const stream = streamName ? `${streamName}/${own}` : own;
  return {
    groupName: group,
    streamName: stream,
    deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encodeURIComponent(group)}/log-events/${encodeURIComponent(stream)}`,
    cloudWatchLogsArn: `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:${stream}`,
    cloudWatchLogs: { status: 'ENABLED', ...(groupName && { groupName }), ...(streamName && { streamName }) },
    s3Logs,
  };
}

export class BuildLog {
  private stream: RoleLogStream | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly build: Build,
    /** A path that the log does not show: the root of the build stands for `/`. */
    private readonly hide: string,
  ) {}

  /** Makes the stream. @throws PhaseFailure when the role may not: such a build does not start */
  async open(role: Principal): Promise<void> {
    const { groupName, streamName } = this.build.logs ?? {};
    if (!groupName || !streamName) return;
    try {
      await makeStream(role, groupName, streamName);
    } catch (error) {
      throw new PhaseFailure(
        'ACCESS_DENIED',
        `Service role ${this.build.serviceRole} does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams ` +
          `for build ${this.build.arn}. Error message: ${(error as Error).message}`,
      );
    }
    this.stream = new RoleLogStream(role.logs, groupName, streamName);
    this.timer = setInterval(() => void this.stream?.flush(), FLUSH_MS);
    this.timer.unref();
  }

  /** A line that a command wrote. */
  readonly line = (text: string): void => {
    this.stream?.add(`${this.hidden(text)}\n`);
  };

  /** A line of CodeBuild itself. */
  readonly say = (text: string): void => {
    const now = new Date().toISOString();
    this.line(`[Container] ${now.slice(0, 10).replaceAll('-', '/')} ${now.slice(11, 23)} ${text}`);
  };

  hidden(text: string): string {
    return text.replaceAll(this.hide, '');
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.stream?.flush();
  }
}

async function makeStream(role: Principal, logGroupName: string, logStreamName: string): Promise<void> {
  const stream = new CreateLogStreamCommand({ logGroupName, logStreamName });
  try {
    await role.logs.send(stream);
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    await role.logs.send(new CreateLogGroupCommand({ logGroupName })).catch((problem: Error) => {
      if (problem.name !== 'ResourceAlreadyExistsException') throw problem;
    });
    await role.logs.send(stream);
  }
}
