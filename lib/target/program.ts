/** Our own programs for child processes, without a compiler in them: they are there in half the time. */
import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { bundlesOf, keepBundle, keptBundle } from './bundle-cache';
import { tsx } from './synth';

/**
 * What Node.js is given to run one: the program as one file of JavaScript, made anew when a source has changed; as it is,
 * through tsx, where that cannot be made. Packages stay where they are. In the whole program `__dirname` is the folder of
 * its entry: files of other folders have no use for theirs.
 *
 * @param entry its file in TypeScript, from the project's root
 */
export function programArguments(root: string, entry: string): string[] {
  const options = {
    entryPoints: [entry],
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    define: { __dirname: JSON.stringify(dirname(join(root, entry))) },
    logLevel: 'silent',
  } as const satisfies BuildOptions;
  try {
    let code = keptBundle(root, options);
    if (code === undefined) {
      const { outputFiles, metafile } = buildSync({ ...options, absWorkingDir: root, write: false, metafile: true });
      code = outputFiles[0]!.text;
      keepBundle(root, options, Object.keys(metafile.inputs), code);
    }
    return [keepProgram(root, basename(entry, '.ts'), code)];
  } catch {
    return [...tsx(root), join(root, entry)];
  }
}

/** By a name that tells what is in it: one that runs is never written again. */
function keepProgram(root: string, name: string, code: string): string {
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const file = join(bundlesOf(root), `${name}-${hash}.js`);
  if (existsSync(file)) return file;
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
  return file;
}
