/** A question as it is put to somebody: in an order that a seed gives, with what may be answered and what is right. */
import { type Question, rightOf } from './questions';
import { numbersOf, shuffled } from './shuffle';

/** A line of what can be chosen, behind its mark. */
export interface Line {
  /** `a` for an option, `1` for a thing to be put in order or to be matched. */
  readonly mark: string;
  readonly text: string;
}

/** The same line when it has been answered. */
export interface Solved extends Line {
  /** Whether it is an option that is right; undefined where nothing is chosen. */
  readonly right?: boolean;
  readonly why: string;
}

export interface PresentedQuestion {
  readonly question: Question;
  /** What is to be done: `Choose two.` */
  readonly ask: string;
  readonly lines: readonly Line[];
  /** What the lines are matched with; empty for other questions. */
  readonly matches: readonly Line[];
  /** The answer as it is typed: `a c`, `2 1 3`. */
  readonly answer: string;
  readonly solved: readonly Solved[];
  /** Reads what was typed. @returns marks, or what is wrong with it */
  read(typed: string): { readonly marks: readonly string[] } | { readonly fault: string };
  isRight(marks: readonly string[]): boolean;
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six'];
const letter = (at: number): string => String.fromCharCode(97 + at);
const digit = (at: number): string => String(at + 1);

/** @param seed the same one gives the same order */
export function presentQuestion(question: Question, seed: number): PresentedQuestion {
  const next = numbersOf(seed, question.id);
  if (question.kind === 'order') {
    // The right order is no question.
    let shown = shuffled(question.order, next);
    if (shown.every((one, at) => one === question.order[at])) shown = [...shown.slice(1), shown[0]!];
    const lines = shown.map(({ text }, at) => ({ mark: digit(at), text }));
    const answer = question.order.map((one) => digit(shown.indexOf(one)));
    return {
      question,
      ask: 'Put them in order, by their numbers, the first one first.',
      lines,
      matches: [],
      answer: answer.join(' '),
      solved: question.order.map(({ text, why }, at) => ({ mark: answer[at]!, text, why })),
      read: (typed) => readDigits(typed, lines),
      isRight: (marks) => marks.join(' ') === answer.join(' '),
    };
  }
  if (question.kind === 'match') {
    const shown = shuffled(question.match, next);
    const others = shuffled([...new Set(question.match.map((one) => one.with))].sort(), next);
    const matches = others.map((text, at) => ({ mark: letter(at), text }));
    const answer = shown.map((one) => letter(others.indexOf(one.with)));
    return {
      question,
      ask: `Give each number a letter, in the order of the numbers; one letter can be right for several.`,
      lines: shown.map(({ text }, at) => ({ mark: digit(at), text })),
      matches,
      answer: answer.join(' '),
      solved: shown.map(({ text, why }, at) => ({ mark: `${digit(at)} ${answer[at]}`, text, why })),
      read: (typed) => readLetters(typed, matches, shown.length, 'one for each number', false),
      isRight: (marks) => marks.join(' ') === answer.join(' '),
    };
  }
  const shown = shuffled(question.options, next);
  const lines = shown.map(({ text }, at) => ({ mark: letter(at), text }));
  const count = rightOf(question);
  const answer = shown.flatMap(({ right }, at) => (right ? letter(at) : []));
  return {
    question,
    ask: `Choose ${NUMBERS[count]}.`,
    lines,
    matches: [],
    answer: answer.join(' '),
    solved: shown.map(({ text, right, why }, at) => ({ mark: letter(at), text, right, why })),
    read: (typed) => readLetters(typed, lines, count, 'and no more', true),
    isRight: (marks) => [...marks].sort().join(' ') === answer.join(' '),
  };
}

const between = (lines: readonly Line[]): string => `${lines[0]!.mark} to ${lines.at(-1)!.mark}`;
const marksOf = (typed: string): string[] => [...typed.toLowerCase().replace(/[\s,;.]+/g, '')];

function readLetters(
  typed: string,
  lines: readonly Line[],
  count: number,
  how: string,
  once: boolean,
): ReturnType<PresentedQuestion['read']> {
  const marks = marksOf(typed);
  const unknown = marks.find((mark) => !lines.some((line) => line.mark === mark));
  if (unknown !== undefined) return { fault: `"${unknown}" is none of the letters ${between(lines)}.` };
  if (once && new Set(marks).size < marks.length) return { fault: `${typed.trim()} has a letter twice.` };
  if (marks.length !== count)
    return {
      fault: `${marks.length === 1 ? 'That is 1 letter' : `Those are ${marks.length} letters`}: it takes ${NUMBERS[count]}, ${how}.`,
    };
  return { marks };
}

function readDigits(typed: string, lines: readonly Line[]): ReturnType<PresentedQuestion['read']> {
  const marks = marksOf(typed);
  const unknown = marks.find((mark) => !lines.some((line) => line.mark === mark));
  if (unknown !== undefined) return { fault: `"${unknown}" is none of the numbers ${between(lines)}.` };
  if (marks.length !== lines.length || new Set(marks).size < marks.length)
    return { fault: `It takes each of the numbers ${between(lines)} once.` };
  return { marks };
}
