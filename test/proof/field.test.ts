/** Recordings: of this machine, changed in seeded ways; and what differed in an account, which is to differ no more. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { projectVersion } from '../../lib/commands/field-report';
import { LAB_IDS, type LabId } from '../../lib/course/names';
import { compare } from '../../lib/field/compare';
import { type Fixture, readFixtures, stillDiffers } from '../../lib/field/fixtures';
import { readRecording, type Recording } from '../../lib/field/read';
import type { FieldRecord, RequestRecord } from '../../lib/field/recording';

const ROOT = resolve(__dirname, '..', '..');
const fixtures = [...readFixtures(join(ROOT, 'test', 'field'))].filter(
  ([, { accepted, difference }]) => !accepted && !['unknown message', 'left'].includes(difference.kind),
);
const folder = mkdtempSync(join(tmpdir(), 'mla-labs-proof-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rehearse(lab: LabId, name: string = lab): Recording {
  const file = join(folder, `${name}.jsonl`);
  const { stderr } = spawnSync('./lab', ['rehearse', lab, '--report', file], { cwd: ROOT, encoding: 'utf8' });
  return readRecording(file, { project: projectVersion(), next: stderr });
}

describe('a recording of this machine', () => {
  let there: Recording;
  let here: Recording;
  beforeAll(() => {
    there = rehearse('data-prep', 'there');
    here = rehearse('data-prep', 'here');
  });
  const differences = (change: (requests: RequestRecord[]) => void): string[] => {
    const records = structuredClone(there.records) as FieldRecord[];
    change(records.filter((one) => one.type === 'request') as RequestRecord[]);
    return compare({ ...there, records }, here, ['data-prep']).differences.map(
      ({ kind, about, path }) => `${kind}: ${about} ${path ?? ''}`,
    );
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const last = (all: RequestRecord[], operation: string): any =>
    all.filter((one) => one.operation === operation && one.output !== undefined).at(-1)!.output;

  test('has each part from up to down, and ends well', () => {
    const parts = there.records.flatMap((one) => (one.type === 'part' ? [`${one.part}: ${one.ok}`] : []));
    expect(parts[0]).toBe('up: true');
    expect(parts.at(-1)).toBe('down: true');
    expect(parts.filter((part) => part.endsWith('false'))).toEqual([]);
    expect(there.outcome).toBe('done');
  });

  test('does not differ from the next one', () => expect(differences(() => undefined)).toEqual([]));

  test.each<[string, (all: RequestRecord[]) => void, string]>([
    [
      'a field that goes',
      (all) => delete last(all, 'GetJobRun').JobRun.CompletedOn,
      'field extra: Glue GetJobRun JobRun.CompletedOn',
    ],
    [
      'a field that comes',
      (all) => (last(all, 'GetQueryExecution').QueryExecution.More = true),
      'field missing: Athena GetQueryExecution QueryExecution.More',
    ],
    ['a type', (all) => (last(all, 'GetJobRun').JobRun.MaxCapacity = '2'), 'type: Glue GetJobRun JobRun.MaxCapacity'],
    [
      'a state',
      (all) => (last(all, 'GetJobRun').JobRun.JobRunState = 'WAITING'),
      'state: Glue GetJobRun JobRun.JobRunState',
    ],
    [
      'the code of an error',
      (all) =>
        Object.assign(all.find((one) => one.operation === 'GetTable' && one.error)!.error!, { code: 'NoSuchTable' }),
      'error: Glue GetTable ',
    ],
  ])('differs in %s that is changed in it, and in nothing else', (_what, change, expected) => {
    expect(differences(change)).toEqual([expected]);
  });
});

describe.each(LAB_IDS)('lab %s', (lab) => {
  const mine: [string, Fixture][] = fixtures.filter(([, { difference }]) => difference.lab === lab);
  let today: Recording | undefined;
  beforeAll(() => {
    if (mine.length > 0) today = rehearse(lab);
  });

  test('was rehearsed where a field run differed', () => expect(today === undefined).toBe(mine.length === 0));
  // Jest takes no empty table, and there is none where no field run differed.
  for (const [file, fixture] of mine)
    test(`answers as was recorded: ${file}`, () => expect(stillDiffers(fixture, today!)).toBe(false));
});
