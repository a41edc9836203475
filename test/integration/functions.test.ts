/**
 * A function brings all that it needs: the AWS SDK of Lambda's runtime differs by Region and may be a year old.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { LabId } from '../../lib/course/names';
import { labEntry } from '../../lib/course/registry';
import type { Resource } from '../snapshot/template';
import { appIn } from './templates/stacks';

const ROOT = join(__dirname, '../..');

interface Assets {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
}
interface Func {
  readonly id: string;
  readonly runtime: string;
  /** Folder with its code. */
  readonly folder: string;
}

/** The functions of a lab's stack in some modes, with the code that is uploaded for them. */
async function functionsOf(lab: LabId, modes: Readonly<Record<string, string>> = {}): Promise<Func[]> {
  const app = appIn(modes);
  (await labEntry(lab)!.stack())(app, 'me');
  const { stacks, directory } = app.synth();
  const stack = stacks[0]!;
  const assets = JSON.parse(readFileSync(join(directory, `${stack.id}.assets.json`), 'utf8')) as Assets;
  const { Resources } = stack.template as { Resources: Record<string, Resource> };
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([id, { Properties }]) => {
      const { S3Key } = Properties.Code as { S3Key: string };
      const { path } = assets.files[S3Key.replace(/\.zip$/, '')]!.source;
      return { id, runtime: String(Properties.Runtime), folder: join(directory, path) };
    });
}

/** What a file asks from outside, Node.js itself apart. */
function asksFor(file: string): string[] {
  const { metafile } = buildSync({
    entryPoints: [file],
    absWorkingDir: ROOT,
    write: false,
    bundle: true,
    platform: 'node',
    packages: 'external',
    metafile: true,
    logLevel: 'error',
  });
  return Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path }) => external === true && !builtinModules.includes(path.replace(/^node:/, '')))
    .map(({ path }) => path);
}

const scratch = mkdtempSync(join(tmpdir(), 'mla-labs-functions-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each([
  ['data-prep', {}, 1],
  ['training', {}, 1],
  ['deployment', { build: 'codebuild' }, 6],
  ['deployment', { build: 'lambda' }, 7],
  ['monitoring', { monitor: 'open' }, 3],
  ['monitoring', { monitor: 'managed' }, 3],
] as const)('no function of %s %j needs a module from outside', async (lab, modes, atLeast) => {
  const functions = await functionsOf(lab, modes);
  expect(functions.length).toBeGreaterThanOrEqual(atLeast);
  for (const { id, folder } of functions) {
    const file = join(folder, 'index.js');
    expect([id, asksFor(file)]).toEqual([id, []]);
    // Where no node_modules are above it, as on Lambda.
    const alone = join(scratch, lab, id);
    cpSync(folder, alone, { recursive: true });
    const said = execFileSync(process.execPath, ['-p', 'typeof require("./index.js").handler'], {
      cwd: alone,
      env: process.env,
    });
    expect([id, String(said).trim()]).toEqual([id, 'function']);
    // It would differ from machine to machine, and the asset's hash with it.
    expect(readFileSync(file, 'utf8')).not.toContain(ROOT);
  }
});
