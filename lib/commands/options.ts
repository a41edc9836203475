import { DEFAULT_LEARNER, LEARNER_PATTERN, LEARNER_RULE } from '../course/names';
import { Exit, LabError } from '../course/errors';
import type { TargetName } from '../course/run';
import { quoted } from '../course/shell';
import { closestMatch } from './closest-match';

/** What every command can be told. */
export interface Options {
  /** Where the lab runs; undefined when neither `--target` nor LAB_TARGET says. */
  readonly target?: TargetName;
  readonly profile?: string;
  readonly region?: string;
  readonly learner: string;
  /** Whether every learner is meant: `--learner '*'`. @default false */
  readonly everyone?: boolean;
  /** One JSON document on stdout, all else on stderr. */
  readonly json: boolean;
  /** Don't ask. */
  readonly yes: boolean;
  /** Print the commands of AWS's own tools instead of acting. */
  readonly explain: boolean;
  /** Show stack traces. */
  readonly verbose: boolean;
}

/** Every learner, in place of a learner's name. */
export const EVERYONE = '*';

/** @throws LabError (wrong use) where a verb is about one learner's lab, and every learner is given */
export function refuseEveryone(verb: string, args: Readonly<Record<string, string | undefined>>): void {
  if (['status', 'list'].includes(verb) || (verb === 'down' && args.all !== undefined)) return;
  throw wrongUse(
    verb === 'down' ? "down takes --learner '*' with --all only." : `${verb} is about one learner's lab.`,
    'Only status, list and down --all can mean every learner of the account.',
    verb === 'down' ? "./lab down --all --learner '*'" : "./lab status --learner '*'",
  );
}

export const TARGETS: readonly TargetName[] = ['aws', 'local'];

/** Options as the parser gives them. */
export interface RawOptions {
  readonly target?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly learner?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly explain?: boolean;
  readonly verbose?: boolean;
}

/** @throws LabError (wrong use) naming the value that cannot be */
export function readOptions(raw: RawOptions, env: Readonly<Record<string, string | undefined>>): Options {
  const target = raw.target ?? (env.LAB_TARGET || undefined);
  if (target !== undefined && !(TARGETS as readonly string[]).includes(target)) {
    const from = raw.target === undefined ? ' (from LAB_TARGET)' : '';
    const near = closestMatch(target, TARGETS)[0] ?? 'local';
    throw wrongUse(
      `There is no target ${JSON.stringify(target)}${from}.`,
      'A lab runs on aws or local.',
      `--target ${near}`,
      { wrong: target, right: near, option: '--target' },
    );
  }
  const everyone = raw.learner === EVERYONE;
  const learner = everyone ? DEFAULT_LEARNER : (raw.learner ?? DEFAULT_LEARNER);
  if (!LEARNER_PATTERN.test(learner)) {
    throw wrongUse(
      `${JSON.stringify(learner)} cannot be a learner's name.`,
      `It becomes part of bucket and role names: ${LEARNER_RULE}.`,
      '--learner ana',
      { wrong: learner, right: 'ana' },
    );
  }
  if (raw.region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(raw.region)) {
    throw wrongUse(
      `${JSON.stringify(raw.region)} is not a Region.`,
      'Regions look like us-east-1.',
      '--region us-east-1',
      { wrong: raw.region, right: 'us-east-1' },
    );
  }
  if (raw.profile !== undefined && target === 'local') {
    throw new LabError(`The profile ${JSON.stringify(raw.profile)} has no meaning on the local target.`, {
      why: 'The local cloud uses dummy credentials that it makes itself; your own are never sent to it.',
      next: 'Leave --profile out, or say --target aws.',
      exit: Exit.Refused,
    });
  }
  return {
    target: target as TargetName | undefined,
    profile: raw.profile,
    region: raw.region,
    learner,
    ...(everyone && { everyone }),
    json: raw.json ?? false,
    yes: raw.yes ?? false,
    explain: raw.explain ?? false,
    verbose: (raw.verbose ?? false) || (env.LAB_DEBUG ?? '') !== '',
  };
}

/** A word of the command line, and the one that was perhaps meant. */
export interface Slip {
  readonly wrong: string;
  readonly right: string;
  /** Option whose value it is, where the command line may not have given it. */
  readonly option?: string;
}

/** A command line that cannot be understood. What comes next is the same line without the slip, where there is one. */
export class WrongUse extends LabError {
  constructor(
    what: string,
    why: string,
    next: string,
    readonly slip?: Slip,
  ) {
    super(what, { why, next, exit: Exit.WrongUse });
  }

  /** The command line as it was perhaps meant, ready to be pasted. */
  meant(argv: readonly string[]): string {
    if (this.slip === undefined) return this.next;
    const { wrong, right, option } = this.slip;
    const words = argv.map((word) =>
      word === wrong ? right : word.startsWith('-') && word.endsWith(`=${wrong}`) ? word.replace(wrong, right) : word,
    );
    const given = words.some((word, i) => word !== argv[i]);
    return ['./lab', ...words, ...(given || option === undefined ? [] : [option, right])].map(quoted).join(' ');
  }
}

/** A message about a command line that cannot be understood. */
export function wrongUse(what: string, why: string, next: string, slip?: Slip): LabError {
  return new WrongUse(what, why, next, slip);
}

/**
 * A message about a name that there is not: with those that are near, or else with all.
 *
 * @param all what there is, as a sentence
 */
export function noSuch(what: string, given: string, known: readonly string[], all: string, next: string): LabError {
  const near = closestMatch(given, known);
  return wrongUse(
    what,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : all,
    next,
    near[0] === undefined ? undefined : { wrong: given, right: near[0] },
  );
}

/** A whole number that an option gives. */
export function readWhole(given: string, option: string, example: number, min: number, max: number): number {
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= min && value <= max) return value;
  throw wrongUse(
    `${JSON.stringify(given)} is not a valid ${option}.`,
    `It is a whole number from ${min} to ${max}.`,
    `${option} ${example}`,
    { wrong: given, right: String(example) },
  );
}

/** A whole number of hours that a lease may have. */
export function readHours(given: string): number {
  const hours = Number(given);
  if (!/^\d+$/.test(given) || hours < 1 || hours > 168) {
    throw wrongUse(
      `${JSON.stringify(given)} is not a number of hours.`,
      'A lease is 1 to 168 whole hours.',
      '--hours 8',
      { wrong: given, right: '8' },
    );
  }
  return hours;
}

/**
 * An address as AWS takes it, without what a shell would read as its own: it goes into requests and printed commands.
 *
 * @param why what the address is for
 * @param next the option, or the whole command, with an address that is one
 */
export function readEmail(given: string, why: string, next: string): string {
  if (given.length <= 254 && /^[\w.!#%&*+/=?^{|}~-]+@[a-z\d-]+(\.[a-z\d-]+)+$/i.test(given)) return given;
  throw wrongUse(`${JSON.stringify(given)} is not an e-mail address.`, why, next, {
    wrong: given,
    right: 'you@example.com',
  });
}
