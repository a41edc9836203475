/** Log groups below a lab's own prefix are its own, tagged or not; those of a neighbour with a similar name never are. */
import { stackName } from '../../../lib/course/names';
import { KIND_BY_ID } from '../../../lib/teardown/kinds';
import { inventory, sweep } from '../../../lib/teardown/sweep';
import { deployed, LOGS, OWNERSHIP } from './scenes';
import { OURS, type TagMap } from './fake-cloud';

const group = (tags: TagMap = {}) => ({ tags, streams: new Set<string>() });

test.each(['standing', 'gone'])(
  'a group that a late line made again, without tags, goes; the stack being %s',
  async (stack) => {
    const cloud = await deployed();
    cloud.groups.set('/mla-labs/data-prep/me/quality/output', group());
    if (stack === 'gone') {
      cloud.stack = undefined;
      cloud.groups.set(LOGS, group());
    }
    const { left, removed } = await sweep(cloud.run(), OWNERSHIP);
    expect(left).toEqual([]);
    expect(removed.find(({ id }) => id.endsWith('quality/output'))?.because).toBe(
      "it lies below /mla-labs/data-prep/me/, where only this lab's roles write",
    );
    expect([...cloud.groups.keys()].filter((name) => name.startsWith('/mla-labs/data-prep/me/'))).toEqual(
      stack === 'gone' ? [] : [LOGS],
    );
  },
);

test.each([
  ['another learner', { ...OURS, 'mla-labs:learner': 'ana' }],
  ['another lab', { ...OURS, 'mla-labs:lab': 'training' }],
])('a group below our prefix whose tags name %s stays', async (_who, tags) => {
  const cloud = await deployed();
  cloud.groups.set('/mla-labs/data-prep/me/odd', group(tags));
  await sweep(cloud.run(), OWNERSHIP);
  expect(cloud.groups.has('/mla-labs/data-prep/me/odd')).toBe(true);
});

test('the kind brings the permission to search by tags, whatever other kinds a lab names', async () => {
  const cloud = await deployed();
  const asked = new Set<string>();
  cloud.refuse = (command) => void asked.add(command);
  const kind = KIND_BY_ID.get('logs:group')!;
  await inventory(cloud.run(), OWNERSHIP, { kinds: [kind] });
  expect([...asked]).toContain('GetResources');
  expect(kind.permissions.flatMap(({ actions }) => actions)).toContain('tag:GetResources');
});

/** Names that begin alike, end alike, or hold each other. */
const LEARNERS = ['me', 'm', 'me-b', 'me2', 'a-me', 'men', 'ana', 'ana-b', 'jobs', 'data-prep'];
const LABS = ['data-prep', 'data', 'data-prep2', 'training', 'deployment', 'monitoring'];
const NAMES = ['jobs/error', 'lease', 'me/jobs/error', '../me/lease'];

test.each(LEARNERS)('of all names, the sweep of %s takes only those below its own prefix', async (learner) => {
  const cloud = await deployed();
  cloud.stack = undefined;
  cloud.groups.clear();
  for (const lab of LABS)
    for (const other of LEARNERS)
      for (const name of NAMES) cloud.groups.set(`/mla-labs/${lab}/${other}/${name}`, group());
  for (const prefix of [
    '/mla-labs/data-prep',
    `/mla-labs/data-prep/${learner}`,
    `/x/mla-labs/data-prep/${learner}/jobs`,
  ])
    cloud.groups.set(prefix, group());
  const before = [...cloud.groups.keys()];
  const ownership = { ...OWNERSHIP, learner, stackName: stackName('data-prep', learner), logGroups: [] };
  await sweep(cloud.run(learner), ownership);
  const gone = before.filter((name) => !cloud.groups.has(name));
  expect(gone).toEqual(before.filter((name) => name.startsWith(`/mla-labs/data-prep/${learner}/`)));
  expect(gone.length).toBe(NAMES.length);
});
