/** Holds a recording of a rehearsal against another of the same labs: what one cloud answers otherwise than the other. */
import type { LabId } from '../course/names';
import type { AfterRecord, MessageRecord, PartRecord, RequestRecord } from './recording';
import type { Recording } from './read';
import { isPassing, tellsPassing } from './passing';
import { nodesOf, plain, plainInput, saidOf, wholeHistories } from './shape';

export const DIFFERENCE_KINDS = [
  /** Answers there have a field that they lack here. */
  'field missing',
  /** Answers here have a field that they lack there. */
  'field extra',
  'type',
  /** A state that is not known here. */
  'state',
  /** A state that whole histories tell here, and not there. */
  'state missing',
  /** States in an order that never is here. */
  'order',
  /** A word for a sort of thing that is not known here. */
  'value',
  /** Another error, or an error on one side only. */
  'error',
  /** The same error in other words. */
  'message',
  /** A part of the rehearsal that went well on one side only. */
  'result',
  /** A failure for which the catalogue had no words. */
  'unknown message',
  /** What stood a day later. */
  'left',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export type Shown = RequestRecord | MessageRecord | PartRecord | AfterRecord;

/** One thing that differs: `there` is the recording that is compared, `here` the one it is held against. */
export interface Difference {
  readonly lab: LabId;
  readonly kind: DifferenceKind;
  /** `Glue GetJobRun`, or the part of the rehearsal. */
  readonly about: string;
  /** Member of the answer, or the code of the error. @default - neither */
  readonly path?: string;
  readonly there: string;
  readonly here: string;
  /** How often. */
  readonly times: number;
  /** Part of the rehearsal in which it was seen first. */
  readonly part: string;
  /** Records of `there` that show it: enough to find it again. */
  readonly records: readonly Shown[];
}

export interface Timing {
  readonly lab: LabId;
  readonly part: string;
  readonly there: number;
  readonly here: number;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Seconds of parts, and of waits within them: they say what to expect, and are no difference. */
  readonly timings: readonly Timing[];
  /** Operations that one side only asked for. */
  readonly onlyThere: readonly string[];
  readonly onlyHere: readonly string[];
  /** Times that AWS asked to come again, or did not answer. */
  readonly transient: number;
}

/** The part of a recording that looks again later: there is nothing to compare it with. */
export const AFTER = 'after';
const OK = 'ok';
const TRANSIENT =
  /throttl|TooManyRequests|SlowDown|RequestLimit|ServiceUnavailable|InternalFailure|InternalServer|InternalError|TimeoutError|ECONN|ETIMEDOUT|EPIPE|^50\d$/i;

const isRequest = (record: { readonly type: string }): record is RequestRecord => record.type === 'request';
const nameOf = ({ service, operation }: RequestRecord): string => `${service} ${operation}`;
/** Where a request belongs: to those that ask the same, otherwise to those of its operation. */
const placesOf = (record: RequestRecord, ...more: readonly string[]): string[] =>
  [plainInput(record.input), ''].map((input) => JSON.stringify([nameOf(record), input, ...more]));

/** @param labs which are compared */
export function compare(there: Recording, here: Recording, labs: readonly LabId[]): Comparison {
  const found = new Differences();
  const timings: Timing[] = [];
  const asked = { there: new Set<string>(), here: new Set<string>() };
  let transient = 0;
  for (const lab of labs) {
    const requests = ({ records }: Recording): RequestRecord[] =>
      records.filter(isRequest).filter((one) => one.lab === lab && one.part !== AFTER);
    const [a, b] = [requests(there), requests(here)];
    transient += a.filter(({ error }) => error && TRANSIENT.test(error.code)).length;
    for (const one of a) asked.there.add(nameOf(one));
    for (const one of b) asked.here.add(nameOf(one));
    compareFields(lab, a, b, found);
    compareStates(lab, a, b, found);
    compareErrors(lab, a, b, found);
    compareResults(lab, there, here, found);
    timings.push(...timingsOf(lab, there, here));
  }
  const minus = (one: ReadonlySet<string>, other: ReadonlySet<string>): string[] =>
    [...one].filter((name) => !other.has(name)).sort();
  return {
    differences: found.all,
    timings,
    onlyThere: minus(asked.there, asked.here),
    onlyHere: minus(asked.here, asked.there),
    transient,
  };
}

/** Differences, each once. */
class Differences {
  private readonly byKey = new Map<string, Difference>();

  add(one: Omit<Difference, 'times'>): void {
    const key = JSON.stringify([one.lab, one.kind, one.about, one.path, one.there, one.here]);
    const known = this.byKey.get(key);
    this.byKey.set(key, known ? { ...known, times: known.times + 1 } : { ...one, times: 1 });
  }

  get all(): Difference[] {
    return [...this.byKey.values()];
  }
}

type Fields = ReadonlyMap<string, string>;
type Variants = Map<string, Fields>;

const variantOf = (fields: Fields): string =>
  [...fields]
    .map(([name, type]) => `${name}:${type}`)
    .sort()
    .join(' ');

const unlike = (one: Fields, other: Fields): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name));

