import { LabError } from '../course/errors';
import { quoted } from '../course/shell';
import type { Context, Verb } from './context';

/** `env`: what a shell needs so that the AWS CLI talks to the same target. For `eval "$(./lab env --target local)"`. */
export const env: Verb = async (context: Context) => {
  const { ui } = context;
  const target = await context.target('env');
  const values = target.shellEnv();
  const bad = Object.keys(values).find((name) => !/^[A-Z_][A-Z0-9_]*$/.test(name));
  if (bad !== undefined)
    throw new LabError(`${JSON.stringify(bad)} cannot be the name of a variable.`, {
      why: 'The target gave it.',
      next: './lab status',
    });
  const lines =
    target.name === 'local'
      ? [
          '# LOCAL CLOUD: from here on this shell talks to the emulator on this machine, with dummy credentials.',
          '# Nothing in it reaches AWS. Leave it by closing the shell.',
        ]
      : [`# AWS account ${target.account}, Region ${target.region}. Credentials stay where they are.`];
  lines.push(...Object.entries(values).map(([name, value]) => `export ${name}=${quoted(value)}`));
  ui.raw(lines.join('\n'));
  if (ui.streams.stdout.isTTY && !context.options.json) ui.note(`Next: eval "$(./lab env${context.suffix})"`);
  ui.document(values);
  return 0;
};
