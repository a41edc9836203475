/** Questions in the exam's own style, about what a lab's steps have shown: `labs/<lab>/questions.yaml`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { LabError } from './errors';
import type { Lab } from './model';

interface Common {
  /** Unique in all labs. */
  readonly id: string;
  readonly lab: Lab['id'];
  /** The step that has shown it. */
  readonly step: string;
  /** Task of the exam's guide, such as `1.2`. */
  readonly task: string;
  /** The situation, and what is asked. */
  readonly question: string;
  /** Page of AWS's documentation that says it. */
  readonly source: string;
  /** Date of that page's text as it was read; of reading, where the text had none. */
  readonly asOf: string;
}

export interface Option {
  readonly text: string;
  readonly right: boolean;
  /** Why it is right, or why it is not. */
  readonly why: string;
}

/** One right option of four, or two or three of five or six. */
export interface Choice extends Common {
  readonly kind: 'single' | 'multiple';
  readonly options: readonly Option[];
}

/** Things that come one after the other. */
export interface Ordering extends Common {
  readonly kind: 'order';
  /** From the first to the last, each with why it stands there. */
  readonly order: readonly { readonly text: string; readonly why: string }[];
}

/** Things that belong to one of several. */
export interface Matching extends Common {
  readonly kind: 'match';
  readonly match: readonly { readonly text: string; readonly with: string; readonly why: string }[];
}

export type Question = Choice | Ordering | Matching;

/** What is asked of a lab to read its questions. */
type AboutLab = Pick<Lab, 'id' | 'folder'> & { readonly steps: readonly { readonly id: string }[] };

/** Where a lab's questions are, from the project's folder. */
export const questionsFile = (lab: Lab['id']): string => `labs/${lab}/questions.yaml`;

/**
 * All questions of a lab, in the order of their file; none where it has no file.
 *
 * @throws LabError that names the question and what is wrong with it
 */
export function readQuestions(lab: AboutLab): Question[] {
  const path = join(lab.folder, 'questions.yaml');
  if (!existsSync(path)) return [];
  const file = questionsFile(lab.id);
  let found: unknown;
  try {
    found = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw broken(file, 'it is not YAML', (error as Error).message.split('\n')[0]!);
  }
  if (!Array.isArray(found)) throw broken(file, 'it is no list of questions', `It is ${kindOf(found)}.`);
  const questions = found.map((one: unknown, at) => {
    const given = fieldsOf(one);
    const name = typeof given.id === 'string' ? `the question ${given.id}` : `question number ${at + 1}`;
    const faults = faultsOf(given, lab);
    if (faults.length > 0) throw broken(file, `${name} is not one`, `${faults.join('; ')}.`);
    return { ...given, lab: lab.id, ...(isChoice(given) && { options: given.options.map(withRight) }) } as Question;
  });
  const twice = questions.find(({ id }, at) => questions.findIndex((one) => one.id === id) !== at);
  if (twice) throw broken(file, `the question ${twice.id} is there twice`, 'An id is of one question.');
  return questions;
}

/** How many options are right. */
export const rightOf = ({ options }: Choice): number => options.filter(({ right }) => right).length;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const kindOf = (value: unknown): string => (value === null ? 'empty' : `a ${typeof value}`);
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isChoice = (given: Fields): given is Fields & { options: Fields[] } => 'options' in given;
const withRight = (option: Fields): Fields => ({ ...option, right: option.right === true });

const COMMON = ['id', 'step', 'task', 'kind', 'question', 'source', 'asOf'];
/** The field that has the answers of each kind, and what each of them has. */
const ANSWERS: Readonly<Record<string, readonly [field: string, parts: readonly string[]]>> = {
  single: ['options', ['text', 'why']],
  multiple: ['options', ['text', 'why']],
  order: ['order', ['text', 'why']],
  match: ['match', ['text', 'with', 'why']],
};

function faultsOf(given: Fields, lab: AboutLab): string[] {
  const faults = COMMON.filter((field) => !isText(given[field])).map((field) => `${field} is no text`);
  if (faults.length > 0) return faults;
  const { id, step, task, kind, source, asOf } = given as Readonly<Record<string, string>>;
  if (!/^[a-z][a-z\d-]*$/.test(id!)) faults.push(`id ${id} is not of small letters, digits and dashes`);
  if (!lab.steps.some((one) => one.id === step)) faults.push(`the lab ${lab.id} has no step ${step}`);
  if (!/^[1-4]\.[1-3]$/.test(task!)) faults.push(`task ${task} is none of the exam`);
  if (!/^https:\/\/docs\.aws\.amazon\.com\/\S+$/.test(source!))
    faults.push(`source ${source} is no page of docs.aws.amazon.com`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(asOf!)) faults.push(`asOf ${asOf} is no date`);
  const [field, parts] = ANSWERS[kind!] ?? [];
  if (field === undefined || parts === undefined)
    return [...faults, `kind ${kind} is none of ${Object.keys(ANSWERS).join(', ')}`];
  const known = [...COMMON, field];
  faults.push(...Object.keys(given).flatMap((name) => (known.includes(name) ? [] : `a ${kind} has no ${name}`)));
  const answers = given[field];
  if (!Array.isArray(answers)) return [...faults, `${field} is no list`];
  const all = answers.map(fieldsOf);
  for (const [at, one] of all.entries())
    faults.push(...parts.filter((part) => !isText(one[part])).map((part) => `${field} ${at + 1} has no ${part}`));
  const count = all.length;
  const right = all.filter((one) => one.right === true).length;
  if (kind === 'single' && (count !== 4 || right !== 1))
    faults.push(`one of four options has to be right, and it is ${right} of ${count}`);
  if (kind === 'multiple' && !([5, 6].includes(count) && [2, 3].includes(right)))
    faults.push(`two or three of five or six options have to be right, and it is ${right} of ${count}`);
  if (field !== 'options' && (count < 3 || count > 6)) faults.push(`${field} has ${count} of three to six`);
  if (kind === 'match' && new Set(all.map((one) => one.with)).size < 2) faults.push('all match the same');
  return faults;
}

const broken = (file: string, what: string, why: string): LabError =>
  new LabError(`${file} cannot be used: ${what}.`, { why, next: `git checkout -- ${file}` });
