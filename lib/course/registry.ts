/**
 * Which labs there are, each loaded only when it is used: a check, a sweep or a Lambda never loads aws-cdk-lib,
 * and synthesis never loads the AWS SDK. `labs/<id>/lab.ts` exports `lab`, `labs/<id>/stack.ts` exports `makeStack`,
 * `labs/<id>/faults/index.ts` exports `faults`, `labs/<id>/challenges/index.ts` exports `challenges`.
 */
import type { Construct } from 'constructs';
import type { Challenge } from './challenge';
import type { Fault } from './fault';
import { LAB_IDS, type LabId } from './names';
import type { Lab } from './model';

/** Makes a lab's stack in an app. */
export type StackMaker = (app: Construct, learner: string) => Construct;

export interface LabEntry {
  readonly id: LabId;
  lab(): Promise<Lab>;
  stack(): Promise<StackMaker>;
  /** What `./lab break` can put into it. */
  faults(): Promise<readonly Fault[]>;
  challenges(): Promise<readonly Challenge[]>;
}

/* `require` inside a function is how a CommonJS project loads late. */
/* eslint-disable @typescript-eslint/no-require-imports */
/** All labs, in the order of the story. */
export const LABS: readonly LabEntry[] = LAB_IDS.map((id) => ({
  id,
  lab: async () => (require(`../../labs/${id}/lab`) as { readonly lab: Lab }).lab,
  stack: async () => (require(`../../labs/${id}/stack`) as { readonly makeStack: StackMaker }).makeStack,
  faults: async () => (require(`../../labs/${id}/faults`) as { readonly faults: readonly Fault[] }).faults,
  challenges: async () =>
    (require(`../../labs/${id}/challenges`) as { readonly challenges: readonly Challenge[] }).challenges,
}));
/* eslint-enable @typescript-eslint/no-require-imports */

/** A lab's entry, or undefined for a name that no lab has. */
export function labEntry(id: string): LabEntry | undefined {
  return LABS.find((entry) => entry.id === id);
}
