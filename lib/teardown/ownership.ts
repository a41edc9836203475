/**
 * What is ours: the record that proves it when the stack itself no longer can.
 *
 * A thing is ours by tag or by belonging (an object in our bucket, a table in our database, a job that uses our role).
 * The record names the bucket, the roles and the rest by their physical names; it is made first and removed last.
 */
import { LAB_IDS, type LabId, LEARNER_PATTERN, stackName } from '../course/names';

/** Bytes that an SSM parameter of the Standard tier holds. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
export const RECORD_LIMIT = 4096;

/** Version of the record's format. One without a version is of 0.2.0 or before, and reads the same. */
export const RECORD_VERSION = 1;

/** The lists of names that a record holds. Each entry is one physical name; roles are ARNs. */
export const NAME_LISTS = [
  'buckets',
  'roles',
  'databases',
  'workGroups',
  'crawlers',
  'jobs',
  'rulesets',
  'namedQueries',
  'logGroups',
  'modelPackageGroups',
  'stacks',
  'endpoints',
  'pipelines',
  'buildProjects',
  'schedules',
  'alarms',
  'queues',
] as const;
export type NameList = (typeof NAME_LISTS)[number];
export type OwnedNames = Readonly<Record<NameList, readonly string[]>>;

export interface Ownership extends OwnedNames {
  readonly lab: LabId;
  readonly learner: string;
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  /** ARN of the stack. @default - not known: the record was made up from names alone */
  readonly stackId?: string;
  /** Hours from the stack's creation until the lease is over, without extensions. */
  readonly leaseHours: number;
  /** ISO 8601 time until which `./lab extend` has extended the lease. @default - not extended */
  readonly extendedUntil?: string;
  /** End of the lease before which its learner was warned: another end, after an extension, is warned of anew. */
  readonly warnedFor?: string;
  /** End of the lease of which the learner was told that not all could be removed yet. */
  readonly stuckFor?: string;
  /** Where a newer version of this project wrote the record: its number, and what this one does not know of it. */
  readonly newer?: NewerRecord;
}

export interface NewerRecord {
  readonly version: number;
  /** Kept as they are when the record is written. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const TIMES = ['extendedUntil', 'warnedFor', 'stuckFor'] as const;

/** Whose record it must be: nothing else proves anything for this run. */
export type Identity = Pick<Ownership, 'lab' | 'learner' | 'account' | 'region' | 'stackName'>;

export const NO_NAMES: OwnedNames = Object.fromEntries(NAME_LISTS.map((list) => [list, []])) as unknown as OwnedNames;

/** Longest a name may be; AWS's longest here is an ARN of a role with a path. */
const MAX_NAME = 600;
/** What a name of each list looks like. A record with any other name is not believed. */
const SHAPES: Readonly<Record<NameList, (name: string, identity: Identity) => boolean>> = {
  buckets: (name) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name),
  roles: (name, { account }) => new RegExp(`^arn:aws[a-z-]*:iam::${account}:role/[\\w+=,.@/-]+$`).test(name),
  databases: (name) => /^[a-z0-9_]{1,255}$/.test(name),
  workGroups: (name) => /^[\w.-]{1,128}$/.test(name) && name !== 'primary',
  crawlers: (name) => /^[^\p{Cc}*]{1,255}$/u.test(name),
  jobs: (name) => /^[^\p{Cc}*]{1,255}$/u.test(name),
  rulesets: (name) => /^[^\p{Cc}*]{1,255}$/u.test(name),
  namedQueries: (name) => /^[\w-]{1,128}$/.test(name),
  modelPackageGroups: (name) => /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name),
  stacks: (name, { stackName }) => /^[a-zA-Z][a-zA-Z0-9-]{0,127}$/.test(name) && name !== stackName,
  endpoints: (name) => /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name),
  pipelines: (name) => /^[\w.@-]{1,100}$/.test(name),
  buildProjects: (name) => /^[a-zA-Z0-9][\w-]{1,254}$/.test(name),
  schedules: (name) => /^[\w.-]{1,64}$/.test(name),
  alarms: (name) => /^[^\p{Cc}*]{1,255}$/u.test(name),
  queues: (name, { account }) => new RegExp(`^https?://[\\w.:-]+/${account}/[\\w-]{1,80}(\\.fifo)?$`).test(name),
  logGroups: (name) => /^[\w./#-]{1,512}$/.test(name) && !name.startsWith('/aws'),
};

/** Says why a record is not believed. */
export class NotOurs extends Error {
  override readonly name = 'NotOurs';
}

/**
 * Reads a record's text, believing nothing.
 *
 * @throws NotOurs when the text is no record, or is one of another account, Region, lab, learner or stack,
 * or holds a name that its list cannot have
 */