/** Which states a thing tells, without what they are. */
const stateKeys = (state: string): string => state.replace(/=\S+/g, '');

/** An answer there is as one here, or it differs from the one that is most like it. */
function compareFields(lab: LabId, a: readonly RequestRecord[], b: readonly RequestRecord[], found: Differences): void {
  const known = new Map<string, Variants>();
  const keys = new Map<string, Map<string, Variants>>();
  const outcomes = outcomesOf(b);
  for (const record of b)
    for (const { path, state, fields } of nodesOf(record.output ?? null))
      for (const place of placesOf(record, path)) {
        const at = `${place} ${state}`;
        known.set(at, (known.get(at) ?? new Map<string, Fields>()).set(variantOf(fields), fields));
        const told = keys.get(place) ?? new Map<string, Variants>();
        const alike = told.get(stateKeys(state)) ?? new Map<string, Fields>();
        keys.set(place, told.set(stateKeys(state), alike.set(variantOf(fields), fields)));
      }
  for (const record of a) {
    // What failed here has no answer to compare with: that it failed is a difference by itself.
    const failed = outcomes.get(placesOf(record)[0]!);
    if (failed && !failed.has(OK)) continue;
    for (const { path, state, fields } of nodesOf(record.output ?? null)) {
      const places = placesOf(record, path);
      const inState = places.map((place) => known.get(`${place} ${state}`)).find((one) => one !== undefined);
      if (inState?.has(variantOf(fields))) continue;
      // Where a state itself was added or lost, the answer is like one that tells other states. One with a state that is
      // unknown here is another difference, and none of its fields.
      const [same = ''] = places.filter((place) => keys.has(place));
      const others = [...(keys.get(same) ?? [])].flatMap(([told, variants]) =>
        told === stateKeys(state) ? [] : [...variants.values()],
      );
      if (!inState && (others.length === 0 || keys.get(same)!.has(stateKeys(state)))) continue;
      const [nearest] = [...(inState?.values() ?? []), ...others].sort(
        (x, y) => unlike(fields, x).length - unlike(fields, y).length,
      );
      const any = [...(keys.get(same)?.values() ?? [])].flatMap((one) => [...one.values()]);
      const passing = tellsPassing(record.service, state);
      for (const name of unlike(fields, nearest!)) {
        const [there, here] = [fields.get(name), nearest!.get(name)];
        // While a thing goes on, what is told of it grows: at which moment polls ask is chance.
        if (passing && any.some((one) => one.get(name) === there)) continue;
        found.add({
          lab,
          kind: there === undefined ? 'field extra' : here === undefined ? 'field missing' : 'type',
          about: nameOf(record),
          path: [path, name].filter(Boolean).join('.'),
          there: there ?? 'none',
          here: here ?? 'none',
          part: record.part,
          records: [record],
        });
      }
    }
  }
}

interface Sequence {
  readonly kind: string;
  readonly about: string;
  readonly path: string;
  readonly isState: boolean;
  readonly history: boolean;
  /** Values as they followed each other, with the request that told each. */
  readonly values: { readonly value: string; readonly record: RequestRecord }[];
}

