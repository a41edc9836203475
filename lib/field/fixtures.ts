/** What differed in the field, kept as files: each is a test that fails until the local cloud, or a lab, is mended. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { LabId } from '../course/names';
import { compare, type Difference } from './compare';
import type { Recording } from './read';
import type { Header } from './recording';

/** One file of test/field/<lab>/. */
export interface Fixture {
  /** The recording that it is from. */
  readonly from: Pick<Header, 'project' | 'commit' | 'target' | 'region' | 'startedAt'>;
  readonly difference: Difference;
  /** Why it stays as it is: whoever decided that writes it here, and it is a test no more. @default - it is to be mended */
  readonly accepted?: string;
}

/** What makes it the same difference again, whatever answers here meanwhile. */
const keyOf = ({ lab, kind, about, path, there }: Difference): string =>
  JSON.stringify([lab, kind, about, path, there]);

/** Writes one file for each that has none. @returns their paths inside the folder */
export function writeFixtures(folder: string, { header }: Recording, differences: readonly Difference[]): string[] {
  const { project, commit, target, region, startedAt } = header;
  return differences.flatMap((difference) => {
    const { lab, kind, about, path = '' } = difference;
    const words = [kind, about, path].join(' ').replace(/[^A-Za-z0-9]+/g, '-');
    const hash = createHash('sha256').update(keyOf(difference)).digest('hex').slice(0, 8);
    const file = join(lab, `${words.slice(0, 80).replace(/^-|-$/g, '')}-${hash}.json`);
    if (existsSync(join(folder, file))) return [];
    mkdirSync(join(folder, lab), { recursive: true });
    const fixture: Fixture = { from: { project, commit, target, region, startedAt }, difference };
    writeFileSync(join(folder, file), `${JSON.stringify(fixture, null, 2)}\n`);
    return [file];
  });
}

/** Every file, by its path inside the folder. */
export function readFixtures(folder: string): Map<string, Fixture> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return new Map(files.sort().map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture]));
}

/** Those that nobody has accepted. */
export function unaccepted(differences: readonly Difference[], fixtures: Iterable<Fixture>): Difference[] {
  const accepted = new Set([...fixtures].filter((one) => one.accepted).map(({ difference }) => keyOf(difference)));
  return differences.filter((one) => !accepted.has(keyOf(one)));
}

/** Plays what was recorded against a recording of today. @returns whether it differs as it did */
export function stillDiffers({ difference, from }: Fixture, here: Recording): boolean {
  const lab: LabId = difference.lab;
  const header: Header = { ...here.header, ...from, labs: [lab] };
  const there: Recording = { file: '', header, records: difference.records, outcome: 'done' };
  return compare(there, here, [lab]).differences.some((one) => keyOf(one) === keyOf(difference));
}
