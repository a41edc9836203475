import { parsePredicate } from '../../../../local-cloud/services/glue/dataQualityPredicate';

const COLUMNS = new Map([
  ['batch', 'string'],
  ['year', 'int'],
]);
const PARTITIONS = [
  { batch: '2013-01', year: '9' },
  { batch: '2013-02', year: '2013' },
  { batch: "o'hare", year: '2014' },
];

/** Indexes of the partitions that a predicate lets through. */
function chosen(predicate: string): number[] {
  const test = parsePredicate(predicate, COLUMNS);
  return PARTITIONS.flatMap((partition, index) => (test(partition) ? [index] : []));
}

test.each([
  ["batch == '2013-01'", [0]],
  ["batch = '2013-01' or batch = '2013-02'", [0, 1]],
  ['`BATCH` = "2013-02"', [1]],
  ["batch in ('2013-01','2013-02')", [0, 1]],
  ["batch not in ('2013-01')", [1, 2]],
  ["batch != '2013-01' and batch <> '2013-02'", [2]],
  ["batch = 'o''hare'", [2]],
  // A number's order, not a text's: '9' is less than '2013'.
  ['year < 2013', [0]],
  ["year >= '2013'", [1, 2]],
  ['year between 9 and 2013', [0, 1]],
  ["batch between '2013-01' and '2013-01'", [0]],
  ["not (year = 9 or batch = '2013-02')", [2]],
  // and binds closer than or.
  ["year = 9 or year = 2013 and batch = 'x'", [0]],
])('%s', (predicate, expected) => {
  expect(chosen(predicate)).toEqual(expected);
});

test.each([
  ["month = '1'", 'can not be resolved against partition columns: [batch, year]'],
  ['batch', 'expected a comparison'],
  ["batch = '2013", 'cannot be read at'],
  ["batch = '1' batch = '2'", 'expected and, or, or the end'],
  ["(batch = '1'", 'expected )'],
  ['batch in ()', 'expected a quoted text or a number'],
  ["batch like '2013%'", 'cannot be read at: like'],
  ["batch = '1'; drop table x", 'cannot be read at: ; drop table x'],
])('%s is refused', (predicate, message) => {
  expect(() => parsePredicate(predicate, COLUMNS)).toThrow(message);
});
