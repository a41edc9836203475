/** The one thing that knows where a lab runs; commands see only this. Types only: importing it loads nothing. */
import type { TargetName } from '../course/run';
import type { Clients } from './clients';
import type { Clock } from './clock';
import type { RequestRecorder } from './recorder';

/** What the learner of a local cloud may do. */
export type LearnerRights = 'administrator' | 'policy';

export interface TargetOptions {
  /** AWS profile; the local target refuses one. @default the SDK's own chain */
  readonly profile?: string;
  /** @default what the profile or AWS_REGION says; the local target has one of its own */
  readonly region?: string;
  /**
   * Local target: `true` uses the cloud that is kept for a learner and leaves it running; `false` makes a private one
   * that `close` ends. The aws target takes no notice.
   * @default true
   */
  readonly keep?: boolean;
  /**
   * Local target: faces of an account, and of AWS on a bad day, that a cloud started now shows: `training-quota-0`.
   * @default those that LAB_LOCAL_FACES names, separated by commas
   */
  readonly faces?: readonly string[];
  /**
   * Local target: what the learner of a cloud started now may do: everything, or what docs/permissions allows and no more.
   * @default what LAB_LOCAL_LEARNER says, otherwise `administrator`
   */
  readonly learner?: LearnerRights;
  /** One line about what is happening now: installing, starting. */
  progress(message: string): void;
}

/** A request that IAM refused. */
export interface Denied {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

/** A request, or an answer to one, that breaks AWS's own model of the operation. */
export interface Invalid {
  /** Who sent the request, and by what program. */
  readonly principal: string;
  readonly client: string;
  readonly side: 'request' | 'answer';
  readonly operation: string;
  /** Where in the input or output; empty for the whole. */
  readonly member: string;
  readonly problem: string;
}

export interface Target {
  readonly name: TargetName;
  readonly account: string;
  readonly region: string;
  readonly clients: Clients;
  /** Clients of an administrator, for what one does before a learner comes. @default - who has `clients` does it */
  readonly administrator?: Clients;
  /** Clients of the same account in another Region, which give up within seconds; absent where there is one Region only. */
  clientsIn?(region: string): Clients;
  /** Region that the environment or the profile names, where the command named another. */
  readonly home?: string;
  readonly recorder: RequestRecorder;
  readonly clock: Clock;
  /**
   * What a shell, the AWS CLI or the CDK needs to talk to this target and to no other: on `local` AWS_ENDPOINT_URL,
   * AWS_ACCESS_KEY_ID, AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS and so on; on `aws` only Region and profile.
   */
  shellEnv(): Record<string, string>;
  /** What IAM refused since the target was opened; always empty on `aws`, where only CloudTrail knows. */
  denied(): Promise<readonly Denied[]>;
  /** What broke AWS's own models since the target was opened; always empty on `aws`, which refuses it. */
  invalid(): Promise<readonly Invalid[]>;
  /** Everything that exists, asked from the emulator's own stores and not through our kinds; empty on `aws`. */
  inventory(): Promise<readonly string[]>;
  /**
   * Runs every schedule that becomes due within so many seconds, each as if it were its time, and waits for what they
   * start; metrics grow older meanwhile, while the clock and dates of what stands stay. Undefined where time cannot be made to pass.
   *
   * @returns what ran, in its order
   * @throws Error when a schedule's target refuses
   */
  readonly passTime?: (seconds: number) => Promise<readonly string[]>;
  /** Lets go of it: closes sockets, and ends a private local cloud. */
  close(): Promise<void>;
  /** Ends a kept local cloud as well. On `aws` the same as `close`. */
  stop(): Promise<void>;
}

/** `openTarget` of lib/target/index.ts. */
export type OpenTarget = (name: TargetName, options: TargetOptions) => Promise<Target>;
