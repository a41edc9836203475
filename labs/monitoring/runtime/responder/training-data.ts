/** What a retraining learns from: the slices of the old months as they are, and newer months parted by one fixed rule. */
import { createHash } from 'node:crypto';
import { DATA, RETRAINING } from '../../names';
import type { Services } from './services';

/** Of a hundred flights of a newer month: held out from all retrainings, for early stopping, and to learn from. */
const HELD_OUT_BELOW = 20;
const VALIDATION_BELOW = 35;

export interface TrainingData {
  /** Prefixes of the channels. */
  readonly train: string;
  readonly validation: string;
  /** Flights of the newest month that are held out. */
  readonly newest: { readonly month: string; readonly key: string };
  /** Newer months in it. */
  readonly months: readonly string[];
  readonly flights: Readonly<Record<'train' | 'validation' | 'heldOut', number>>;
  /** Names the content: a hash over keys and what they hold. */
  readonly version: string;
}

/** There is nothing to learn from; the message says what is missing. */
export class NoData extends Error {}

/** The same flight falls into the same part every time. */
export function sliceOf(line: string): 'train' | 'validation' | 'heldOut' {
  const bucket = createHash('sha256').update(line).digest().readUInt32BE(0) % 100;
  if (bucket < HELD_OUT_BELOW) return 'heldOut';
  return bucket < VALIDATION_BELOW ? 'validation' : 'train';
}

/** What there is to learn from, read and parted, and not yet put anywhere. */
export interface AvailableData {
  readonly lines: Readonly<Record<'train' | 'validation' | 'heldOut', readonly string[]>>;
  readonly months: readonly string[];
  readonly newest: string;
  readonly version: string;
}

/** Reads what a retraining would learn from. @throws NoData */
export async function findTrainingData({ store }: Services): Promise<AvailableData> {
  const hash = createHash('sha256');
  const read = async (key: string): Promise<string[]> => {
    const body = await store.bytes(key);
    hash.update(`${key} ${createHash('sha256').update(body).digest('hex')}\n`);
    return body
      .toString('utf8')
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
  };
  const slice = async (name: 'train' | 'validation'): Promise<string[]> => {
    const keys = await store.keys(`${DATA}${name}/`);
    if (keys.length === 0) throw new NoData(`there is nothing below ${DATA}${name}/`);
    return (await Promise.all(keys.map(read))).flat();
  };
  const parts = { train: await slice('train'), validation: await slice('validation') };
  const monthKeys = await store.keys(`${DATA}months/`);
  const months = [...new Set(monthKeys.map((key) => key.slice(`${DATA}months/`.length).split('/')[0]!))].sort();
  const newest = months.at(-1);
  if (newest === undefined) throw new NoData(`there is no newer month below ${DATA}months/`);
  const heldOut: string[] = [];
  for (const key of monthKeys) {
    for (const line of await read(key)) {
      const part = sliceOf(line);
      if (part !== 'heldOut') parts[part].push(line);
      else if (key.startsWith(`${DATA}months/${newest}/`)) heldOut.push(line);
    }
  }
  if (heldOut.length === 0) throw new NoData(`the month ${newest} has no flights`);
  return { lines: { ...parts, heldOut }, months, newest, version: hash.digest('hex').slice(0, 16) };
}

/** Puts the channels of a decision's retraining below retraining/. Done again, it puts the same. */
export async function mergeTrainingData(
  { store }: Services,
  id: string,
  { lines, months, newest, version }: AvailableData,
): Promise<TrainingData> {
  const folder = `${RETRAINING}${id}/`;
  const key = `${folder}held-out/${newest}.csv`;
  await store.put(key, `${lines.heldOut.join('\n')}\n`);
  for (const name of ['train', 'validation'] as const) {
    await store.put(`${folder}${name}/${name}.csv`, `${lines[name].join('\n')}\n`);
  }
  return {
    train: `${folder}train/`,
    validation: `${folder}validation/`,
    newest: { month: newest, key },
    months,
    flights: { train: lines.train.length, validation: lines.validation.length, heldOut: lines.heldOut.length },
    version,
  };
}
