/** A real Trino, the engine that Athena is made of: got from Maven Central on first use, started for one file of tests. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { venvPython } from '../../../local-cloud/boot/python';
import { run } from '../../../local-cloud/boot/run';
import { ROOT } from '../../../local-cloud/boot/paths';
import { JudgeMissing } from './missing';

const VERSION = '435';
const HERE = join(__dirname, 'trino');
const FOLDER = join(ROOT, '.mla-labs', 'judges', `trino-${VERSION}`);
const PLUGINS = ['memory'] as const;
const NAME = `Trino ${VERSION}`;

const missing = (why: string): JudgeMissing =>
  new JudgeMissing(
    NAME,
    why,
    'install Maven and a Java 17 or 21, see that Maven Central is reached, and run the test again.',
  );

/** A Java that this version runs on. @throws JudgeMissing */
function findJava(): string {
  const homes = [
    process.env.JAVA_HOME,
    ...(existsSync('/usr/lib/jvm') ? readdirSync('/usr/lib/jvm').map((name) => join('/usr/lib/jvm', name)) : []),
  ];
  const seen: string[] = [];
  for (const java of ['java', ...homes.filter((home) => home !== undefined).map((home) => join(home, 'bin', 'java'))]) {
    const version = /version "(\d+)/.exec(spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr ?? '')?.[1];
    if (version !== undefined) seen.push(`${java} is ${version}`);
    if (version === '17' || version === '21') return java;
  }
  throw missing(`It needs Java 17 or 21; found: ${seen.join(', ') || 'none'}.`);
}

