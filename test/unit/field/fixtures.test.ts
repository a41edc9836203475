/** What differed in the field stays a test until it is mended: those that need no cloud. */
import { join, resolve } from 'node:path';
import { isKnown } from '../../../lib/commands/messages';
import { compare } from '../../../lib/field/compare';
import { readFixtures, stillDiffers, type Fixture } from '../../../lib/field/fixtures';
import type { FieldRecord, RequestRecord } from '../../../lib/field/recording';
import { header, recording } from './recordings';

const FOLDER = resolve(__dirname, '../../field');
const fixtures = [...readFixtures(FOLDER)];

/** Whether the catalogue has words for a failure as it was recorded. */
const hasWords = ({ difference }: Fixture): boolean =>
  difference.records.every((one) =>
    one.type === 'message'
      ? isKnown(Object.assign(new Error(one.text), { name: one.names[0], code: one.names[1] }))
      : true,
  );

test.each([['none yet', undefined] as const, ...fixtures])('%s: the catalogue has words for it', (_file, fixture) => {
  if (fixture?.difference.kind === 'unknown message' && !fixture.accepted) expect(hasWords(fixture)).toBe(true);
});

describe('a difference that was kept', () => {
  const made = (change: (requests: RequestRecord[], records: FieldRecord[]) => void): Fixture[] => {
    const there = recording(2, (records) =>
      change(records.filter((one) => one.type === 'request') as RequestRecord[], records),
    );
    const { project, commit, target, region, startedAt } = header();
    return compare(there, recording(), ['data-prep']).differences.map((difference) => ({
      from: { project, commit, target, region, startedAt },
      difference,
    }));
  };

  test.each<[string, (requests: RequestRecord[], records: FieldRecord[]) => void]>([
    ['a field', (all) => Object.assign(all[0]!.output as object, { More: 1 })],
    ['a missing field', (all) => void delete (all[0]!.output as { JobRunId?: string }).JobRunId],
    ['a state', (all) => Object.assign((all[1]!.output as { JobRun: object }).JobRun, { JobRunState: 'WAITING' })],
    ['an error', (all) => Object.assign(all.find(({ error }) => error)!.error!, { code: 'Other' })],
    [
      'a result',
      (_all, records) =>
        Object.assign(
          records.find((one) => one.type === 'part')!,
          { ok: false },
        ),
    ],
    [
      'an order',
      (all, records) => {
        const runs = all.filter(({ operation }) => operation === 'GetJobRun');
        const [a, b] = [records.indexOf(runs.at(-2)!), records.indexOf(runs.at(-1)!)];
        [records[a], records[b]] = [records[b]!, records[a]!];
      },
    ],
  ])('is found again by its own records alone, and no more once this side answers like it: %s', (_what, change) => {
    const fixtures_ = made(change);
    expect(fixtures_.length).toBeGreaterThan(0);
    const like = recording(2, (records) =>
      change(records.filter((one) => one.type === 'request') as RequestRecord[], records),
    );
    for (const fixture of fixtures_) {
      expect(stillDiffers(fixture, recording())).toBe(true);
      expect(stillDiffers(fixture, like)).toBe(false);
    }
  });

  test('an unknown failure is known once the catalogue has words for it', () => {
    const [odd] = made((_all, records) => {
      const at = { lab: 'data-prep', part: 'up', at: 1 } as const;
      records.push({ ...at, type: 'message', known: false, names: ['OddError'], text: 'odd', request: null });
    });
    expect(hasWords(odd!)).toBe(false);
    const known = structuredClone(odd!) as unknown as { difference: { records: { names: string[] }[] } };
    known.difference.records[0]!.names = ['ThrottlingException'];
    expect(hasWords(known as never)).toBe(true);
  });
});

test('fixtures are where the comparison writes them', () => {
  for (const [file, { difference }] of fixtures) expect(join(file)).toContain(difference.lab);
});