/** What was said of each thing, over time. */
function sequencesOf(records: readonly RequestRecord[]): Sequence[] {
  const sequences = new Map<string, Sequence>();
  for (const [at, record] of wholeHistories(records).entries())
    for (const { path, value, isState, subject, history } of saidOf(record.output ?? null)) {
      const kind = JSON.stringify([nameOf(record), path]);
      // A history is told whole in each answer; of anything else, each answer tells one more state.
      const of = JSON.stringify([kind, history ? at : record.input, subject]);
      const sequence = sequences.get(of) ?? { kind, about: nameOf(record), path, isState, history, values: [] };
      sequences.set(of, sequence);
      if (sequence.values.at(-1)?.value !== value) sequence.values.push({ value, record });
    }
  return [...sequences.values()];
}

/**
 * Polls see what they happen to see, of each thing. So what is known here is which states there are, and which come
 * before which, of all things of a kind together.
 */
function compareStates(lab: LabId, a: readonly RequestRecord[], b: readonly RequestRecord[], found: Differences): void {
  const known = new Map<string, { readonly values: Set<string>; readonly order: Set<string> }>();
  const [theirs, ours] = [sequencesOf(a), sequencesOf(b)];
  for (const { kind, history, values } of ours) {
    const of = known.get(kind) ?? { values: new Set(), order: new Set() };
    known.set(kind, of);
    for (const [i, { value }] of values.entries()) {
      of.values.add(value);
      // A history leaves nothing out.
      for (const later of values.slice(i + 1, history ? i + 2 : undefined)) of.order.add(`${value} → ${later.value}`);
    }
  }
  const seen = new Map<string, Set<string>>();
  for (const { kind, about, path, isState, history, values } of theirs) {
    const of = known.get(kind);
    seen.set(
      kind,
      values.reduce((all, { value }) => all.add(value), seen.get(kind) ?? new Set<string>()),
    );
    if (!of) continue;
    for (const [i, { value, record }] of values.entries()) {
      const before = values[i - 1]?.value;
      const shown = [values[i - 1]?.record, record, values[i + 1]?.record].filter((one) => one !== undefined);
      const at = { lab, about, path, part: record.part, records: [...new Set(shown)] };
      if (!of.values.has(value)) {
        // It is known here, and was over before anybody asked.
        if (!history && isPassing(record.service, path, value)) continue;
        const around = [before, value, values[i + 1]?.value].filter((one) => one !== undefined).join(' → ');
        const here = [...of.values].sort().join(', ');
        found.add({ ...at, kind: isState ? 'state' : 'value', there: isState ? around : value, here });
      } else if (isState && before !== undefined && of.values.has(before) && !of.order.has(`${before} → ${value}`))
        found.add({ ...at, kind: 'order', there: `${before} → ${value}`, here: 'never' });
    }
  }
  for (const { kind, about, path, isState, history, values } of ours) {
    const there = seen.get(kind);
    if (!history || !isState || !there) continue;
    for (const { value, record } of values)
      if (!there.has(value)) {
        const records = wholeHistories(a).filter((one) => nameOf(one) === about && one.output !== undefined);
        const said = [...there].sort().join(', ');
        found.add({ lab, kind: 'state missing', about, path, there: said, here: value, part: record.part, records });
      }
  }
}

/** What came of requests: `ok`, or codes of errors with all that was said. */
type Outcomes = Map<string, Set<string>>;

function outcomesOf(records: readonly RequestRecord[]): Map<string, Outcomes> {
  const all = new Map<string, Outcomes>();
  for (const record of records)
    for (const place of placesOf(record)) {
      const outcomes: Outcomes = all.get(place) ?? new Map<string, Set<string>>();
      const code = record.error?.code ?? OK;
      all.set(
        place,
        outcomes.set(code, (outcomes.get(code) ?? new Set<string>()).add(plain(record.error?.message ?? ''))),
      );
    }
  return all;
}

