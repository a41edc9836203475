/** The parts of a build that take what strangers wrote: archives, buildspecs, patterns of files. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { pattern } from '../../../../local-cloud/services/codebuild/artifacts';
import { parseBuildspec } from '../../../../local-cloud/services/codebuild/buildspec';
import { eventTime } from '../../../../local-cloud/services/codebuild/event';
import { unzipInto } from '../../../../local-cloud/services/codebuild/unzip';

const top = mkdtempSync(join(tmpdir(), 'mla-codebuild-'));
const folder = join(top, 'src');
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const UNIX = 3;

function unzip(files: Parameters<typeof zipSync>[0], bounds = {}): Promise<number> {
  return unzipInto(folder, Buffer.from(zipSync(files)), bounds);
}

describe('an archive', () => {
  it('is unpacked with its folders and its rights to execute', async () => {
    const run = [strToU8('#!/bin/sh'), { os: UNIX, attrs: 0o100755 << 16 }] as [Uint8Array, object];
    expect(await unzip({ 'a/b/run.sh': run, 'c.txt': [strToU8('kept'), { level: 0 }] })).toBe(2);
    expect(statSync(join(folder, 'a/b/run.sh')).mode & 0o100).toBe(0o100);
    expect(readFileSync(join(folder, 'c.txt'), 'utf8')).toBe('kept');
  });

  it.each(['../out.txt', 'a/../../out.txt', '/out.txt', '..\\out.txt'])('writes nothing outside: %s', async (name) => {
    await expect(unzip({ 'in.txt': strToU8('x'), [name]: strToU8('x') })).rejects.toThrow('leaves its folder');
    expect(existsSync(join(top, 'out.txt'))).toBe(false);
    expect(existsSync(join(folder, 'in.txt'))).toBe(false);
  });

  it('makes no links', async () => {
    await expect(unzip({ link: [strToU8('/etc'), { os: UNIX, attrs: 0o120777 << 16 }] })).rejects.toThrow(
      'symbolic link',
    );
  });

  it('is refused when it would grow beyond bounds, whatever its header says', async () => {
    const zeros = new Uint8Array(5_000_000);
    await expect(unzip({ zeros }, { bytes: 1_000_000 })).rejects.toThrow('unpacks to 5000000 bytes');
    const lying = Buffer.from(zipSync({ zeros }));
    const central = lying.lastIndexOf(Buffer.from('504b0102', 'hex'));
    lying.writeUInt32LE(10, central + 24);
    await expect(unzipInto(folder, lying, { bytes: 1_000_000 })).rejects.toThrow('damaged at zeros');
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, place) => [String(place), strToU8('x')]));
    await expect(unzip(many, { files: 10 })).rejects.toThrow('at most 10');
  });

  it('that is none, or cut off, is said to be so', async () => {
    await expect(unzipInto(folder, Buffer.from('not a zip'))).rejects.toThrow('not a zip archive');
    const whole = Buffer.from(zipSync({ 'a.txt': strToU8('some text to pack') }));
    const end = whole.subarray(whole.lastIndexOf(Buffer.from('504b0506', 'hex')));
    await expect(unzipInto(folder, Buffer.concat([whole.subarray(0, 20), end]))).rejects.toThrow('damaged');
  });
});

const PHASES = 'phases:\n  build:\n    commands:\n      - echo\n';

describe('a buildspec', () => {
  it('is read with its variables, phases and artifacts', () => {
    const spec = parseBuildspec(
      `version: 0.2\nenv:\n  shell: bash\n  variables: { N: 1, ON: true }\n  exported-variables: [N]\n${PHASES}    finally: echo done\n` +
        '    on-failure: CONTINUE\nartifacts:\n  files: "**/*"\n  discard-paths: yes\n  base-directory: out\n',
    );
    expect(spec).toMatchObject({
      shell: 'bash',
      variables: { N: '1', ON: 'true' },
      exported: ['N'],
      phases: { build: { commands: ['echo'], finally: ['echo done'], onFailure: 'CONTINUE' } },
      artifacts: { files: ['**/*'], discardPaths: true, baseDirectory: 'out' },
    });
  });

  it.each([
    ['version: 0.1\n' + PHASES, 'unsupported version: 0.1'],
    [PHASES, 'unsupported version'],
    ['version: 0.2\n', 'phases is required'],
    ['version: 0.2\nphases:\n  biuld:\n    commands: [x]\n', 'unknown key phases/biuld'],
    [
      'version: 0.2\nphases:\n  build:\n    commands:\n      - a: b\n',
      'Expected phases/build/commands to be of string type',
    ],
    ['version: 0.2\nphases:\n  build: {}\n', 'phases/build/commands is required'],
    ['version: 0.2\n' + PHASES + 'artifacts:\n  files: []\n', 'artifacts/files is required'],
    ['version: 0.2\nenv:\n  secrets-manager: { A: b }\n' + PHASES, 'unknown key env/secrets-manager'],
    ['version: 0.2\nenv:\n  variables: { "A B": c }\n' + PHASES, 'invalid name at env/variables: A B'],
    ['version: 0.2\nrun-as: nobody\n' + PHASES, 'does not have run-as: nobody'],
    ['version: 0.2\n' + PHASES + '    on-failure: RETRY-2\n', 'does not have on-failure: RETRY-2'],
    ['version: 0.2\nphases: [', 'Flow sequence'],
    ['- 1\n', 'expected a mapping'],
  ])('is refused where it is wrong: %j', (text, reason) => {
    expect(() => parseBuildspec(text)).toThrow(reason);
  });
});

describe('a pattern of artifacts', () => {
  it.each([
    ['**/*', ['a', 'a/b.txt'], []],
    ['*.txt', ['a.txt'], ['d/a.txt', 'atxt']],
    ['d/**/*.py', ['d/a.py', 'd/e/f/a.py'], ['a.py', 'e/d/a.py']],
    ['./report.html', ['report.html'], ['reportxhtml']],
  ])('%s', (glob, matching, others) => {
    expect([...matching, ...others].filter((name) => pattern(glob).test(name))).toEqual(matching);
  });

  it.each(['../secret', '/etc/passwd', 'a/../../b'])('reaches nothing outside: %s', (glob) => {
    expect(() => pattern(glob)).toThrow('outside the base directory');
  });
});

it('writes times in events as CodeBuild does', () => {
  expect(eventTime(new Date('2017-09-01T16:12:29Z'))).toBe('Sep 1, 2017 4:12:29 PM');
  expect(eventTime(new Date('2017-12-31T00:02:03Z'))).toBe('Dec 31, 2017 12:02:03 AM');
});
