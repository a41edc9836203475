import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { ROOT } from './root';

const bundled = new Map<string, string>();

/** The code of the labs' own function, one file. */
export function handlerCode(): lambda.Code {
  return functionCode('lib/infra/lambda/handler.ts');
}

/**
 * The code of a function in TypeScript, one file. Bundled once for all stacks; the AWS SDK is the runtime's.
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
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['@aws-sdk/*'],
    logLevel: 'warning',
  });
  return outputFiles[0]!.text;
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
  const folder = path.join(ROOT, '.mla-labs', 'bundle', hash.digest('hex').slice(0, 16));
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