export function parseOwnership(text: string, identity: Identity): Ownership {
  if (Buffer.byteLength(text) > RECORD_LIMIT) throw new NotOurs(`the record is longer than ${RECORD_LIMIT} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotOurs('the record is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotOurs('the record is no object');
  const record = value as Record<string, unknown>;
  for (const key of ['lab', 'learner', 'account', 'region', 'stackName'] as const) {
    if (record[key] !== identity[key]) {
      throw new NotOurs(`the record's ${key} is ${show(record[key])} and not ${show(identity[key])}`);
    }
  }
  if (record.stackId !== undefined && !isStackId(record.stackId, identity)) {
    throw new NotOurs(`the record's stackId ${show(record.stackId)} is not one of the stack ${identity.stackName}`);
  }
  const names: Partial<Record<NameList, readonly string[]>> = {};
  for (const list of NAME_LISTS) names[list] = namesIn(record, list, identity);
  const times: Partial<Record<(typeof TIMES)[number], string>> = {};
  for (const key of TIMES) {
    const time = record[key];
    if (time === undefined) continue;
    if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) {
      throw new NotOurs(`the record's ${key} ${show(time)} is no time`);
    }
    times[key] = time;
  }
  const hours = record.leaseHours;
  if (typeof hours !== 'number' || !Number.isFinite(hours) || hours <= 0) {
    throw new NotOurs(`the record's leaseHours ${show(hours)} is no number of hours`);
  }
  const known = {
    ...pickIdentity(identity),
    ...(record.stackId === undefined ? {} : { stackId: record.stackId as string }),
    leaseHours: hours,
    ...times,
    ...(names as OwnedNames),
  };
  return { ...known, ...newerThanKnown(record, known) };
}

/** Whether a newer version wrote what this one does not know, and cannot look for. */
export function holdsUnknown({ newer }: Pick<Ownership, 'newer'>): boolean {
  return newer !== undefined && Object.keys(newer.fields).length > 0;
}

/** @throws NotOurs where the version is no number of one */
function newerThanKnown(record: Record<string, unknown>, known: object): { newer?: NewerRecord } {
  const { version = 0, ...rest } = record;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0) {
    throw new NotOurs(`the record's version ${show(version)} is no whole number`);
  }
  if (version <= RECORD_VERSION) return {};
  const fields = Object.entries(rest).filter(([key]) => !Object.hasOwn(known, key));
  return { newer: { version, fields: Object.fromEntries(fields) } };
}

/** The record's text, within the tier's limit: the newest names first, older ones dropped where they do not fit. */
export function formatOwnership(ownership: Ownership): string {
  const { newer, ...known } = ownership;
  const kept: Record<string, unknown> = { version: newer?.version ?? RECORD_VERSION, ...newer?.fields, ...known };
  for (const list of NAME_LISTS) {
    if (ownership[list].length === 0) delete kept[list];
  }
  let text = JSON.stringify(kept);
  while (Buffer.byteLength(text) > RECORD_LIMIT) {
    const longest = NAME_LISTS.map((list) => [list, (kept[list] ?? []) as string[]] as const).sort(
      (a, b) => b[1].join().length - a[1].join().length,
    )[0]!;
    if (longest[1].length < 2)
      throw new Error(`The ownership record of ${ownership.stackName} exceeds ${RECORD_LIMIT} bytes.`);
    kept[longest[0]] = longest[1].slice(0, -1);
    text = JSON.stringify(kept);
  }
  return text;
}

/** Adds names in front of those known, each once. Earlier names stay: what an earlier life of the stack left must stay provable. */
export function withNames(ownership: Ownership, names: Partial<OwnedNames>): Ownership {
  const merged = Object.fromEntries(
    NAME_LISTS.map((list) => [list, [...new Set([...(names[list] ?? []), ...ownership[list]])]]),
  ) as unknown as OwnedNames;
  return { ...ownership, ...merged };
}

export function isStackId(value: unknown, { region, account, stackName: name }: Identity): boolean {
  if (typeof value !== 'string') return false;
  const parts = value.split(':');
  return (
    parts.length === 6 &&
    parts[2] === 'cloudformation' &&
    parts[3] === region &&
    parts[4] === account &&
    (parts[5] ?? '').startsWith(`stack/${name}/`)
  );
}

/** The identity that a lab's names give, for an account and Region. @throws NotOurs for an unknown lab or an unfit learner */
export function identityOf(lab: string, learner: string, account: string, region: string): Identity {
  if (!LAB_IDS.includes(lab as LabId)) throw new NotOurs(`${show(lab)} is no lab`);
  if (!LEARNER_PATTERN.test(learner)) throw new NotOurs(`${show(learner)} is no learner's name`);
  return { lab: lab as LabId, learner, account, region, stackName: stackName(lab as LabId, learner) };
}

function pickIdentity({ lab, learner, account, region, stackName: name }: Identity): Identity {
  return { lab, learner, account, region, stackName: name };
}

function namesIn(record: Record<string, unknown>, list: NameList, identity: Identity): readonly string[] {
  const value = record[list] ?? [];
  if (!Array.isArray(value)) throw new NotOurs(`the record's ${list} is no list`);
  for (const name of value as unknown[]) {
    if (typeof name !== 'string' || name.length > MAX_NAME || !SHAPES[list](name, identity)) {
      throw new NotOurs(`the record's ${list} holds ${show(name)}`);
    }
  }
  return value as string[];
}

/** A value for a message: short, quoted, without control characters. */
function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 80);
}
