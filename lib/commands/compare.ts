import { resolve, join } from 'node:path';

import { Exit } from '../course/errors';
import type { LabId } from '../course/names';
import { compare as compareRecordings, type Comparison, type Difference } from '../field/compare';
import { readFixtures, unaccepted, writeFixtures } from '../field/fixtures';
import { readRecording, type Recording } from '../field/read';
import { makeScratchFolder } from '../target/scratch-folder';
import { Context, type Verb } from './context';
import { projectVersion } from './field-report';
import { rehearseLabs } from './rehearse';
import { duration, plural } from './ui/text';

/** Timings that are shown: the longest. */
const SHOWN_TIMINGS = 12;

/**
 * `compare <file> [labs...]`: a report of `rehearse` against the same labs on this machine, or against another report: what
 * the clouds answer differently. Exit code 1 says that something differs.
 */
export const compare: Verb = async (context: Context, args) => {
  const { ui, deps } = context;
  const file = args.file ?? '';
  const named = (args.labs ?? '').split(' ').filter(Boolean);
  const wanted = await Promise.all(named.map(async (name) => (await context.lab(name)).id));
  const expected = { project: projectVersion(), next: './lab rehearse data-prep --report field.jsonl' };
  const there = readRecording(file, { ...expected, labs: wanted });
  const labs: readonly LabId[] = wanted.length > 0 ? wanted : there.header.labs;
  const here =
    args.with === undefined
      ? await rehearseHere(context, there, labs)
      : readRecording(args.with, { ...expected, labs });

  const { differences: all, ...rest } = compareRecordings(there, here, labs);
  const folder = join(deps.root, 'test', 'field');
  const differences = unaccepted(all, readFixtures(folder).values());
  const written = args.write === undefined ? [] : writeFixtures(folder, there, differences);
  ui.settle();
  print(context, there, here, { ...rest, differences }, all.length - differences.length);
  for (const one of written) ui.say(`test/field/${one}`, '  written: ');
  if (differences.length > 0)
    ui.say(
      args.write === undefined
        ? `Next: ./lab compare ${file}${named.map((name) => ` ${name}`).join('')} --write, which makes a failing test of each`
        : 'Next: mend them, until npx jest --selectProjects proof unit --testPathPatterns field is green',
    );
  ui.document({
    file,
    with: args.with ?? 'local',
    labs,
    outcome: there.outcome,
    differences: differences.map((one) => ({
      lab: one.lab,
      kind: one.kind,
      about: one.about,
      ...(one.path !== undefined && { path: one.path }),
      there: one.there,
      here: one.here,
      times: one.times,
      part: one.part,
    })),
    accepted: all.length - differences.length,
    ...rest,
    written,
  });
  return differences.length > 0 ? Exit.CheckFailed : Exit.Done;
};

/** The same labs in the same modes, as they go on this machine. */
async function rehearseHere(context: Context, there: Recording, labs: readonly LabId[]): Promise<Recording> {
  const { ui, deps, interrupts, options } = context;
  const { region, modes } = there.header;
  const scratch = makeScratchFolder('compare');
  const report = resolve(scratch.path, 'local.jsonl');
  const local = new Context(ui, { ...options, target: 'local', profile: undefined, region }, deps, interrupts);
  try {
    await rehearseLabs(local, await Promise.all(labs.map((id) => local.lab(id))), modes, { report });
    return readRecording(report, { project: projectVersion(), next: './lab rehearse --target local' });
  } finally {
    await local.close();
    scratch.remove();
  }
}

function print(context: Context, there: Recording, here: Recording, of: Comparison, accepted: number): void {
  const { ui } = context;
  const { bold, red, green } = ui.colours;
  const { target, region, startedAt, commit } = there.header;
  ui.say();
  ui.say(
    `${there.file}: ${target}, ${region}, begun ${startedAt}, at ${commit ?? 'an unknown commit'}; it ended ${there.outcome}. Held against ${here.header.target}, ${here.header.region}.`,
  );
  const byAbout = new Map<string, Difference[]>();
  for (const one of of.differences) {
    const title = `${one.lab}: ${one.about}`;
    byAbout.set(title, [...(byAbout.get(title) ?? []), one]);
  }
  for (const [title, all] of byAbout) {
    ui.say(bold(title));
    for (const { kind, path, there: theirs, here: ours, times, part } of all)
      ui.say(
        `${kind}${path ? ` ${path}` : ''}: there ${theirs}; here ${ours} (${plural(times, 'time')}, first in ${part})`,
        '  - ',
      );
  }
  if (of.onlyThere.length > 0) ui.say(`Asked there only: ${of.onlyThere.join(', ')}.`);
  if (of.onlyHere.length > 0) ui.say(`Asked here only: ${of.onlyHere.join(', ')}.`);
  if (of.transient > 0) ui.say(`There, ${plural(of.transient, 'request')} had to be made again or failed in passing.`);
  const longest = [...of.timings].sort((a, b) => b.there - a.there).slice(0, SHOWN_TIMINGS);
  if (longest.length > 0) ui.say('Times, which are no difference, the longest first:');
  for (const { lab, part, there: theirs, here: ours } of longest)
    ui.say(`${lab}, ${part}: there ${duration(theirs)}, here ${duration(ours)}`, '  ');
  const of_ = accepted > 0 ? `, and ${accepted} that are accepted` : '';
  ui.say(
    of.differences.length === 0
      ? `${green('✓')} Nothing differs${of_}.`
      : `${red('✗')} ${plural(of.differences.length, 'difference')}${of_}.`,
  );
}
