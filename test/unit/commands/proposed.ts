/** Commands that texts propose: read out of them, held against the verbs, labs, steps and options that there are, followed. */
import { sharedOptions, VERBS } from '../../../lib/commands/verbs';
import type { Lab } from '../../../lib/course/model';

/** A part of a command that is filled in when it is printed: `${context.suffix}`, `<lab>`, `NAME`, `…`. */
const OPEN = /^(\$?\{|<|…|\.\.\.|"?\$|[A-Z]+$|\[)/;

export interface Proposed {
  /** Its words, `./lab` left out. */
  readonly words: readonly string[];
  readonly verb: string;
  /** What is wrong with it. */
  readonly fault?: string;
}

type Known = Pick<Lab, 'id' | 'steps' | 'modes'>;

/** Template literals: what stands in `${…}` may have spaces and braces of its own. */
function closed(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i += 1) {
    if (text.startsWith('${', i)) {
      let depth = 0;
      let end = i + 1;
      for (; end < text.length; end += 1) {
        if (text[end] === '{') depth += 1;
        if (text[end] === '}' && --depth === 0) break;
      }
      out += ' ${} ';
      i = end;
    } else out += text[i];
  }
  return out;
}

/** Every `./lab …` of a text, as far as it is a command: prose behind it is left. */
export function proposedIn(text: string, labs: readonly Known[]): Proposed[] {
  return [
    ...closed(text)
      // Quoted for the shell, and the only quotes that an option's value has here.
      .replaceAll("'*'", '*')
      .replace(/\s+/g, ' ')
      .matchAll(/\.\/lab ([^`'"|)\\;]*)/g),
  ].map(([, rest = '']) => read(rest.trim().split(/ +/), labs));
}

function read(given: readonly string[], labs: readonly Known[]): Proposed {
  // `check,` ends a command: what follows is prose.
  const words: string[] = [];
  for (const word of given) {
    const bare = word.replace(/[,:.]+$/, '');
    if (bare !== '') words.push(bare);
    if (bare !== word) break;
  }
  const [verb = ''] = words;
  if (OPEN.test(verb)) return { words: [verb], verb };
  if (verb === '--help') return { words, verb };
  const known = VERBS[verb];
  if (!known) return { words, verb, fault: `there is no verb ${verb}` };
  const taken = [verb];
  let at = 1;
  let lab: Known | undefined;
  let open = false;
  const option = (): string | undefined => {
    const flag = words[at] ?? '';
    const name = flag.split('=')[0]!;
    const flags = [
      ...sharedOptions().map((one) => one.flags),
      ...(known.options ?? []).map(([one]) => one),
      '--help',
      ...(lab ? lab.modes : labs.flatMap(({ modes }) => modes)).map((mode) => `--${mode.name} <${mode.name}>`),
    ];
    const found = flags.find((one) => one.split(' ')[0] === name);
    if (!found) return `${verb} has no option ${flag}`;
    taken.push(flag);
    at += 1;
    if (!found.includes('<') || flag.includes('=')) return undefined;
    const value = words[at];
    if (value === undefined) return `${flag} lacks its value`;
    const mode = labs.flatMap(({ modes }) => modes).find((one) => `--${one.name}` === name);
    if (mode && !OPEN.test(value) && !value.split('|').every((one) => mode.values.includes(one)))
      return `${flag} cannot be ${value}`;
    if (name === '--until' && lab && !OPEN.test(value) && !lab.steps.some(({ id }) => id === value))
      return `${lab.id} has no step ${value}`;
    taken.push(value);
    at += 1;
    return undefined;
  };
  for (const [syntax] of known.args) {
    while (words[at]?.startsWith('--')) {
      const fault = option();
      if (fault) return { words: taken, verb, fault };
    }
    const word = words[at];
    // `step` needs one or the other.
    const needed = syntax.startsWith('<') || (verb === 'step' && !words.includes('--until'));
    if (word === undefined || (word === 'or' && !needed)) {
      if (needed && !open)
        return { words: taken, verb, fault: `${verb} lacks ${syntax.replace('[', '<').replace(']', '>')}` };
      continue;
    }
    if (OPEN.test(word)) open = true;
    else if (syntax.includes('lab')) {
      lab = labs.find(({ id }) => id === word);
      if (!lab) {
        if (needed) return { words: taken, verb, fault: `there is no lab ${word}` };
        continue;
      }
    } else if (syntax.includes('step')) {
      if (lab && !lab.steps.some(({ id }) => id === word)) {
        if (needed) return { words: taken, verb, fault: `${lab.id} has no step ${word}` };
        continue;
      }
    } else if (!/^[A-Z]/.test(word)) continue;
    taken.push(word);
    at += 1;
  }
  while (words[at]?.startsWith('--')) {
    const fault = option();
    if (fault) return { words: taken, verb, fault };
  }
  return { words: taken, verb };
}

/** The command that an output proposes first. */
export function nextIn(output: string, labs: readonly Known[]): Proposed | undefined {
  const flat = output.replace(/\s+/g, ' ');
  const at = flat.search(/\bNext(, [^:]*)?: /);
  return at < 0 ? undefined : proposedIn(flat.slice(at), labs)[0];
}
