/** Plays a guide as a learner who types all of it, in a clone of the project with a local cloud of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabId } from '../../lib/course/names';
import type { Lab } from '../../lib/course/model';
import { Clone } from '../fault/clone';
import { AwsCli, SHORT_PAUSES } from '../proof/aws-cli';
import { type Fence, missingFigures, sectionsOf, updateGuide } from './guide';

/** A line that no command prints. */
const END = '--- that was all of it ---';

/** The first command that fails is named; what follows is typed all the same, as by somebody who did not notice. */
const ON_FAILURE = `trap 'failed="\${failed:-$BASH_COMMAND}"' ERR`;

/** One shell for the whole guide, so that what is exported stays. */
class Shell {
  private readonly bash: ChildProcessWithoutNullStreams;
  private output = '';

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    // Through a pipe: what Node.js makes is a socket, and /dev/stdout of a socket cannot be opened.
    this.bash = spawn('sh', ['-c', 'bash --norc --noprofile 2>&1 | cat'], { cwd, env });
    for (const stream of [this.bash.stdout, this.bash.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.bash.stdin.write(`${SHORT_PAUSES}\n${ON_FAILURE}\n`);
  }

  /** @returns what was printed, and the command that failed, if one did */
  async type(text: string): Promise<{ output: string; failed: string }> {
    this.output = '';
    // Nothing that is run may read what is typed next.
    this.bash.stdin.write(`failed=\n{\n${text}\n} </dev/null\nprintf '\\n%s %s\\n' '${END}' "$failed"\n`);
    const over = new RegExp(`\n${END} ([\\s\\S]*)\n$`);
    while (!over.test(this.output)) {
      if (this.bash.exitCode !== null) throw new Error(`The shell ended: ${this.output}`);
      await new Promise((resolve) => this.bash.stdout.once('data', resolve));
    }
    const failed = over.exec(this.output)![1]!;
    return { output: this.output.replace(over, ''), failed };
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.bash.once('close', resolve));
    this.bash.stdin.end();
    await gone;
  }
}

interface PlayOptions {
  /** Steps are done by the AWS CLI commands that `--explain` prints, in place of `./lab step`. */
  readonly explain?: boolean;
  /** Gets another AWS CLI than the project's own, by its name. */
  readonly aws?: { readonly name: string; readonly get: () => Promise<string> };
}

export function playGuide(lab: Lab, { explain = false, aws: other }: PlayOptions = {}): void {
  const { id } = lab;
  const sections = sectionsOf(lab);
  describe(`the guide of ${id}${explain ? `, its steps done with the ${other?.name ?? 'AWS CLI'}` : ''}`, () => {
    let clone: Clone;
    let aws: AwsCli;
    let shell: Shell;
    /** What was printed so far: a figure may come from an earlier section. */
    let transcript = '';
    beforeAll(async () => {
      aws = new AwsCli(await other?.get());
      clone = new Clone();
      // Whoever reads it says yes at the terminal.
      renameSync(join(clone.folder, 'lab'), join(clone.folder, 'lab.sh'));
      writeFileSync(join(clone.folder, 'lab'), `#!/bin/sh\nexec ./lab.sh "$@" --yes\n`, { mode: 0o755 });
      shell = new Shell(clone.folder, { ...process.env, ...aws.environment, COLUMNS: '100', NO_COLOR: '1' });
    });
    afterAll(async () => {
      await shell?.close();
      aws?.stop();
      await clone?.close();
    });

    for (const section of sections.filter(({ fences }) => fences.some(isTyped))) {
      const step = lab.steps.find((one) => one.id === section.step);
      test(section.heading.replace(/^#* /, ''), async () => {
        // A step that shows what its exercise is about is not done before the answer is written.
        let unanswered = step?.exercise?.answeredAfter === true;
        for (const fence of section.fences) {
          // Where the guide has told what to write, the learner writes it.
          if (step?.exercise && fence.afterExercise) {
            clone.solve(id, step.exercise.file, join(lab.folder, step.exercise.solution));
            unanswered = false;
          }
          if (!isTyped(fence)) continue;
          const { output, failed } = await shell.type(explain ? withCommands(fence.text) : fence.text);
          transcript += output;
          record(id, explain, fence.text, output);
          if (fence.fails) expect(failed).not.toBe('');
          else if (failed !== '' && !(unanswered && failed.startsWith('./lab step')))
            throw new Error(`${failed}\n\nprinted:\n${output}`);
        }
        // Steps show more on their way than the commands that do the same.
        if (explain) return;
        for (const claim of section.claims) {
          const missing = missingFigures(claim, transcript);
          if (process.env.GUIDES_UPDATE) updateGuide(lab, claim, missing);
          else
            expect(
              missing.map(({ text, nearest }) => `${text}, and the nearest that was printed is ${nearest}`),
            ).toEqual([]);
        }
      });
    }
  });
}

const isTyped = ({ language, notRun }: Fence): boolean => language === 'sh' && notRun === undefined;

/** `./lab step …` is done by what it prints. Some of that may fail and be followed by another way: the check judges it. */
const withCommands = (text: string): string =>
  text.replace(
    /^(\.\/lab step \S+ \S+).*$/gm,
    (_line, command: string) => `trap - ERR\neval "$(${command} --explain 2>/dev/null)"\n${ON_FAILURE}`,
  );

/** Keeps what was printed, for whoever reads a guide beside it: .mla-labs/guides. */
function record(id: LabId, explain: boolean, typed: string, output: string): void {
  const folder = join(__dirname, '../../.mla-labs/guides');
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, `${id}${explain ? '-aws-cli' : ''}.txt`), `$ ${typed.trimEnd()}\n${output}\n`);
}
