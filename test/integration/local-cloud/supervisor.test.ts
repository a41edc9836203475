/** The start of a local cloud whose emulator ends at once: its last words are told, whatever it ended for. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mla-labs-supervisor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['its port was taken meanwhile', "echo '[Errno 98] address already in use' >&2; exit 1", 'address already in use'],
  ['a package is broken', 'echo "ImportError: no module named x"; exit 3', 'ended with code 3: ImportError'],
  ['it was killed without a word', 'kill -9 $$', 'The emulator ended with SIGKILL'],
])('%s', (_what, script, says) => {
  const ran = start(script);
  expect(ran.status).toBe(1);
  expect(JSON.parse(ran.stdout)).toMatchObject({ ready: false, why: expect.stringContaining(says) as string });
  expect(existsSync(join(folder, 'cloud'))).toBe(false);
});

test('its port is none that the system gives to outgoing connections, which could take it before it listens', () => {
  const { why } = JSON.parse(start('echo "port $GATEWAY_PORT"; exit 1').stdout) as { why: string };
  const port = Number(/port (\d+)$/.exec(why)?.[1]);
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(32_768);
});

/** @param script what runs in the emulator's place */
function start(script: string): SpawnSyncReturns<string> {
  const python = join(folder, 'python');
  writeFileSync(python, `#!/bin/sh\n${script}\n`);
  chmodSync(python, 0o755);
  const options = {
    ...{ id: `private-${process.pid}-supervisor`, folder: join(folder, 'cloud'), python, node: process.execPath },
    ...{ region: 'us-east-1', account: '000000000000', attached: false, port: 0, faces: [] },
  };
  const supervisor = resolve('local-cloud/boot/supervisor.ts');
  return spawnSync(process.execPath, ['--import', 'tsx', supervisor, JSON.stringify(options)], { encoding: 'utf8' });
}
