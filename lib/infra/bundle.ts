import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { ROOT } from './root';

let bundled: string | undefined;

/**
 * The code of the labs' own function, one file. Bundled once for all stacks; the AWS SDK is the runtime's.
 *
 * esbuild runs from the project's root, so that the file, and with it the asset's hash, is the same on every machine.
 */
export function handlerCode(): lambda.Code {
  bundled ??= keep(bundle());
  return lambda.Code.fromAsset(bundled);
}

function bundle(): string {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: ['lib/infra/lambda/handler.ts'],
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
function keep(code: string): string {
  const name = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const folder = path.join(ROOT, '.mla-labs', 'bundle', name);
  const file = path.join(folder, 'index.js');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const half = `${file}.${process.pid}`;
    writeFileSync(half, code);
    renameSync(half, file);
  }
  return folder;
}