/** Jars and plug-ins in a folder of the clone, each with the hash that it had when the test was written. @throws JudgeMissing */
async function install(): Promise<void> {
  if (existsSync(FOLDER)) return;
  mkdirSync(join(FOLDER, '..'), { recursive: true });
  const made = mkdtempSync(`${FOLDER}.`);
  try {
    cpSync(join(HERE, 'pom.xml'), join(made, 'pom.xml'));
    const maven = (...args: string[]): Promise<void> => run('mvn', ['-q', '-B', ...args], made);
    await maven('dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=lib');
    for (const plugin of PLUGINS) {
      await maven('dependency:copy', `-Dartifact=io.trino:trino-${plugin}:${VERSION}:zip`, '-DoutputDirectory=plugin');
    }
    const wanted = readFileSync(join(HERE, 'artifacts.sha256'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('  ') as [string, string]);
    const got = ['lib', 'plugin'].flatMap((room) => readdirSync(join(made, room)).map((name) => `${room}/${name}`));
    const strange = got.filter(
      (file) =>
        !wanted.some(
          ([hash, name]) =>
            name === file &&
            hash ===
              createHash('sha256')
                .update(readFileSync(join(made, file)))
                .digest('hex'),
        ),
    );
    if (strange.length > 0 || got.length !== wanted.length)
      throw new Error(
        `Not what artifacts.sha256 names: ${strange.join(', ') || `${got.length} files of ${wanted.length}`}`,
      );
    for (const plugin of PLUGINS) {
      const unpacked = join(made, 'plugin', `trino-${plugin}-${VERSION}`);
      await run(venvPython(), ['-m', 'zipfile', '-e', `${unpacked}.zip`, join(made, 'plugin')]);
      rmSync(`${unpacked}.zip`);
    }
    renameSync(made, FOLDER);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw missing(`Maven said: ${(error as Error).message.slice(0, 600)}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface TrinoAnswer {
  /** Types as Trino names them, for example `decimal(12, 1)`. */
  readonly types: readonly string[];
  readonly names: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** What Trino refuses. */
export class TrinoError extends Error {
  /** @param code for example `DIVISION_BY_ZERO` */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Page {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly data?: readonly (readonly unknown[])[];
  readonly error?: { readonly errorName: string; readonly message: string };
}

/** https://trino.io/docs/current/develop/client-protocol.html */
export class Trino {
  private constructor(
    private readonly process: ChildProcess,
    private readonly origin: string,
    /** Tables and their files; gone with the server. */
    readonly folder: string,
  ) {}

  /** @throws JudgeMissing when it cannot be installed, or does not start */
  static async start(): Promise<Trino> {
    const java = findJava();
    await install();
    const folder = mkdtempSync(join(tmpdir(), 'mla-labs-trino-'));
    const port = await freePort();
    const write = (name: string, settings: Readonly<Record<string, string>>): void =>
      writeFileSync(
        join(folder, name),
        Object.entries(settings)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
      );
    mkdirSync(join(folder, 'catalog'));
    write('config.properties', {
      'node.environment': 'judge',
      'node.internal-address': '127.0.0.1',
      'node.bind-ip': '127.0.0.1',
      coordinator: 'true',
      'node-scheduler.include-coordinator': 'true',
      'http-server.http.port': String(port),
      'discovery.uri': `http://127.0.0.1:${port}`,
      'plugin.dir': join(FOLDER, 'plugin'),
      'query.max-length': '100000000',
      'catalog.config-dir': join(folder, 'catalog'),
    });
    write('catalog/memory.properties', { 'connector.name': 'memory', 'memory.max-data-per-node': '1GB' });
    const child = spawn(venvPython(), [join(HERE, 'server.py'), java, join(FOLDER, 'lib'), folder], {
      // It writes logs where it stands.
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stderr.resume();
    const started = await new Promise<boolean>((resolve) => {
      child.stdout.once('data', () => resolve(true));
      child.once('error', () => resolve(false));
      child.once('exit', () => resolve(false));
    });
    const trino = new Trino(child, `http://127.0.0.1:${port}`, folder);
    if (!started) {
      const log = ['out', 'err'].map((end) => join(folder, `server.${end}`)).filter((file) => existsSync(file));
      const said = log
        .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
        .filter((line) => /ERROR|^\d+\)|rror:/.test(line));
      await trino.stop();
      throw missing(`It did not start: ${said.join(' ').slice(0, 1000)}`);
    }
    await trino.ready();
    return trino;
  }

  /** The coordinator is up before it has found itself as a worker. */
  private async ready(): Promise<void> {
    for (;;) {
      try {
        await this.query('SELECT count(*) FROM (VALUES 1) t');
        return;
      } catch (error) {
        if (!(error instanceof TrinoError) || !['SERVER_STARTING_UP', 'NO_NODES_AVAILABLE'].includes(error.code))
          throw error;
        await pause(200);
      }
    }
  }

  /** @throws TrinoError */
  async query(sql: string, schema = 'memory.default'): Promise<TrinoAnswer> {
    const [catalog, name] = schema.split('.') as [string, string];
    const headers = {
      'X-Trino-User': 'judge',
      'X-Trino-Catalog': catalog,
      'X-Trino-Schema': name,
      'X-Trino-Time-Zone': 'UTC',
      'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
    };
    let columns: Page['columns'];
    const rows: (readonly unknown[])[] = [];
    let answer = await fetch(`${this.origin}/v1/statement`, { method: 'POST', body: sql, headers });
    for (;;) {
      if (answer.status === 503) {
        await pause(100);
      } else if (!answer.ok) throw new Error(`Trino answered ${answer.status}: ${await answer.text()}`);
      const page = (await answer.json()) as Page;
      if (page.error) throw new TrinoError(page.error.errorName, page.error.message);
      columns = page.columns ?? columns;
      rows.push(...(page.data ?? []));
      if (page.nextUri === undefined) break;
      answer = await fetch(page.nextUri, { headers });
    }
    return { types: columns?.map(({ type }) => type) ?? [], names: columns?.map(({ name }) => name) ?? [], rows };
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.stdin!.end();
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * A value of Trino's protocol as Athena's result file has it.
 *
 * @param type for example `array(double)`
 */
export function athenaText(value: unknown, type: string): string | null {
  if (value === null) return null;
  const element = /^array\((.*)\)$/.exec(type)?.[1];
  if (element !== undefined) {
    return `[${(value as unknown[]).map((one) => athenaText(one, element) ?? 'null').join(', ')}]`;
  }
  if (type === 'double' || type === 'real') return typeof value === 'string' ? value : javaDouble(value as number);
  if (type === 'varbinary')
    return Buffer.from(value as string, 'base64')
      .toString('hex')
      .replaceAll(/..(?=.)/g, '$& ');
  return String(value);
}

/** https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Double.html#toString(double) */
function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = Object.is(value, -0) ? '-0' : String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}
