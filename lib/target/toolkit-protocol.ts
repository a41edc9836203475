/** What lib/target/toolkit.ts and its worker tell each other. */

interface JobBase {
  readonly account: string;
  readonly region: string;
  readonly profile?: string;
}

export interface BootstrapJob extends JobBase {
  readonly kind: 'bootstrap';
}

export interface DeployJob extends JobBase {
  readonly kind: 'deploy';
  /** Folder of the cloud assembly. */
  readonly folder: string;
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Through a change set, as the CDK CLI does; directly is quicker and ends in the same stack. */
  readonly changeSet: boolean;
  /** Time between two questions about the stack's events, in ms. */
  readonly pollMs: number;
}

export type Job = BootstrapJob | DeployJob;

export type Answer =
  | { readonly kind: 'progress'; readonly stage: string; readonly detail: string }
  | { readonly kind: 'question'; readonly text: string }
  | { readonly kind: 'done'; readonly outputs: Record<string, string> }
  | {
      readonly kind: 'failed';
      readonly name: string;
      /** The toolkit's own sort of error: `bootstrap`, `authentication`, `deployment` ... */
      readonly type?: string;
      readonly message: string;
      /** The first resource that failed, and why, as CloudFormation said. */
      readonly reason?: string;
      readonly stack?: string;
    };
