/** The learner's file of an exercise: made from its template, read, saved, put back. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Exit, LabError } from './errors';
import type { Exercise, Lab } from './model';

/** What an exercise's file holds. */
export interface ExerciseText {
  readonly text: string;
  /** Changes with the file; undefined while there is none, and the text is the template's. */
  readonly version: string | undefined;
}

/** Longest text that is saved, in characters: answers have a page at most. */
export const LONGEST = 100_000;

const versionOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A file of the lab's own folder. @throws LabError where it is missing */
export function shippedText(lab: Lab, path: string): string {
  return readFileSync(shipped(lab, path), 'utf8');
}

function shipped(lab: Lab, path: string): string {
  const source = join(lab.folder, path);
  if (existsSync(source)) return source;
  throw new LabError(`The file ${source} is missing.`, {
    why: 'This clone is not whole.',
    next: `git checkout -- ${source}`,
  });
}

/** Copies an exercise's text into a work folder. @returns whether it was copied: a file that is there stays as it is */
export function placeExercise(lab: Lab, from: string, exercise: Exercise, workDir: string): boolean {
  const file = join(workDir, exercise.file);
  if (existsSync(file)) return false;
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(shipped(lab, from), file);
  return true;
}

/** The learner's text, or the template where there is none yet. @throws LabError where something else lies in its place */
export function readExercise(lab: Lab, exercise: Exercise, workDir: string): ExerciseText {
  const file = join(workDir, exercise.file);
  const entry = lstatSync(file, { throwIfNoEntry: false });
  if (entry === undefined) return { text: shippedText(lab, exercise.template), version: undefined };
  if (!entry.isFile())
    throw new LabError(`${file} is no file.`, {
      why: 'The answer of an exercise is a file of its own, and no link.',
      next: `mv ${file} ${file}.old`,
      exit: Exit.Refused,
    });
  const text = readFileSync(file, 'utf8');
  return { text, version: versionOf(text) };
}

/**
 * Saves the learner's text.
 *
 * @param seen the version that it was made from
 * @returns undefined where the file is another one by now: nothing was saved
 */
export function saveExercise(
  lab: Lab,
  exercise: Exercise,
  workDir: string,
  text: string,
  seen: string | undefined,
): ExerciseText | undefined {
  const now = readExercise(lab, exercise, workDir);
  // A step that makes the file of its template changes nothing of what was seen.
  const same = now.version === seen || (seen === undefined && now.text === shippedText(lab, exercise.template));
  if (!same) return undefined;
  const file = join(workDir, exercise.file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return { text, version: versionOf(text) };
}

/** Whether the learner wrote something: there is a file, and it is another text than the template. */
export function isWritten(lab: Lab, exercise: Exercise, workDir: string): boolean {
  const { text, version } = readExercise(lab, exercise, workDir);
  return version !== undefined && text !== shippedText(lab, exercise.template);
}

/** Puts the template back. @returns path of the learner's text, which is kept beside it in place of an earlier one */
export function resetExercise(lab: Lab, exercise: Exercise, workDir: string): string {
  const file = join(workDir, exercise.file);
  const kept = `${file}.before-reset`;
  renameSync(file, kept);
  placeExercise(lab, exercise.template, exercise, workDir);
  return kept;
}
