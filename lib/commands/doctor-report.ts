/** What `doctor` prints. */
import type { Finding } from '../doctor/finding';
import type { Context } from './context';
import { nextLine, plural } from './ui/text';

const TITLES: Readonly<Record<Finding['about'], string>> = {
  machine: 'This machine',
  account: 'The account',
  service: 'Services',
  quota: 'Quotas',
  leftover: 'From before',
};

/** Each finding: what was seen and, where it is not just right, why it matters and what to do. */
export function sayFindings({ ui }: Context, findings: readonly Finding[]): void {
  const signs = {
    ok: ui.colours.green('✓'),
    note: '·',
    unknown: ui.colours.yellow('?'),
    bad: ui.colours.red('✗'),
  } as const;
  for (const about of Object.keys(TITLES) as Finding['about'][]) {
    const some = findings.filter((finding) => finding.about === about);
    if (some.length > 0) ui.say(ui.colours.bold(TITLES[about]));
    let before: string | undefined;
    for (const { state, saw, why, next } of some) {
      ui.say(saw, `  ${signs[state]} `);
      if (state === 'ok') continue;
      // What matters for one quota matters for the next.
      if (why !== before) ui.say(ui.colours.dim(why), '      ');
      before = why;
      if (next) ui.say(next, '      → ');
    }
  }
}

/** What it all comes to, in one line. */
export function saySum({ ui }: Context, findings: readonly Finding[]): void {
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  const [bad, unknown] = [count('bad'), count('unknown')];
  ui.say();
  const rest = unknown === 0 ? '' : ` ${plural(unknown, 'thing')} could not be looked at.`;
  if (bad === 0) ui.say(`${ui.colours.green('✓')} Nothing that was looked at stands in the way.${rest}`);
  else
    ui.say(
      `${ui.colours.red('✗')} ${plural(bad, 'thing')} ${bad === 1 ? 'stands' : 'stand'} in the way; see above.${rest}`,
    );
}

/** The one thing to go on with; the other ways stand at the finding. */
export function nextOf(findings: readonly Finding[], ready: string): string {
  const bad = findings.find(({ state }) => state === 'bad');
  return nextLine((bad?.next ?? ready).split('; or ')[0]!);
}
