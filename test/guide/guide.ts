/** A guide as what it tells one to type and what it says one sees: its sections, fences and figures. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lib/course/model';

export interface Fence {
  /** First word of the info string: only `sh` is typed. */
  readonly language: string;
  /** Why it is not run here: the info string `sh not run: …`. */
  readonly notRun?: string;
  /** Whether the text says that it fails: the info string `sh fails`. */
  readonly fails: boolean;
  /** Whether the section's exercise is told before it. */
  readonly afterExercise: boolean;
  readonly text: string;
}

export interface Section {
  readonly heading: string;
  /** The step that the heading names. */
  readonly step?: string;
  readonly fences: readonly Fence[];
  /** Paragraphs in which the guide says what one sees. */
  readonly claims: readonly string[];
}

const FENCE = /^```(\w*)([^\n]*)\n([\s\S]*?)^```$/gm;
/** How paragraphs begin that say what one sees. */
const CLAIM = /^\*\*(You should see|Compare)/;
/** How one begins that tells the exercise. */
const EXERCISE = /^\*\*(The exercise|Exercise)\.\*\*/m;

/** Sections of a lab's guide, in order. @throws Error for an info string that says nothing of what is known here */
export function sectionsOf(lab: Lab): Section[] {
  const parts = readFileSync(join(lab.folder, 'README.md'), 'utf8').split(/^(?=## )/m);
  return parts.map((part) => {
    const heading = part.split('\n', 1)[0]!;
    const step = lab.steps.find(({ id }) => heading.startsWith('## ') && heading.includes(`\`${id}\``))?.id;
    const told = part.search(EXERCISE);
    const fences = [...part.matchAll(FENCE)].map(({ index, 1: language = '', 2: info = '', 3: text = '' }) => {
      const notRun = /^ not run: (.+)$/.exec(info)?.[1];
      const fails = info === ' fails';
      if (info !== '' && notRun === undefined && !fails)
        throw new Error(`${lab.id}: a fence has the info string ${JSON.stringify(info)}; known: "not run: …", "fails"`);
      return { language, notRun, fails, afterExercise: told >= 0 && index > told, text };
    });
    const claims = part
      .replace(FENCE, '')
      .split(/\n{2,}/)
      .filter((paragraph) => CLAIM.test(paragraph));
    return { heading, step, fences, claims };
  });
}

const WORDS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

export interface Figure {
  readonly text: string;
  readonly value: number;
  /** Half of the last place that is given: how far a figure may be off. */
  readonly within: number;
}

/** Figures of a text: 328,521, 0.21, 37 %, about 87,000, five. Code and links are names, and hold none. */
export function figuresIn(text: string): Figure[] {
  const prose = text.replace(/`[^`]*`|\]\([^)]*\)/g, ' ');
  const found: Figure[] = [];
  for (const [whole, sign = '', digits = '', unit = ''] of prose.matchAll(
    /(?<![\w.:-])([−-]?)(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w:])(?:\s?(%|MB))?/g,
  )) {
    const plain = digits.replaceAll(',', '');
    const decimals = plain.split('.')[1]?.length ?? 0;
    const zeros = digits.includes(',') ? (/0+$/.exec(plain)?.[0].length ?? 0) : 0;
    const scale = { '%': 0.01, MB: 1e6 }[unit] ?? 1;
    const value = Number(plain) * scale * (sign === '' ? 1 : -1);
    found.push({ text: whole.trim(), value, within: (10 ** (zeros - decimals) * scale) / 2 });
  }
  for (const [word] of prose.toLowerCase().matchAll(/\b[a-z]+\b/g)) {
    const value = WORDS.indexOf(word);
    if (value > 1) found.push({ text: word, value, within: 0 });
  }
  return found;
}

/** A figure that was not seen, and the one that comes nearest to it. */
export interface Missing extends Figure {
  readonly nearest: number;
}

/** Figures of a claim that an output does not have. */
export function missingFigures(claim: string, output: string): Missing[] {
  const printed = [...output.matchAll(/-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?:\s?(?:%|MB))?/gi)].map(([text]) => {
    const number = Number(text.replace(/[,%\sMB]/g, ''));
    return text.endsWith('%') ? number / 100 : text.endsWith('MB') ? number * 1e6 : number;
  });
  const seen = [...printed, new Set(output.match(/\b20\d\d-\d\d\b/g) ?? []).size];
  return figuresIn(claim)
    .filter(({ value, within }) => !seen.some((one) => Math.abs(one - value) <= within + 1e-9))
    .map((figure) => {
      const off = (one: number): number => Math.abs(one - figure.value);
      return { ...figure, nearest: seen.reduce((best, one) => (off(one) < off(best) ? one : best), Infinity) };
    });
}

/** Writes what was seen into a guide, in the form that the figure has, where it is off by a tenth at most. For review. */
export function updateGuide(lab: Lab, claim: string, missing: readonly Missing[]): void {
  const file = join(lab.folder, 'README.md');
  let updated = claim;
  for (const { text, value, nearest } of missing) {
    if (!/\d/.test(text) || Math.abs(nearest - value) > Math.abs(value) / 10) continue;
    const [, number = '', unit = ''] = /^([\d.,]+)(.*)$/.exec(text) ?? [];
    const scale = unit.includes('%') ? 100 : unit.includes('MB') ? 1e-6 : 1;
    const decimals = number.split('.')[1]?.length ?? 0;
    const shown = (nearest * scale).toLocaleString('en-US', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: number.includes(','),
    });
    updated = updated.replace(text, shown + unit);
  }
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(claim, () => updated),
  );
}
