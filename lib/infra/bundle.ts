import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  if (bundled === undefined) {
    bundled = mkdtempSync(path.join(tmpdir(), 'mla-labs-bundle-'));
    const folder = bundled;
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    buildSync({
      absWorkingDir: ROOT,
      entryPoints: ['lib/infra/lambda/handler.ts'],
      outfile: path.join(bundled, 'index.js'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['@aws-sdk/*'],
      logLevel: 'warning',
    });
  }
  return lambda.Code.fromAsset(bundled);
}
