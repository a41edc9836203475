import { FakeAws } from './fakeAws';
import { split } from '../../../../labs/data-prep/steps/split';
import { dataPlan, SLICES } from '../../../../lib/course/data-plan';

const FEATURES = dataPlan().features.map(({ name }) => name);

/** A line as UNLOAD writes it. */
function line(label: string, given: Readonly<Record<string, string>> = {}): string {
  return [label, ...FEATURES.map((name) => given[name] ?? '1')].join(',');
}

/** Four flights of each slice: one late, one without weather. */
const LINES = [line('1'), line('0', { temp: '' }), line('0', { temp: '3.79E1', plane_age: '' }), line('0')];
const ROW = ['4', '1', '4', '4', '1', '1', '4'];

function written(lines: readonly string[] = LINES): FakeAws {
  const aws = new FakeAws().ingested().crawled().transformed();
  for (const slice of SLICES) aws.put(`split/${slice}/part-0`, `${(slice === 'test' ? lines : LINES).join('\n')}\n`);
  aws.answer = () => SLICES.map((slice) => [slice, ...ROW]);
  return aws;
}

describe('split', () => {
  test('before transform: the earlier step is named', async () => {
    expect((await split.check(new FakeAws().ingested().crawled().run)).next).toContain('step data-prep transform');
  });

  test('before the step: nothing is written', async () => {
    const verdict = await split.check(new FakeAws().ingested().crawled().transformed().run);
    expect(verdict).toMatchObject({ done: false, saw: expect.stringContaining('Nothing is written below') });
  });

  test('as UNLOAD writes it: done, with sizes and shares', async () => {
    const verdict = await split.check(written().run);
    expect(verdict).toMatchObject({ done: true });
    expect(verdict.saw).toContain('test 4 (33.3 %, late share 0.2500)');
  });

  test.each([
    ['a header', [['late', ...FEATURES].join(','), ...LINES], 'line 1: it is a header'],
    [
      String.raw`\N for a missing value`,
      [line('0', { temp: '\\N' }), ...LINES],
      String.raw`it has \N for a missing value`,
    ],
    ['a field too few', [line('1').slice(0, -2)], `it has ${FEATURES.length} fields, expected ${FEATURES.length + 1}`],
    ['the label at the end', [[...FEATURES.map(() => '7'), '1'].join(',')], 'the label, 0 or 1, has to come first'],
    ['a label in words', [line('true')], 'field 1 is "true", which is no number'],
    ['quotes', [line('"0"')], String.raw`field 1 is "\"0\"", which is no number`],
    ['the default delimiter', [line('0').replaceAll(',', '\x01')], "Set field_delimiter = ','"],
  ])('%s: refused, and taught', async (_what, lines, expected) => {
    const verdict = await split.check(written(lines).run);
    expect(verdict.done).toBe(false);
    expect(verdict.saw).toContain(expected);
  });

  test('gzip, the default of UNLOAD: told how to turn it off', async () => {
    const aws = written();
    aws.put('split/test/part-0.gz', Buffer.from([0x1f, 0x8b, 8]));
    expect((await split.check(aws.run)).saw).toContain("Set compression = 'NONE'");
  });

  test('written twice', async () => {
    const verdict = await split.check(written([...LINES, ...LINES]).run);
    expect(verdict.saw).toContain('it was written 2 times');
  });

  test('rows of another slice, though as many: noticed by their sums', async () => {
    const other = [line('1'), line('0', { temp: '' }), line('0', { plane_age: '' }), line('0', { distance: '999' })];
    expect((await split.check(written(other).run)).saw).toContain(
      'The slice test has 1,002 as sum of distance, expected 4',
    );
  });

  test('a missing value filled with 0', async () => {
    const filled = [line('1'), line('0', { temp: '0' }), line('0', { plane_age: '' }), line('0')];
    expect((await split.check(written(filled).run)).saw).toContain('a missing value has to stay missing');
  });

  test('a flight that is in the table twice', async () => {
    const aws = written();
    aws.answer = () => SLICES.map((slice) => [slice, ...ROW.slice(0, 6), slice === 'train' ? '3' : '4']);
    expect((await split.check(aws.run)).saw).toContain('12 rows with 11 different keys');
  });

  test('the step empties its own three places and nothing else', async () => {
    const aws = written();
    aws.put('split/testing/mine.csv', 'x');
    const raw = [...aws.objects.keys()].filter((key) => !/^split\/(train|validation|test)\//.test(key));
    await split.act(aws.run);
    expect([...aws.objects.keys()]).toEqual(raw);
    expect(aws.executions.filter(({ Query }) => Query?.includes('UNLOAD'))).toHaveLength(3);
  });
});
