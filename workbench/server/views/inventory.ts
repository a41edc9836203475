/** Everything that exists because of the learner: what teardown would remove, with what it costs. */
import type { Line } from '../../../lib/cost/line';
import { stackResources } from '../../../lib/target/stacks';
import type { InventoryView, Thing } from '../../api';
import { linkOf } from './console';
import type { View } from './view';

/** What a line of costs is about: its text has the name as a word. */
export function costOf(lines: readonly Line[], id: string): number | undefined {
  const name = id.replace(/^s3:\/\//, '');
  const found = lines.filter(({ what, usdPerHour }) => usdPerHour > 0 && what.split(/[\s,]+/).includes(name));
  return found.length === 0 ? undefined : found.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0);
}

/** `AWS::S3::Bucket` as `S3 Bucket`; of what a stack alone makes the word says which. */
const titleOf = (type: string): string => type.replace(/^AWS::/, '').replaceAll('::', ' ');

export const inventory: View = {
  title: 'Everything',
  async read({ run, stack, teardown, spending }): Promise<InventoryView> {
    const { readOwnership, inventory: look, planOf } = await teardown();
    const ownership = await readOwnership(run);
    if (!ownership) return { groups: [], costs: [], unread: [] };
    const unread: string[] = [];
    const noted = <T>(what: string, otherwise: T, ask: Promise<T>): Promise<T> =>
      ask.catch((error: Error) => {
        unread.push(`${what}: ${error.name}: ${error.message}`);
        return otherwise;
      });
    const [resources, beyond, spent] = await Promise.all([
      noted('what the stack made', [], stackResources(run, stack.id)),
      noted('what steps and jobs made', [], look(run, ownership)),
      noted(
        'what it costs',
        undefined,
        spending().then((all) => all.spendingOf(run, ownership, stack.createdAt)),
      ),
    ]);
    const free = run.target === 'local';
    const lines = free ? [] : (spent?.lines ?? []);
    unread.push(...(free ? [] : (spent?.notKnown ?? []).map(({ what, because }) => `${what}: ${because}`)));
    const thing = (kind: string, id: string, because: string, count = 1): Thing => ({
      id,
      because,
      count,
      usdPerHour: costOf(lines, id),
      link: linkOf(run, kind, id),
    });
    const groups = planOf(beyond).map(({ kind, title, things }) => ({
      title,
      things: things.map(({ id, because, count }) => thing(kind, id, because, count)),
    }));
    const byType = new Map<string, Thing[]>();
    for (const { ResourceType: type = '', PhysicalResourceId: id = '', ResourceStatus: status } of resources) {
      if (type === 'AWS::CDK::Metadata' || status === 'DELETE_COMPLETE' || id === '') continue;
      const all = byType.get(type) ?? [];
      all.push(thing(type, id, `of our stack ${run.stackName}`));
      byType.set(type, all);
    }
    const made = [...byType].map(([type, things]) => ({ title: titleOf(type), things }));
    return {
      groups: [...groups, ...made.sort((a, b) => a.title.localeCompare(b.title))],
      costs: lines.map(({ what, usdSoFar, usdPerHour }) => ({ what, usdSoFar, usdPerHour })),
      unread,
    };
  },
};
