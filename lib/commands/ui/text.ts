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

/**
 * Breaks text at spaces so that no line is wider than `width`. Line ends in the text stay; a word wider than a line
 * (a path, an ARN, a command) is left whole: cutting it would break copying.
 */
export function wrap(text: string, width: number, options: WrapOptions = {}): string {
  const first = options.first ?? '';
  const rest = options.rest ?? ' '.repeat(widthOf(first));
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = lines.length === 0 ? first : rest;
    let empty = true;
    for (const word of paragraph.split(/ +/)) {
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