function compareErrors(lab: LabId, a: readonly RequestRecord[], b: readonly RequestRecord[], found: Differences): void {
  const lasting = (one: RequestRecord): boolean => !one.error || !TRANSIENT.test(one.error.code);
  const [there, here] = [a.filter(lasting), b.filter(lasting)];
  const [theirs, ours] = [outcomesOf(there), outcomesOf(here)];
  for (const record of there) {
    if (!record.error) continue;
    const known = placesOf(record)
      .map((place) => ours.get(place))
      .find((one) => one !== undefined);
    if (!known) continue;
    const { code, message } = record.error;
    const at = { lab, about: nameOf(record), part: record.part, records: [record] };
    const said = known.get(code);
    if (!said) {
      const others = [...known.keys()].filter((one) => one !== OK).sort();
      found.add({ ...at, kind: 'error', there: code, here: others.join(', ') || 'no error' });
    } else if (!said.has(plain(message)))
      found.add({ ...at, kind: 'message', path: code, there: plain(message), here: [...said].sort().join(' | ') });
  }
  for (const record of here) {
    const [place = ''] = placesOf(record);
    const outcomes = theirs.get(place);
    if (!record.error || !outcomes || ours.get(place)!.has(OK) || ![...outcomes.keys()].every((one) => one === OK))
      continue;
    const records = there.filter((one) => placesOf(one)[0] === place).slice(0, 1);
    const { part } = record;
    found.add({ lab, kind: 'error', about: nameOf(record), there: 'no error', here: record.error.code, part, records });
  }
}

function compareResults(lab: LabId, there: Recording, here: Recording, found: Differences): void {
  const partsOf = ({ records }: Recording) =>
    new Map(records.flatMap((one) => (one.type === 'part' && one.lab === lab ? [[one.part, one] as const] : [])));
  const ours = partsOf(here);
  const told = (ok: boolean, saw?: string): string => [ok ? OK : 'not ok', saw].filter(Boolean).join(': ');
  for (const [part, record] of partsOf(there)) {
    const one = ours.get(part);
    if (one === undefined || one.ok === record.ok) continue;
    const [theirs, mine] = [told(record.ok, record.saw), told(one.ok, one.saw)];
    found.add({ lab, kind: 'result', about: part, there: theirs, here: mine, part, records: [record] });
  }
  for (const record of there.records) {
    if (record.type === 'message' && record.lab === lab && !record.known)
      found.add({
        lab,
        kind: 'unknown message',
        about: record.request ?? record.part,
        there: `${record.names[0] ?? 'Error'}: ${plain(record.text)}`,
        here: 'not in the catalogue',
        part: record.part,
        records: [record],
      });
    if (record.type === 'after' && record.lab === lab)
      for (const { kind, id } of record.found)
        found.add({ lab, kind: 'left', about: kind, there: id, here: 'none', part: AFTER, records: [record] });
  }
}

/** How long parts and waits took, where both have them. */
function timingsOf(lab: LabId, there: Recording, here: Recording): Timing[] {
  const ours = secondsOf(lab, here);
  return [...secondsOf(lab, there)].flatMap(([part, seconds]) => {
    const other = ours.get(part);
    return other === undefined ? [] : [{ lab, part, there: seconds, here: other }];
  });
}

function secondsOf(lab: LabId, { records }: Recording): Map<string, number> {
  const seconds = new Map<string, number>();
  const add = (name: string, more: number): void =>
    void seconds.set(name, Math.round(((seconds.get(name) ?? 0) + more) * 100) / 100);
  let stage: { readonly name: string; readonly at: number } | undefined;
  for (const record of records) {
    if ((record.type !== 'progress' && record.type !== 'part') || record.lab !== lab) continue;
    // A stage ends where the next one begins, or its part ends.
    if (stage) add(stage.name, record.at - stage.at);
    stage = record.type === 'progress' ? { name: `${record.part}: ${plain(record.stage)}`, at: record.at } : undefined;
    if (record.type === 'part') add(record.part, record.seconds);
  }
  return seconds;
}
