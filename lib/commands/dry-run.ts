/** `down --dry-run`: what would be removed, in which order and why, as a tree. Nothing is changed. */
import { recordName } from '../course/names';
import { treatmentOf } from '../target/stack-states';
import type { PlannedGroup } from '../teardown/plan';
import type { Context } from './context';
import type { Removal } from './removal';
import { plural, wrap } from './ui/text';

/** Lines of a group that are shown; the document has all. */
const SHOWN = 12;

interface Branch {
  readonly text: string;
  /** What it waits for, and other remarks. */
  readonly notes: readonly string[];
  readonly leaves: readonly string[];
}

const BEFORE = {
  wait: 'when CloudFormation has come to its end with it',
  cancel: 'when its update is cancelled and rolled back',
  retain: 'without the custom resources that kept an earlier deletion from ending',
} as const;

/** Shows the plans, and gives them as the document of `--json`. */
export async function dryRun(context: Context, removals: readonly Removal[]): Promise<{ plan: object[] }> {
  const { planOf } = await context.deps.teardown();
  const plan = removals.map((removal) => {
    const groups = planOf(removal.beyond);
    show(context, removal, groups);
    const { run, standing, resources, broken, unread } = removal;
    return {
      lab: run.lab,
      learner: run.learner,
      account: run.account,
      region: run.region,
      groups,
      stack: standing ? { name: run.stackName, status: standing.status, resources, broken } : null,
      record: recordName(run.lab, run.learner),
      ...(unread !== undefined && { unread }),
    };
  });
  context.ui.say('Nothing was changed.');
  return { plan };
}

function show({ ui }: Context, removal: Removal, groups: readonly PlannedGroup[]): void {
  const { run } = removal;
  const branches = [...groups.map(branchOf), ...stackBranch(removal), recordBranch(removal)];
  ui.say(`${ui.colours.bold(run.lab)} of ${run.learner} in ${run.account}, ${run.region}, in this order:`);
  branches.forEach(({ text, notes, leaves }, at) => {
    const last = at === branches.length - 1;
    const trunk = last ? '   ' : '│  ';
    const line = (words: string, first: string, rest: string): void => ui.raw(wrap(words, ui.width, { first, rest }));
    line(`${at + 1}. ${ui.colours.bold(text)}`, last ? '└─ ' : '├─ ', trunk);
    const bar = leaves.length > 0 ? '│  ' : '   ';
    for (const note of notes) line(note, `${trunk}${bar}`, `${trunk}${bar}`);
    leaves.forEach((leaf, index) => {
      const end = index === leaves.length - 1;
      line(leaf, `${trunk}${end ? '└─ ' : '├─ '}`, `${trunk}${end ? '   ' : '│  '}`);
    });
  });
}

function branchOf({ title, waitsFor, things }: PlannedGroup): Branch {
  const count = things.reduce((sum, one) => sum + one.count, 0);
  const rest = things.length - SHOWN;
  return {
    text: `${title}: ${count}`,
    notes: waitsFor.map((before) => `after ${before.title}: ${before.why}`),
    leaves: [
      ...things.slice(0, SHOWN).map((one) => `${one.id}${one.count > 1 ? ` (${one.count})` : ''}: ${one.because}`),
      ...(rest > 0 ? [`and ${rest} more`] : []),
    ],
  };
}

function stackBranch({ run, standing, resources, broken, unread }: Removal): Branch[] {
  if (!standing) return [];
  const treatment = treatmentOf(standing.status);
  return [
    {
      text: `the stack ${run.stackName} (${standing.status}): ${plural(resources.length, 'resource')}`,
      notes: [
        ...(treatment in BEFORE ? [BEFORE[treatment as keyof typeof BEFORE]] : []),
        'after all that stands above: it would stay, or keep the stack',
        ...broken.map(({ name, lacks }) => `${name} cannot answer: its ${lacks === 'role' ? 'role' : 'code'} is gone`),
        ...(unread === undefined ? [] : [`what else there is could not be listed: ${unread}`]),
      ],
      leaves: [],
    },
    { text: 'what came meanwhile', notes: ['it is looked for once more'], leaves: [] },
  ];
}

function recordBranch({ run }: Removal): Branch {
  return {
    text: `the record ${recordName(run.lab, run.learner)}`,
    notes: ['last of all: it proves what is ours'],
    leaves: [],
  };
}
