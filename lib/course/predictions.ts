/** What a learner predicted before each step: kept in their work folder, so that it can be held against the answer later. */
import { readNotes, writeNotes } from './work-notes';

const FILE = '.predictions.json';

const isText = (value: unknown): value is string => typeof value === 'string';

/** Predictions by step, the last of each. */
export const readPredictions = (workDir: string): Readonly<Record<string, string>> => readNotes(workDir, FILE, isText);

/** Keeps a prediction, in place of an earlier one of the step. */
export function keepPrediction(workDir: string, step: string, text: string): void {
  writeNotes(workDir, FILE, { ...readPredictions(workDir), [step]: text });
}
