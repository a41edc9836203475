import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { stackName } from '../course/names';
import { LabError } from '../course/errors';
import type { Assembly, SynthesisInput, Template } from './deployer';
import { makeScratchFolder } from './scratch-folder';

const OWN_CONTEXT = 'cdk.context.json';

/** Context keys by which the app learns what to synthesize; `npx cdk deploy -c learner=ana` uses the same ones. */
export function appContext(root: string, input: SynthesisInput): Record<string, unknown> {
  const read = (file: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, unknown>;
  // What is somebody's own, such as a permissions boundary, the CDK's CLI takes from there, too.
  const own = existsSync(join(root, OWN_CONTEXT)) ? read(OWN_CONTEXT) : {};
  return {
    ...(read('cdk.json').context as Record<string, unknown>),
    ...own,
    lab: input.lab,
    learner: input.learner,
    ...input.modes,
  };
}

/** How to run TypeScript in a child process, wherever the shell stands. */
export function tsx(root: string): string[] {
  return ['--import', pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href];
}

/**
 * Runs bin/app.ts in a process of its own, without AWS's variables: synthesis needs no account, and can go on while a
 * local cloud starts. (The toolkit's own `fromCdkApp` would do the same, but only after the toolkit is loaded.)
 */
export async function synthesize(root: string, input: SynthesisInput, own: NodeJS.ProcessEnv): Promise<Assembly> {
  const scratch = makeScratchFolder('synth');
  const folder = scratch.path;
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(own)) if (!/^(AWS|AMAZON|CDK)_/.test(name)) env[name] = value;
  env.CDK_OUTDIR = folder;
  env.CDK_CONTEXT_JSON = JSON.stringify(appContext(root, input));

  const app = spawn(process.execPath, [...tsx(root), join(root, 'bin/app.ts')], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => void app.kill('SIGKILL');
  const dispose = (): void => {
    process.off('exit', stop);
    stop();
    scratch.remove();
  };
  // However the command ends, a folder of its own must not stay behind, nor an app that writes to it.
  process.prependOnceListener('exit', stop);
  let said = '';
  const listen = (text: Buffer): void => void (said = (said + text.toString()).slice(-20_000));
  app.stdout.on('data', listen);
  app.stderr.on('data', listen);
  const code = await new Promise<number | null>((resolve, reject) => app.on('close', resolve).on('error', reject));

  const name = stackName(input.lab, input.learner);
  const file = join(folder, `${name}.template.json`);
  if (code !== 0 || !existsSync(file)) {
    dispose();
    throw new LabError(`The stack ${name} could not be synthesized.`, {
      why: code === 0 ? `bin/app.ts made no template of that name.` : lastErrorLine(said),
      next: `npx cdk synth ${name}`,
      cause: new Error(said),
    });
  }
  return { stackName: name, folder, template: JSON.parse(readFileSync(file, 'utf8')) as Template, dispose };
}

/** The line that says what went wrong, of all that a failing app printed. */
export function lastErrorLine(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const error =
    lines.find((line) => /^(\w*Error|ValidationError|\[Error)\b.*:/.test(line)) ??
    lines.filter((line) => line !== '' && !line.startsWith('at ')).pop();
  return error ?? 'The app said nothing.';
}
