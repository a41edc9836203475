/** What differed in a real account, by recordings of field runs: the local cloud answers as AWS was seen to answer. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { projectVersion } from '../../lib/commands/field-report';
import { LAB_IDS, type LabId } from '../../lib/course/names';
import { type Fixture, readFixtures, stillDiffers } from '../../lib/field/fixtures';
import { readRecording, type Recording } from '../../lib/field/read';

const ROOT = resolve(__dirname, '..', '..');
const fixtures = [...readFixtures(join(ROOT, 'test', 'field'))].filter(
  ([, { accepted, difference }]) => !accepted && !['unknown message', 'left'].includes(difference.kind),
);
const folder = mkdtempSync(join(tmpdir(), 'mla-labs-proof-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rehearse(lab: LabId): Recording {
  const file = join(folder, `${lab}.jsonl`);
  const { stderr } = spawnSync('./lab', ['rehearse', lab, '--report', file], { cwd: ROOT, encoding: 'utf8' });
  return readRecording(file, { project: projectVersion(), next: stderr });
}

describe.each(LAB_IDS)('lab %s', (lab) => {
  const mine: [string, Fixture][] = fixtures.filter(([, { difference }]) => difference.lab === lab);
  let today: Recording | undefined;
  beforeAll(() => {
    if (mine.length > 0) today = rehearse(lab);
  });

  test('was rehearsed where a field run differed', () => expect(today === undefined).toBe(mine.length === 0));
  test.each(mine)('answers as was recorded: %s', (_file, fixture) => expect(stillDiffers(fixture, today!)).toBe(false));
});
