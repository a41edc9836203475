/** What commands ask of deployments. Types only: importing it loads nothing. */
import type { LabId } from '../course/names';
import type { Target } from './target';

/** The part of a synthesized template that `up` shows. */
export interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string }>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string | number }>>;
}

/** A synthesized lab, in a folder of its own. */
export interface Assembly {
  readonly stackName: string;
  readonly folder: string;
  readonly template: Template;
  /** Removes the folder. */
  dispose(): void;
}

export interface SynthesisInput {
  readonly lab: LabId;
  readonly learner: string;
  /** Modes that the learner chose; the others have their defaults. */
  readonly modes: Readonly<Record<string, string>>;
}

/** One line about a deployment: the stage, and what is happening in it. */
export type Report = (stage: string, detail?: string) => void;

export interface Deployer {
  /** Synthesizes one lab. Needs no credentials and no network. @throws LabError with the app's own last words */
  synthesize(input: SynthesisInput): Promise<Assembly>;
  /** Whether the account's Region has what the CDK needs there. */
  isBootstrapped(target: Target): Promise<boolean>;
  bootstrap(target: Target, report: Report): Promise<void>;
  /** Begins to load what deployments need, while something else is still going on. */
  prepare(target: Target): void;
  /** Makes or updates the stack. @returns its outputs */
  deploy(
    target: Target,
    assembly: Assembly,
    parameters: Readonly<Record<string, string>>,
    report: Report,
  ): Promise<Record<string, string>>;
  /**
   * Deletes a stack, with the role that the CDK gave it, and waits for its end. It needs no template: what was deployed
   * by another version goes as well. A stack that does not exist counts as deleted.
   */
  remove(target: Target, stackName: string, report: Report): Promise<void>;
  /** Ends what it keeps running. */
  close(): Promise<void>;
}
