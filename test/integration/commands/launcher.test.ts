import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

/** A clone with the launcher in it, in a folder with a space, and stand-ins for node and npm that say how they were called. */
class Clone {
  readonly base = mkdtempSync(join(tmpdir(), 'mla labs '));
  readonly root = join(this.base, 'the clone');
  private readonly bin = join(this.base, 'bin');

  constructor() {
    mkdirSync(this.root);
    mkdirSync(this.bin);
    copyFileSync(resolve(__dirname, '../../../lab'), join(this.root, 'lab'));
    this.lock('1.0.0');
    this.tool(
      'npm',
      `echo "npm $*" >> "${this.base}/calls"; [ ! -e "${this.base}/offline" ] || { printf 'npm error code ENOTFOUND\\nnpm error\\nnpm error Usage:\\n%s' "$(yes 'npm error advice' | head -n 30)" >&2; exit 1; }; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json`,
    );
    // All but the last hand-over goes to the real one.
    this.tool(
      'node',
      `case "$1" in -p|-e) [ -z "$OLD_NODE" ] || { [ "$1" = -e ] || { echo "$OLD_NODE"; exit 0; }; }; exec "${process.execPath}" "$@" ;; -v) echo "v$OLD_NODE.0.0" ;; *) echo "$(pwd)|$*" ;; esac; [ -z "$NODE_EXTRA_CA_CERTS" ] || echo "trusts $NODE_EXTRA_CA_CERTS" >&2`,
    );
  }

  lock(version: string): void {
    writeFileSync(
      join(this.root, 'package-lock.json'),
      JSON.stringify({
        packages: { '': {}, 'node_modules/a': { version }, 'node_modules/jest': { version, dev: true } },
      }),
    );
  }

  private tool(name: string, script: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  run(
    args: readonly string[],
    options: { readonly from?: string; readonly as?: string; readonly oldNode?: string; readonly trusts?: string } = {},
  ) {
    const path = [this.bin, '/usr/bin', '/bin'].join(delimiter);
    const result = spawnSync(options.as ?? join(this.root, 'lab'), [...args], {
      cwd: options.from ?? this.base,
      encoding: 'utf8',
      env: {
        PATH: path,
        OLD_NODE: options.oldNode ?? '',
        TMPDIR: this.base,
        NODE_EXTRA_CA_CERTS: options.trusts ?? '',
      },
    });
    return { code: result.status, out: result.stdout, err: result.stderr };
  }

  get installs(): readonly string[] {
    const calls = join(this.base, 'calls');
    return existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
  }
}

interface Lock {
  readonly packages: Record<string, unknown>;
}

let clone: Clone;
beforeEach(() => (clone = new Clone()));
afterEach(() => rmSync(clone.base, { recursive: true, force: true }));

describe('./lab', () => {
  test('installs once, says so in one line, and hands its arguments over unchanged', () => {
    const first = clone.run(['step', 'data-prep', 'a b']);
    expect(first).toMatchObject({ code: 0, out: `${clone.root}|--import tsx bin/cli.ts step data-prep a b\n` });
    expect(first.err).toMatch(/^Installing [^\n]*\n$/);
    const second = clone.run(['list']);
    expect(second.err).toBe('');
    expect(clone.installs).toHaveLength(1);
  });

  test('forgets the certificate of a local cloud that has ended, and keeps one that is there', () => {
    expect(clone.run(['list'], { trusts: join(clone.base, 'gone.pem') }).err).not.toContain('trusts');
    const there = join(clone.base, 'there.pem');
    writeFileSync(there, '');
    expect(clone.run(['list'], { trusts: there }).err).toContain(`trusts ${there}`);
  });

  test('installs again when the lockfile has changed', () => {
    clone.run(['list']);
    clone.lock('2.0.0');
    clone.run(['list']);
    expect(clone.installs).toHaveLength(2);
  });

  test('does not install what npm ci has installed by hand', () => {
    mkdirSync(join(clone.root, 'node_modules'));
    copyFileSync(join(clone.root, 'package-lock.json'), join(clone.root, 'node_modules/.package-lock.json'));
    expect(clone.run(['list']).err).toBe('');
    expect(clone.installs).toHaveLength(0);
  });

  test('installs what running needs, and not what only development does', () => {
    clone.run(['list']);
    expect(clone.installs).toEqual([expect.stringContaining('npm ci --omit=dev ')]);
  });

  test('does not install again because what only development needs is not there', () => {
    mkdirSync(join(clone.root, 'node_modules'));
    const { packages } = JSON.parse(readFileSync(join(clone.root, 'package-lock.json'), 'utf8')) as Lock;
    delete packages['node_modules/jest'];
    writeFileSync(join(clone.root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
    expect(clone.run(['list']).err).toBe('');
    expect(clone.installs).toEqual([]);
  });

  test('keeps what development needs where it is installed, when the lockfile has changed', () => {
    mkdirSync(join(clone.root, 'node_modules/jest'), { recursive: true });
    clone.run(['list']);
    expect(clone.installs).toEqual([expect.stringContaining('npm ci --include=dev ')]);
  });

  test('works through symbolic links, from anywhere', () => {
    const link = join(clone.base, 'link');
    symlinkSync(join(clone.root, 'lab'), join(clone.base, 'first'));
    symlinkSync('first', link);
    const { code, out } = clone.run(['list'], { as: link, from: dirname(clone.base) });
    expect(code).toBe(0);
    expect(out).toContain(`${clone.root}|`);
  });

  test('without a network shows the cause as npm names it, and the next command, and tries again next time', () => {
    writeFileSync(join(clone.base, 'offline'), '');
    const { code, err } = clone.run(['list']);
    expect(code).toBe(4);
    expect(err).toContain('npm error code ENOTFOUND');
    expect(err.split('\n').length).toBeLessThan(14);
    expect(err).toContain('Next: check the network');
    rmSync(join(clone.base, 'offline'));
    expect(clone.run(['list']).code).toBe(0);
  });

  test('says which Node.js it needs', () => {
    const { code, err, out } = clone.run(['list'], { oldNode: '18' });
    expect(code).toBe(4);
    expect(err).toContain('Node.js v18.0.0 is too old');
    expect(out).toBe('');
    expect(clone.installs).toHaveLength(0);
  });
});
