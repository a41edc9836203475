/** A recording from which nothing can be concluded is refused, and the refusal says why. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabId } from '../../../lib/course/names';
import { readRecording, type Recording } from '../../../lib/field/read';
import { recordFaults } from '../commands/schemas';
import { header, recording, text } from './recordings';

const folder = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
const file = join(folder, 'field.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

const read = (given: string, labs?: readonly LabId[]): Recording => {
  writeFileSync(file, given);
  return readRecording(file, { project: '0.2.0', labs, next: './lab rehearse' });
};
const refused = (given: string, labs?: readonly LabId[]): LabError => {
  try {
    read(given, labs);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
};

const whole = text(recording());
const lines = whole.trimEnd().split('\n');
const withHeader = (more: object): string =>
  [JSON.stringify({ ...header(), ...more }), ...lines.slice(1), ''].join('\n');
const withLine = (line: object): string => [lines[0], JSON.stringify(line), ...lines.slice(1), ''].join('\n');
const asked = {
  type: 'request',
  lab: 'data-prep',
  part: 'up',
  at: 1,
  service: 'S3',
  operation: 'x',
  seconds: 1,
  attempts: 1,
};

test('a whole one is read, and each of its lines is as the schema says', () => {
  const { records, outcome } = read(whole);
  expect(records).toHaveLength(lines.length);
  expect(outcome).toBe('done');
  expect(records.flatMap(recordFaults)).toEqual([]);
});

test('one to which a later listing was added is read', () => {
  const after = {
    type: 'after',
    lab: 'data-prep',
    part: 'after',
    at: 90000,
    hours: 25,
    stack: null,
    record: false,
    found: [],
    tagged: [],
    unread: [],
  };
  const end = { type: 'end', outcome: 'done', at: 90001, records: lines.length + 1 };
  expect(recordFaults(after)).toEqual([]);
  expect(read(`${whole}${JSON.stringify(after)}\n${JSON.stringify(end)}\n`).records).toHaveLength(lines.length + 2);
});

test.each(Array.from({ length: lines.length }, (_, at) => at))('cut off after %i lines it is truncated', (at) => {
  expect(refused(lines.slice(0, at).join('\n')).message).toMatch(at === 0 ? /is no recording/ : /is truncated/);
});

test.each([10, 60, 200])('cut off %i characters before its end it is truncated', (less) => {
  expect(refused(whole.slice(0, -less)).message).toContain('is truncated');
});

test('with lines lost in the middle it is truncated', () => {
  expect(refused([...lines.slice(0, 3), ...lines.slice(5), ''].join('\n')).message).toContain(
    '2 of its records are missing',
  );
});

test.each<[string, string, RegExp, string]>([
  ['of another format', withHeader({ version: 2 }), /format 2; this version reads 1/, 'git checkout v0.2.0'],
  [
    'of another version of the project',
    withHeader({ project: '0.1.0' }),
    /mla-labs 0\.1\.0; this is 0\.2\.0/,
    'git checkout v0.1.0',
  ],
  ['not redacted, as it says itself', withHeader({ redacted: false }), /is not redacted/, './lab rehearse'],
  ['of a lab that there is not', withHeader({ labs: ['moon'] }), /is of another lab: moon/, './lab rehearse'],
  ['something else', '{"a":1}\n', /is no recording/, './lab rehearse'],
  [
    'changed in the middle',
    [...lines.slice(0, 2), 'x', ...lines.slice(2), ''].join('\n'),
    /line 3 that is no record/,
    './lab rehearse',
  ],
])('one that is %s is refused', (_what, given, why, next) => {
  const error = refused(given);
  expect(error.message).toMatch(why);
  expect(error.next).toContain(next);
  expect(error.exit).toBe(Exit.Refused);
});

test.each([
  ['an account number', '123456789012'],
  ['an ARN with an account', 'arn:aws:iam::123456789012:role/x'],
  ['an account number', 'x 123456789012.dkr.ecr.us-east-1.amazonaws.com'],
  ['an access key', 'AKIAIOSFODNN7EXAMPLE'],
  ['an e-mail address', 'ana@example.com'],
  ['an id', '0f8fad5b-d9cb-469f-a165-70867728950e'],
  ['a signature', 'https://x?X-Amz-Signature=1'],
])('one that has %s (%s) is not redacted', (_what, value) => {
  const error = refused(withLine({ ...asked, input: { Name: value }, output: {} }));
  expect(error.message).toMatch(/is not redacted: line 2 has an? (account number|ARN|access key|e-mail|id|signature)/);
});

test('one of another lab than is asked for is refused, naming both', () => {
  expect(refused(whole, ['training']).message).toMatch(/is of another lab: it has data-prep, and not training/);
});

test('a file that is not there is wrong use', () => {
  expect(() => readRecording(join(folder, 'none'), { project: '0.2.0', next: 'x' })).toThrow(/cannot be read/);
});
