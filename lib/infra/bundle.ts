import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { bundlesOf, keepBundle, keptBundle } from '../target/bundle-cache';
import { ROOT } from './root';

/** What all functions run on. */
export const FUNCTION_RUNTIME = lambda.Runtime.NODEJS_22_X;

/**
 * The AWS SDK is in the bundle: the one of Lambda's runtime differs by Region and may be a year old.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
 */
const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: FUNCTION_RUNTIME.name.replace(/^nodejs(\d+).*/, 'node$1'),
  format: 'cjs',
  // The SDK's ES modules first: of those esbuild leaves out what nobody uses. It halves the file and the cold start.
  mainFields: ['module', 'main'],
  minify: true,
  // Where packages ask for their licence's notice to be kept, it is, at the end of the file.
  legalComments: 'eof',
  logLevel: 'warning',
} as const satisfies BuildOptions;

const bundled = new Map<string, string>();

/** The code of the labs' own function, one file. */
export function handlerCode(): lambda.Code {
  return functionCode('lib/infra/lambda/handler.ts');
}

/**
 * The code of a function in TypeScript, one file that needs nothing but Node.js. Bundled once for all stacks.
 *
 * esbuild runs from the project's root, so that the file, and with it the asset's hash, is the same on every machine.
 *
 * @param entry the file that exports `handler`, from the project's root
 * @param beside files that lie beside the code, by name
 */
export function functionCode(entry: string, beside: Readonly<Record<string, Buffer>> = {}): lambda.Code {
  let folder = bundled.get(entry);
  if (folder === undefined) {
    folder = keep({ ...beside, 'index.js': Buffer.from(bundle(entry)) });
    bundled.set(entry, folder);
  }
  return lambda.Code.fromAsset(folder);
}

function bundle(entry: string): string {
  const options = { ...OPTIONS, entryPoints: [entry] };
  const kept = keptBundle(ROOT, options);
  if (kept !== undefined) return kept;
  const { outputFiles, metafile } = buildSync({ ...options, absWorkingDir: ROOT, write: false, metafile: true });
  const code = outputFiles[0]!.text;
  keepBundle(ROOT, options, Object.keys(metafile.inputs), code);
  return code;
}

/** In a folder named by its content: syntheses at the same time do not meet, and none leaves another one behind. */
function keep(files: Readonly<Record<string, Buffer>>): string {
  const hash = createHash('sha256');
  // The code alone names its folder by itself, as it always did.
  const names = Object.keys(files).sort();
  for (const name of names) {
    if (names.length > 1) hash.update(`${name}\0${files[name]!.length}\0`);
    hash.update(files[name]!);
  }
  const folder = path.join(bundlesOf(ROOT), hash.digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const file = path.join(folder, name);
    if (existsSync(file)) continue;
    const half = path.join(folder, '..', `${path.basename(folder)}-${name}.${process.pid}`);
    writeFileSync(half, files[name]!);
    renameSync(half, file);
  }
  return folder;
}
