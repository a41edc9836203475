/** The learner's answers of the step `break`: where each release stopped, and why. */
import { list } from '../../../lib/course/say';
import { jsonFault } from '../../../lib/course/work';
import { STAGES } from '../names';
import type { ReleaseFailure } from '../failure/release-failure';

/** The two releases that have to be stopped. */
export const BREAK_FLAWS = ['broken', 'worse'] as const;
export type BreakFlaw = (typeof BREAK_FLAWS)[number];

/** What is written down with the rejection. */
export const REASONS: Readonly<Record<BreakFlaw, string>> = {
  broken: 'Its release was stopped: the model does not load.',
  worse: 'Its release was stopped: it scores upside down.',
};

export interface Answer {
  readonly stage: string;
  readonly action: string;
  readonly reason: string;
}

export type Answers = Readonly<Record<BreakFlaw, Answer>>;

/** What a reason is about, by its words: the pipeline's reasons and the learner's are read alike. First match first. */
const ABOUT: readonly { readonly about: string; readonly on: RegExp }[] = [
  {
    about: 'a model that does not load',
    on: /\bload|\bpars(e|ing)|\bcut off\b|\bcorrupt|\btruncated|\bunreadable|cannot be (read|unpacked)/i,
  },
  { about: 'an AUC that is too low', on: /\bAUC\b|\bupside|\bfloor\b|\binverted\b|\bworse than\b/i },
  { about: 'bad requests that get a score', on: /\brefus|\bbad request/i },
  { about: 'the template', on: /\btemplate|\blint/i },
  { about: 'an approval', on: /\bapprov|\breject/i },
  { about: 'a quota', on: /\bquota|\blimit/i },
];

/** What reasons can be about, for a message. */
const SUBJECTS = ABOUT.map(({ about }) => about).join('; ');

const subjectsOf = (text: string): string[] => ABOUT.filter(({ on }) => on.test(text)).map(({ about }) => about);

/** Whether a learner means a name: upper and lower case, and spaces, do not matter. */
const means = (said: unknown, name: string): boolean =>
  typeof said === 'string' && said.replace(/\s+/g, '').toLowerCase() === name.toLowerCase();

/** @returns the answers, with the pipeline's own names in them, or what is wrong with them */
export function readAnswers(text: string): Answers | string {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (error) {
    return jsonFault(error);
  }
  const answers: Partial<Record<BreakFlaw, Answer>> = {};
  for (const bad of BREAK_FLAWS) {
    const answer = (value ?? {})[bad];
    if (typeof answer !== 'object' || answer === null) return `it lacks ${bad}, with stage, action and reason`;
    const { stage, action, reason } = answer as Record<string, unknown>;
    const known = STAGES.filter((one) => means(stage, one.stage));
    if (known.length === 0) {
      const stages = [...new Set(STAGES.map((one) => one.stage))];
      return `${bad}: ${JSON.stringify(stage)} is no stage of the pipeline; there is ${stages.join(', ')}`;
    }
    const named = STAGES.find((one) => means(action, one.action));
    if (named === undefined) {
      return `${bad}: ${JSON.stringify(action)} is no action of the pipeline; the stage ${known[0]!.stage} has ${list(known.map((one) => one.action))}`;
    }
    if (typeof reason !== 'string' || reason.trim() === '') return `${bad}: the reason is missing`;
    if (reason.trim().length < 10) {
      return `${bad}: the reason ${JSON.stringify(reason)} is too short; it has to have 10 characters or more`;
    }
    if (subjectsOf(reason).length === 0) {
      return `${bad}: the reason ${JSON.stringify(reason)} does not say what failed. It can be about ${SUBJECTS}`;
    }
    answers[bad] = { stage: known[0]!.stage, action: named.action, reason };
  }
  return answers as Answers;
}

/** What is wrong with an answer, by what the pipeline says; undefined when it is right. Does not give the answer away. */
export function answerFault(bad: BreakFlaw, answer: Answer, stop: ReleaseFailure): string | undefined {
  if (answer.stage !== stop.stage) return `the ${bad} release did not stop at ${answer.stage}`;
  if (answer.action !== stop.action) return `the stage ${stop.stage} has no action ${answer.action}`;
  const [truth] = subjectsOf(stop.reason);
  const said = subjectsOf(answer.reason);
  if (truth !== undefined && !said.includes(truth)) {
    return `the ${bad} release did stop at ${stop.stage}, but not for ${said[0]}. The pipeline says why`;
  }
  if (said.length > 2) return `the reason for the ${bad} release names ${said.length} causes; one stopped it`;
  return undefined;
}
