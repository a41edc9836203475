/** A lab done by its commands, on a local cloud of its own, and what IAM was asked about the learner meanwhile. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { realDeps } from '../../lib/commands/deps';
import { Interrupts } from '../../lib/commands/interrupt';
import { main } from '../../lib/commands/program';
import type { LabId } from '../../lib/course/names';
import { labEntry } from '../../lib/course/registry';
import { openTarget, type Target } from '../../lib/target';
import { ToolkitDeployer } from '../../lib/target/toolkit';
import { type CloudCheck, type CloudRequest, LocalCloud } from '../../local-cloud/boot/start';
import { readState } from '../../local-cloud/boot/state';

/** A lab in certain modes, in an account that shows certain faces. */
export interface Scenario {
  readonly lab: LabId;
  readonly modes: Readonly<Record<string, string>>;
  readonly faces?: readonly string[];
}

/** A question to IAM about the learner, and the command that led to it. */
export interface Asked extends CloudCheck {
  readonly by: string;
}

/** The commands of a learner who does the lab from the first look at the account to its end. */
function commandsOf({ lab, modes }: Scenario, steps: readonly string[]): string[][] {
  const chosen = Object.entries(modes).flatMap(([name, value]) => [`--${name}`, value]);
  return [
    ['list'],
    ['doctor', lab, ...chosen],
    ['up', lab, '--yes', ...chosen],
    ['up', lab, '--yes', ...chosen],
    ['check', lab],
    ...steps.flatMap((step) => [
      ['step', lab, step, '--explain'],
      ['step', lab, step],
    ]),
    ['hint', lab, steps.at(-1)!],
    ['check', lab],
    ['outputs', lab],
    ['cost', lab],
    ['status'],
    ['extend', lab, '--hours', '1'],
    ['list'],
    ['down', lab, '--yes'],
    ['status'],
  ];
}

/**
 * Does a lab by its commands.
 *
 * @throws Error with what a command said, where it did not end well
 */
export async function walk(root: string, scenario: Scenario): Promise<Asked[]> {
  const lab = await labEntry(scenario.lab)!.lab();
  const folder = mkdtempSync(join(tmpdir(), 'mla-labs-policy-'));
  for (const room of ['data', 'labs', 'lib', 'docs', 'node_modules']) symlinkSync(join(root, room), join(folder, room));
  const work = join(folder, 'work', lab.id);
  mkdirSync(work, { recursive: true });
  for (const { exercise } of lab.steps)
    if (exercise) cpSync(join(lab.folder, exercise.solution), join(work, exercise.file));

  const target = await openTarget('local', { keep: false, faces: scenario.faces ?? [], progress: () => undefined });
  const cloud = new LocalCloud(readState(dirname(target.shellEnv().AWS_CA_BUNDLE!))!);
  const learner = target.recorder.principal;
  try {
    await new ToolkitDeployer({ root, env: process.env, ask: async () => undefined }).bootstrap(
      target,
      () => undefined,
    );
    let seen = (await cloud.requests()).length;
    const asked: Asked[] = [];
    for (const command of commandsOf(
      scenario,
      lab.steps.map(({ id }) => id),
    )) {
      await run(target, folder, command);
      const requests = (await cloud.requests()).slice(seen);
      seen += requests.length;
      const by = command.filter((word) => word !== '--yes').join(' ');
      for (const request of requests)
        if (request.principal === learner) asked.push(...checksOf(request).map((check) => ({ ...check, by })));
    }
    return asked;
  } finally {
    await target.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const checksOf = ({ checks, action, resource }: CloudRequest): readonly CloudCheck[] =>
  checks ?? [{ action, resource }];

async function run(target: Target, root: string, words: readonly string[]): Promise<void> {
  let said = '';
  const stream = { write: (text: string) => (said += text) };
  const opened = { ...target, close: async () => undefined, stop: async () => undefined };
  const deps = { ...realDeps(), root, openTarget: async () => opened, localCloudRuns: async () => true };
  const streams = { stdout: stream, stderr: stream, stdin: new PassThrough(), env: {}, now: () => performance.now() };
  const code = await main([...words, '--target', 'local'], deps, streams, new Interrupts());
  // A check says with 1 that a step is still to be done, the doctor that something is in the way.
  if (code !== 0 && !(code === 1 && /^(check|doctor)$/.test(words[0]!)))
    throw new Error(`./lab ${words.join(' ')} ended with ${code}:\n${said}`);
}
