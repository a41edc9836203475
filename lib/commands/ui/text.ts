/** Text on a terminal: safe to print, wrapped to its width. */

// Colours are the only control sequences that may reach a terminal: names, tags and logs come from a cloud.
// eslint-disable-next-line no-control-regex
const COLOUR = /\u001b\[[0-9;]*m/g;
const CONTROL =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\u001b(?!\[[0-9;]*m)/g;

/** Drops control characters other than line ends, tabs and colours, so that no name from a cloud can drive a terminal. */
export function printable(text: string): string {
  return text.replace(CONTROL, '');
}

/** Without colours. */
export function plain(text: string): string {
  return text.replace(COLOUR, '');
}

/** Columns that a line takes. */
export function widthOf(text: string): number {
  return [...plain(text)].length;
}

export interface WrapOptions {
  /** Put before the first line. @default '' */
  readonly first?: string;
  /** Put before every further line. @default spaces as wide as `first` */
  readonly rest?: string;
}

/** What a command begins with; `aws` is a word of prose as well, unless a service and an operation follow. */
const PROGRAM = /^[(`]?(?:\.\/lab|npx|npm|unset|export|eval|kill)$/;
const AWS = /^[(`]?aws [a-z][a-z\d-]+ (?:[a-z]+-[a-z-]+|cp|ls|mv|rm|sync|tail|wait)$/;
const QUOTED = /'[^']*'|"[^"]*"/g;
const PROSE = /^(?:\(.*|and|or|then|to|in|if|once|again|for|where|which|when|with|that)$/;

/** Words that a command beside other text goes on for; 1 where none begins. */
function commandLength(words: readonly string[], at: number): number {
  if (!PROGRAM.test(words[at]!) && !AWS.test(words.slice(at, at + 3).join(' '))) return 1;
  for (let length = 1; at + length <= words.length; length += 1) {
    const unquoted = words
      .slice(at, at + length)
      .join(' ')
      .replaceAll(QUOTED, '');
    if (/['"]/.test(unquoted)) continue;
    const next = words[at + length];
    if (next === undefined || /[;,.:)`]$/.test(unquoted) || PROSE.test(next)) return length;
  }
  return 1;
}

/** Where lines may break: between words, and around commands. */
function unbroken(text: string): string[] {
  const words = text.split(/ +/);
  const uncoloured = words.map(plain);
  const found: string[] = [];
  for (let at = 0, length: number; at < words.length; at += length) {
    length = commandLength(uncoloured, at);
    found.push(words.slice(at, at + length).join(' '));
  }
  return found;
}

/**
 * Breaks text at spaces so that no line is wider than `width`. Line ends in the text stay; a word wider than a line
 * (a path, an ARN) and a command are left whole: broken by a line end they could not be copied.
 */
export function wrap(text: string, width: number, options: WrapOptions = {}): string {
  const first = options.first ?? '';
  const rest = options.rest ?? ' '.repeat(widthOf(first));
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = lines.length === 0 ? first : rest;
    let empty = true;
    for (const word of unbroken(paragraph)) {
      if (!empty && widthOf(line) + 1 + widthOf(word) > width) {
        lines.push(line);
        line = rest;
        empty = true;
      }
      line += (empty ? '' : ' ') + word;
      empty = false;
    }
    lines.push(line.trimEnd());
  }
  return lines.join('\n');
}

/** `75` s as `1 min 15 s`; below a second as `0.4 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${(Math.round(seconds * 10) / 10).toString()} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `1 file`, `2 files`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * What comes next, behind its label. Many say what a command is for before they name it (`Send some: ./lab step …`):
 * that becomes a part of the label, as two labels in a row read badly.
 *
 * @param paint of the word Next
 */
export function nextLine(next: string, paint: (word: string) => string = (word) => word): string {
  const labelled = /^[A-Z][a-z]*(?:[ ,](?:[^:.;]|\.(?=\S))*)?: /.test(next);
  return labelled ? `${paint('Next')}, ${next.charAt(0).toLowerCase()}${next.slice(1)}` : `${paint('Next')}: ${next}`;
}
