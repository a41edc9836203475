/** What test/guide takes for a figure that a guide promises, and when it counts as seen. */
import { figuresIn, missingFigures } from '../../guide/guide';

const missing = (claim: string, output: string): string[] => missingFigures(claim, output).map(({ text }) => text);

test('figures are numbers with their places, per cents, megabytes and small numbers in words; names are none', () => {
  expect(figuresIn('about 87,000 rows, 0.21, 37 %, 33.6 MB, five tables; `p90`, 5:17, [G.1X](a/2) and C01')).toEqual([
    { text: '87,000', value: 87000, within: 500 },
    { text: '0.21', value: 0.21, within: 0.005 },
    { text: '37 %', value: 0.37, within: 0.005 },
    { text: '33.6 MB', value: 33.6e6, within: 50_000 },
    { text: 'five', value: 5, within: 0 },
  ]);
});

test.each([
  ['87,000 rows', 'train 86,925', []],
  ['87,000 rows', 'train 86,325', ['87,000']],
  ['0.21 late', 'late share 0.2134', []],
  ['6 % at five', '5, 1944, 0.0597', []],
  ['16 objects', '17 files', ['16']],
  ['33 MB', '33.6 MB', ['33 MB']],
  ['twelve months', '2013-01 2013-02 twice 2013-02', ['twelve']],
  ['−0.16', 'EV, -0.1581', []],
])('%s beside %s', (claim, output, expected) => {
  expect(missing(claim, output)).toEqual(expected);
});

test('what comes nearest is named', () => {
  expect(missingFigures('70,774 are late', '70,775 of 328,521')[0]!.nearest).toBe(70775);
});
