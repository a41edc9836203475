import { spawn } from 'node:child_process';

import { Exit } from '../course/errors';
import type { Context, Verb } from './context';

/** What opens a link in a browser here; undefined where there is no desktop. */
export function browserCommand(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (platform === 'darwin') return 'open';
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
}

function openBrowser(command: string, link: string): void {
  const child = spawn(command, [link], { stdio: 'ignore', detached: true });
  // The link is printed as well.
  child.once('error', () => undefined);
  child.unref();
}

/** `open [lab]`: serves the guides with their live parts on this machine, until Ctrl-C. */
export const open: Verb = async (context: Context, args) => {
  const { ui, options, deps, interrupts } = context;
  const lab = args.lab === undefined ? undefined : await context.lab(args.lab);
  const target = context.targetName(lab ? `open ${lab.id}` : 'open');
  const { serve } = await deps.workbench();
  const served = await serve({ deps, options, progress: (message) => ui.progress(message) });
  ui.settle();
  interrupts.onInterrupt(async () => {
    for (const left of await served.close()) ui.note(left);
  });
  interrupts.leaves({
    remains: 'The pages are closed. What stands goes on standing.',
    next: `./lab status${context.suffix}`,
  });
  const link = served.link(lab ? `labs/${lab.id}/` : '');
  const place = target === 'local' ? 'on this machine (with --target aws: in your account)' : 'in your account';
  ui.say(`The labs of the learner ${options.learner} ${place}:`);
  ui.raw(`  ${link}`);
  ui.say('Who has this link can do what you can: it is for this machine, and for this run. Ctrl-C ends it.');
  ui.document({ link, target, learner: options.learner, lab: lab?.id ?? null });
  const browser = browserCommand(process.platform, ui.streams.env);
  if (browser && ui.interactive && !options.json && args.browser === undefined) openBrowser(browser, link);
  await served.closed;
  return Exit.Done;
};
