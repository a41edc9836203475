/** The commands that --explain prints, in a shell whose AWS CLI and clock are played. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { untilCaptured } from '../../../../labs/monitoring/aws-cli';
import { callCommands } from '../../../../labs/monitoring/steps/incident-commands';
import { MIN_REQUESTS, BATCH_SIZES, JULY } from '../../../../labs/monitoring/traffic/flights';
import { SCRATCH_FOLDER, type LabResources } from '../../../../labs/monitoring/resources';

const place = { bucket: 'the-bucket', endpoint: 'the-endpoint' } as LabResources;

/** Waits for a capture that holds so many requests, at most 200 looks. @returns what is said, a line a look */
function wait(kept: number): { readonly lines: string[]; readonly status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
  try {
    const file = join(folder, SCRATCH_FOLDER, 'capture/AllTraffic/1.jsonl');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Array.from({ length: kept }, (_, row) => `{"inferenceId":"${JULY}.${row}.x"}\n`).join(''));
    const played = 'aws() { :; }; looks=0; sleep() { looks=$((looks + 1)); [ $looks -lt 200 ] || exit 9; }';
    const { stdout, status } = spawnSync('sh', ['-c', `${played}; ${untilCaptured(place, JULY)}`], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { lines: stdout.trim().split('\n'), status };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('all of a batch is waited for no longer', () => {
  expect(wait(BATCH_SIZES[JULY]!)).toEqual({ lines: [`${BATCH_SIZES[JULY]} kept`], status: 0 });
});

test('most of it will do, once no more has come for five minutes: AWS does not promise to keep every request', () => {
  const { lines, status } = wait(BATCH_SIZES[JULY]! - 1);
  expect(status).toBe(0);
  expect(lines).toHaveLength(61);
});

test('too little of it is waited for', () => {
  expect(wait(MIN_REQUESTS - 1).status).toBe(9);
});

/** The decision of an incident before is in the bucket; another comes at the third look. @returns what is printed */
function meetAnIncident(): { readonly stdout: string; readonly status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
  try {
    const played = [
      `decision() { echo '{"status": "done", "from": "'"$2"'"}' > ${SCRATCH_FOLDER}/decisions/$1-errors.json; }`,
      'looks=0; look() { looks=$(($(cat looks 2>/dev/null || echo 0) + 1)); echo $looks > looks; }',
      // The alarm rang, and is silent again.
      `aws() { case "$*" in *'s3 sync'*) look; decision 1 before; [ $looks -lt 3 ] || decision 2 now;; *describe-alarms*) echo OK;; esac; }`,
      'sleep() { waits=$((waits + 1)); [ $waits -lt 200 ] || exit 9; }',
    ].join('\n');
    symlinkSync(join(__dirname, '../../../../data'), join(folder, 'data'));
    const resources = { ...place, alarms: { errors: 'the-alarm' } } as LabResources;
    return spawnSync('bash', ['-c', `${played}\n${callCommands(resources)}`], { cwd: folder, encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('callers go on until the responder has decided anew, though its alarm was silent again before one looked', () => {
  const { stdout, status } = meetAnIncident();
  expect(status).toBe(0);
  expect(stdout).toContain('"from": "now"');
});
