/** The running part that training and processing share: a container, its log stream, its time limit, and being stopped. */
import { RoleLogStream } from '../roleLogs';
import type { Principal } from '../service';
import type { Container, Exit } from './containers';

/** Lines reach CloudWatch about as often as on AWS. */
const FLUSH_MS = 2000;

export interface JobProcessOptions {
  /** Milliseconds of a second of a limit. @default 1000 */
  readonly secondMs?: number;
  /** Milliseconds by which log lines arrive late. @default 0 */
  readonly writeDelayMs?: number;
}

/** Where a container's lines go. */
export interface LogPlace {
  readonly group: string;
  readonly stream: string;
  /** What stands before the paths that the script has on AWS. */
  readonly hide: string;
  /** Lines before those of the container. */
  readonly first?: readonly string[];
}

/** Why a job ends before its script does. */
export type StopReason = 'Stopped' | 'MaxRuntimeExceeded';

/** SIGTERM, and 120 seconds later SIGKILL: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html */
const GRACE_SECONDS = 120;

export class JobProcess {
  private container: Container | undefined;
  private limit: NodeJS.Timeout | undefined;
  private grace: NodeJS.Timeout | undefined;
  private reason: StopReason | undefined;
  private readonly secondMs: number;
  private readonly writeDelayMs: number;

  constructor(
    options: JobProcessOptions,
    private readonly onStop: (reason: StopReason) => void,
  ) {
    this.secondMs = options.secondMs ?? 1000;
    this.writeDelayMs = options.writeDelayMs ?? 0;
  }

  /** Why it is to end, once it is. */
  get stopReason(): StopReason | undefined {
    return this.reason;
  }

  /** Starts the clock of MaxRuntimeInSeconds. */
  begin(maxRuntimeSeconds: number): void {
    // A longer timer than Node.js has would fire at once.
    const ms = Math.min(maxRuntimeSeconds * this.secondMs, 2 ** 31 - 1);
    this.limit = setTimeout(() => this.stop('MaxRuntimeExceeded'), ms);
  }

  /** Asks the script to end. Only the first reason counts. */
  stop(reason: StopReason): void {
    if (this.reason) return;
    this.reason = reason;
    this.onStop(reason);
    this.terminate();
  }

  /** Ends it at once. */
  kill(): void {
    this.reason ??= 'Stopped';
    this.container?.signal('SIGKILL');
  }

  /** Follows a container to its end, and writes its lines to a log stream with the role. */
  async follow(
    role: Principal,
    log: LogPlace,
    start: (line: (text: string) => void) => Container,
    onLine: (line: string) => void = () => undefined,
  ): Promise<Exit> {
    const stream = new RoleLogStream(role.logs, log.group, log.stream, this.writeDelayMs);
    const take = (text: string): void => {
      const line = text.replaceAll(log.hide, '');
      stream.add(line);
      onLine(line);
    };
    log.first?.forEach(take);
    this.container = start(take);
    if (this.reason) this.terminate();
    const timer = setInterval(() => void stream.flush(), FLUSH_MS);
    try {
      return await this.container.exit;
    } finally {
      clearInterval(timer);
      clearTimeout(this.grace);
      this.container = undefined;
      await stream.flush();
    }
  }

  /** Stops the clock. */
  finish(): void {
    clearTimeout(this.limit);
    clearTimeout(this.grace);
  }

  private terminate(): void {
    const { container } = this;
    if (!container) return;
    container.signal('SIGTERM');
    this.grace = setTimeout(() => container.signal('SIGKILL'), GRACE_SECONDS * this.secondMs);
  }
}

/** The exit code as a container runtime gives it: 128 and the signal's number where a signal ended it. */
export function exitCode({ code, signal }: Exit): number {
  if (code !== null) return code;
  const numbers: Readonly<Record<string, number>> = {
    SIGKILL: 9,
    SIGTERM: 15,
    SIGSEGV: 11,
    SIGABRT: 6,
    SIGINT: 2,
    SIGBUS: 7,
  };
  return 128 + (numbers[signal ?? ''] ?? 0);
}
