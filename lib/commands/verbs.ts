/** Every verb, its arguments and its options. */
import { Option } from 'commander';

import type { Verb } from './context';

/** A verb as the command line knows it. */
export interface Description {
  readonly summary: string;
  /** As commander writes them: `<lab>` is needed, `[step]` is not, `[labs...]` may be many. */
  readonly args: readonly (readonly [syntax: string, summary: string])[];
  /** One that may be given several times says so. */
  readonly options?: readonly (readonly [flags: string, summary: string, repeatable?: 'repeatable'])[];
  load(): Promise<Verb>;
}

const LAB = ['<lab>', 'name of a lab, see ./lab list'] as const;

/** Every verb; its code loads when it is called. */
export const VERBS: Readonly<Record<string, Description>> = {
  list: {
    summary: 'the labs: steps, times, costs, and what is deployed',
    args: [],
    load: async () => (await import('./list')).list,
  },
  doctor: {
    summary: 'look whether machine and account have what the labs need; with --target aws, days before',
    args: [['[lab]', 'name of a lab (all of them if none is named)']],
    options: [
      ['--policy [part]', 'print the IAM policy that a learner needs who is no administrator, or one part of it'],
      ['--request-quotas', 'ask AWS for more of the quotas that are too low, after asking you'],
    ],
    load: async () => (await import('./doctor')).doctor,
  },
  up: {
    summary: 'deploy a lab: shows what it makes and costs, and asks once',
    args: [LAB],
    options: [
      ['--hours <n>', 'hours after which the lab removes itself'],
      ['--email <address>', 'whom to tell an hour before that, and at it (none: nobody any more)'],
    ],
    load: async () => (await import('./up')).up,
  },
  guide: {
    summary: "read a lab's guide, or one step of it",
    args: [LAB, ['[step]', 'name of a step']],
    load: async () => (await import('./guide')).guide,
  },
  open: {
    summary: 'the guides in a browser, with checks, hints and steps beside the text; on this machine only',
    args: [['[lab]', 'name of the lab whose guide is opened']],
    options: [['--no-browser', 'print the link, and open no browser']],
    load: async () => (await import('./open')).open,
  },
  next: {
    summary: 'what to do now, by what stands and what checks said',
    args: [],
    load: async () => (await import('./next')).next,
  },
  step: {
    summary: 'do a step, then check it; or do all steps before one',
    args: [LAB, ['[step]', 'name of a step']],
    options: [['--until <step>', 'do every step before this one that is not done, as after a down']],
    load: async () => (await import('./step')).step,
  },
  check: {
    summary: 'say whether steps are done, and what to do next',
    args: [LAB, ['[step]', 'name of a step']],
    options: [['--watch', 'look again when you save a file in work/, until all is done']],
    load: async () => (await import('./check')).check,
  },
  hint: {
    summary: 'one more hint for a step',
    args: [LAB, ['<step>', 'name of a step']],
    load: async () => (await import('./hint')).hint,
  },
  solution: {
    summary: 'a right answer of an exercise, what it teaches, and another way; before success it asks first',
    args: [LAB, ['<step>', 'name of a step']],
    load: async () => (await import('./solution')).solution,
  },
  reset: {
    summary: 'the template of an exercise again, after asking; what you wrote is kept beside it',
    args: [LAB, ['<step>', 'name of a step']],
    load: async () => (await import('./reset')).reset,
  },
  quiz: {
    summary: 'questions as the exam asks them, about a lab or a step; needs no cloud',
    args: [LAB, ['[step]', 'name of a step']],
    options: [['--seed <n>', 'a number that gives the same order of options again']],
    load: async () => (await import('./quiz')).quiz,
  },
  exam: {
    summary: 'an exam against the clock: questions of all labs and, with a target, tasks in those that stand',
    args: [],
    options: [
      ['--minutes <n>', 'how long, two minutes a question (45)'],
      ['--seed <n>', 'a number that gives the same exam again'],
    ],
    load: async () => (await import('./exam')).exam,
  },
  break: {
    summary: 'a game day: puts one fault into a lab that stands, and tells you the symptom only',
    args: [LAB],
    options: [
      ['--seed <n>', 'a whole number that chooses the fault: the same one for the same number'],
      ['--hint', 'one more hint for the game day that goes on'],
    ],
    load: async () => (await import('./break')).breakLab,
  },
  mend: {
    summary: 'give a game day up: says what the fault was, and takes it out',
    args: [LAB],
    load: async () => (await import('./mend')).mend,
  },
  challenge: {
    summary: "a lab's challenges with what you reached, or one of them: what must be true, and no steps",
    args: [LAB, ['[challenge]', 'name of a challenge']],
    options: [['--solution', 'print one right answer; asks first while you have not all points']],
    load: async () => (await import('./challenge')).challenge,
  },
  grade: {
    summary: 'grade a challenge by what stands: points, and what each missing one was measured at',
    args: [LAB, ['<challenge>', 'name of a challenge, see ./lab challenge <lab>']],
    load: async () => (await import('./grade')).grade,
  },
  progress: {
    summary: 'what you have done in all labs, by the checks that were run here',
    args: [],
    load: async () => (await import('./progress')).progress,
  },
  status: {
    summary: 'what stands, its lease, what costs now, and what it cost so far',
    args: [],
    options: [['--wait', 'wait until what is being made, changed or deleted has come to its end']],
    load: async () => (await import('./status')).status,
  },
  outputs: {
    summary: 'names of what a lab made: bucket, roles, endpoint; or one of them alone, for a shell',
    args: [LAB, ['[output]', 'name of an output, such as DataBucket: prints its value and nothing else']],
    load: async () => (await import('./outputs')).outputs,
  },
  cost: {
    summary: 'what a lab costs, line by line: as planned, and by what exists',
    args: [LAB],
    load: async () => (await import('./cost')).cost,
  },
  budget: {
    summary: "the account's one budget, which sends e-mails: show it, make it, or remove it",
    args: [],
    options: [
      ['--email <address>', 'who gets the e-mails: makes the budget'],
      ['--usd <amount>', 'limit of a month (10)'],
      ['--remove', 'take it away'],
    ],
    load: async () => (await import('./budget')).budget,
  },
  env: {
    summary: 'settings for a shell, so that the AWS CLI talks to the same target',
    args: [],
    load: async () => (await import('./env')).env,
  },
  extend: {
    summary: 'let a lab live longer',
    args: [LAB],
    options: [['--hours <n>', 'by how many hours']],
    load: async () => (await import('./extend')).extend,
  },
  down: {
    summary: 'remove a lab and all that its steps made, with a receipt',
    args: [['[lab]', 'name of a lab']],
    options: [
      ['--all', 'every lab of yours; on the local target the local cloud, too'],
      ['--account <id>', "with --learner '*' and --yes: the account whose labs all go"],
      ['--dry-run', 'show what would be removed, in which order and why, and change nothing'],
    ],
    load: async () => (await import('./down')).down,
  },
  rehearse: {
    summary: 'up, every step, every check, down, in a fresh local cloud',
    args: [['[labs...]', 'names of labs (all of them if none is named)']],
    options: [
      ['--face <name>', 'show AWS as it can be: throttled, free-plan ...; may be given again', 'repeatable'],
      ['--report <file>', 'write what was asked and answered, and how long it took, without names, for maintainers'],
      ['--after', "with --report, a day later: add what stands of that rehearsal's labs"],
    ],
    load: async () => (await import('./rehearse')).rehearse,
  },
  compare: {
    summary: 'hold a report of rehearse against the local cloud, or against another report',
    args: [
      ['<file>', 'a report that rehearse --report wrote'],
      ['[labs...]', 'names of labs (all that the report is about if none is named)'],
    ],
    options: [
      ['--with <file>', 'another report to hold it against, instead of a rehearsal on this machine'],
      ['--write', 'write each difference to test/field, where it is a test that fails until it is mended'],
    ],
    load: async () => (await import('./compare')).compare,
  },
};

/** Options that every verb has. */
export function sharedOptions(): Option[] {
  return [
    new Option('--target <target>', 'where the lab runs: aws or local (or LAB_TARGET)'),
    new Option('--profile <name>', 'AWS profile'),
    new Option('--region <region>', 'AWS Region'),
    new Option(
      '--learner <name>',
      "whose lab it is, where many share an account; '*' is everyone, for status, list and down --all",
    ),
    new Option('--json', 'one JSON document on stdout, all else on stderr'),
    new Option('--yes', 'do not ask'),
    new Option('--explain', "print the commands of AWS's own tools instead of acting"),
    new Option('--verbose', 'show where errors happened'),
  ];
}
