/**
 * Which labs there are, each loaded only when it is used: a check, a sweep or a Lambda never loads aws-cdk-lib,
 * and synthesis never loads the AWS SDK.
 */
import type { Construct } from 'constructs';
import { LAB_IDS, type LabId } from './names';
import type { Lab } from './model';

/** Makes a lab's stack in an app. */
export type StackMaker = (app: Construct, learner: string) => Construct;

export interface LabEntry {
  readonly id: LabId;
  lab(): Promise<Lab>;
  stack(): Promise<StackMaker>;
}

/* `require` inside a function is how a CommonJS project loads late with the types checked. */
/* eslint-disable @typescript-eslint/no-require-imports */
const ENTRIES: Readonly<Record<LabId, Omit<LabEntry, 'id'>>> = {
  'data-prep': {
    lab: async () => (require('../../labs/data-prep/lab') as typeof import('../../labs/data-prep/lab')).lab,
    stack: async () => (require('../../labs/data-prep/stack') as typeof import('../../labs/data-prep/stack')).makeStack,
  },
  training: {
    lab: async () => (require('../../labs/training/lab') as typeof import('../../labs/training/lab')).lab,
    stack: async () => (require('../../labs/training/stack') as typeof import('../../labs/training/stack')).makeStack,
  },
  deployment: {
    lab: async () => (require('../../labs/deployment/lab') as typeof import('../../labs/deployment/lab')).lab,
    stack: async () =>
      (require('../../labs/deployment/stack') as typeof import('../../labs/deployment/stack')).makeStack,
  },
  monitoring: {
    lab: async () => (require('../../labs/monitoring/lab') as typeof import('../../labs/monitoring/lab')).lab,
    stack: async () =>
      (require('../../labs/monitoring/stack') as typeof import('../../labs/monitoring/stack')).makeStack,
  },
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** All labs, in the order of the story. */
export const LABS: readonly LabEntry[] = LAB_IDS.map((id) => ({ id, ...ENTRIES[id] }));

/** A lab's entry, or undefined for a name that no lab has. */
export function labEntry(id: string): LabEntry | undefined {
  return LABS.find((entry) => entry.id === id);
}
