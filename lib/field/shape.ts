/** Answers taken apart into what two clouds can be compared by: fields with their types, and the states they tell. */
import type { RequestRecord } from './recording';
import { type Redacted, STATE_KEY } from './redact';

type Tree = { readonly [key: string]: Redacted };

/** One object of an answer. */
export interface Node {
  /** `JobRuns[].Statistics`; empty for the answer itself. */
  readonly path: string;
  /** States and sorts of what it is part of: an answer has other fields when its job has ended. */
  readonly state: string;
  /** Members with their types. */
  readonly fields: ReadonlyMap<string, string>;
}

/** A word for a state or a sort, where it stands. */
export interface Said {
  readonly path: string;
  readonly value: string;
  /** Whether it is a state, which has an order. */
  readonly isState: boolean;
  /** What of the answer it is about; empty for the answer itself. */
  readonly subject: string;
  /** Whether an answer tells all states of a subject, in order. */
  readonly history: boolean;
}

const KIND_KEY = /(type|class|code|engine|category|unit)$/i;
const IDENTITY = /(id|arn|name|key)$/i;
const WORD = /^[A-Za-z][A-Za-z0-9_:./ -]*$/;
/** Lists of events, the newest first, by what each is about. */
const HISTORIES: Readonly<Record<string, string>> = { StackEvents: 'LogicalResourceId' };

const isTree = (value: Redacted | undefined): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Placeholders without their hashes, which differ between recordings. */
export function plain(text: string): string {
  return text.replace(/<([a-z]+)-[0-9a-f]{8}>/g, '<$1>').replace(/<(date|bytes|text|more) [^>]*>/g, '<$1>');
}

/** A request as it can be found again in another recording. */
export function plainInput(input: Redacted): string {
  return plain(JSON.stringify(sorted(input)));
}

function sorted(value: Redacted): Redacted {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isTree(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}

/** What sort of value it is. */
export function typeOf(value: Redacted): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'object';
  if (typeof value !== 'string') return typeof value;
  const [, sort] = /^<(date|bytes|stream|number)\b/.exec(value) ?? [];
  if (sort) return sort;
  return value.startsWith('arn:') ? 'ARN' : 'string';
}

/** Every object of an answer. */
export function nodesOf(answer: Redacted): Node[] {
  const nodes: Node[] = [];
  const visit = (value: Redacted, path: string, state: string): void => {
    if (Array.isArray(value)) {
      for (const one of value) {
        if (typeof one === 'string' && one.startsWith('<more ')) continue;
        if (isTree(one)) visit(one, `${path}[]`, stateOf(one));
        // Lists of plain values have a type, too.
        else nodes.push({ path: `${path}[]`, state: '', fields: new Map([['', typeOf(one)]]) });
      }
      return;
    }
    if (!isTree(value)) return;
    const members = Object.entries(value).map(([key, one]) => [plain(key), one] as const);
    const fields = new Map<string, string>();
    // Names that people chose are alike without their hashes: what there is of them counts.
    for (const [key, one] of members)
      fields.set(key, [...(fields.get(key)?.split(', ') ?? []), typeOf(one)].sort().join(', '));
    nodes.push({ path, state, fields });
    for (const [key, one] of members) visit(one, path === '' ? key : `${path}.${key}`, state);
  };
  visit(answer, '', isTree(answer) ? stateOf(answer) : '');
  return nodes;
}

/** Requests with the pages of a history put together, as what is on which page is chance. */
export function wholeHistories(records: readonly RequestRecord[]): RequestRecord[] {
  const whole: RequestRecord[] = [];
  const open = new Map<string, Tree & { [key: string]: Redacted }>();
  for (const record of records) {
    const list = Object.keys(HISTORIES).find((key) => isTree(record.output) && Array.isArray(record.output[key]));
    if (list === undefined || !isTree(record.output) || !isTree(record.input)) {
      whole.push(record);
      continue;
    }
    const { NextToken, ...asked } = record.input;
    const of = JSON.stringify([record.operation, asked]);
    const before = NextToken === undefined ? undefined : open.get(of);
    if (before) before[list] = [...(before[list] as Redacted[]), ...(record.output[list] as Redacted[])];
    else {
      const output = { ...record.output };
      open.set(of, output);
      whole.push({ ...record, output });
    }
  }
  return whole;
}

/** States of an entity, and what sort it is. */
function stateOf(entity: Tree): string {
  const found: string[] = [];
  const visit = (tree: Tree, path: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      if (isTree(value)) visit(value, `${path}${key}.`);
      else if (typeof value === 'string' && WORD.test(value))
        if (STATE_KEY.test(key) || (path === '' && KIND_KEY.test(key))) found.push(`${path}${key}=${value}`);
    }
  };
  visit(entity, '');
  return found.sort().join(' ');
}

/** Every state and sort that an answer tells, in its order. */
export function saidOf(answer: Redacted): Said[] {
  const said: Said[] = [];
  const visit = (value: Redacted, path: string, subject: string, history: boolean): void => {
    if (!isTree(value)) return;
    for (const [name, one] of Object.entries(value)) {
      const key = plain(name);
      const at = path === '' ? key : `${path}.${key}`;
      if (Array.isArray(one)) {
        const by = HISTORIES[key];
        for (const element of by === undefined ? one : [...one].reverse()) {
          if (!isTree(element)) continue;
          const sort = by === undefined ? '' : `(${String(element.ResourceType)})`;
          visit(element, `${at}[]${sort}`, `${subject}/${identityOf(element, by)}`, by !== undefined);
        }
      } else if (typeof one === 'string' && WORD.test(one) && (STATE_KEY.test(key) || KIND_KEY.test(key)))
        said.push({ path: at, value: one, isState: STATE_KEY.test(key), subject, history });
      else visit(one, at, subject, history);
    }
  };
  visit(answer, '', '', false);
  return said;
}

function identityOf(element: Tree, by?: string): string {
  const key = by ?? Object.keys(element).find((name) => IDENTITY.test(name) && typeof element[name] === 'string');
  return key === undefined ? '' : String(element[key]);
}
