/** What `doctor` finds from before, here and in every Region that the labs know. */
import { tagsOf } from '../../../lib/course/names';
import { FakeCloud, NOW, ownershipOf, World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

const HOUR = 3_600_000;

interface Seen {
  about: string;
  id: string;
  state: string;
  saw: string;
  next?: string;
}
async function leftovers(options = '--target aws'): Promise<Seen[]> {
  const { json, code } = await world.run(`doctor ${options} --json`);
  expect(code).toBe(0);
  return (json() as { findings: Seen[] }).findings.filter(({ about }) => about === 'leftover');
}

const tagged = (learner = 'me') => ({
  ResourceARN: 'arn:aws:s3:::bucket-1',
  Tags: Object.entries(tagsOf('data-prep', learner)).map(([Key, Value]) => ({ Key, Value })),
});

test('nothing: every Region that was looked at is named', async () => {
  const [one, ...more] = await leftovers();
  expect(more).toEqual([]);
  expect(one).toMatchObject({ state: 'ok' });
  expect(one!.saw).toMatch(/^Nothing of the learner me in us-east-1, us-east-2, .*ap-northeast-1\.$/);
});

test('a lab that stands here is told with the end of its lease', async () => {
  world.cloud.addStack();
  expect(await leftovers()).toEqual([
    expect.objectContaining({
      id: 'leftover:us-east-1:data-prep',
      state: 'ok',
      saw: 'data-prep stands here, in us-east-1, since 2026-11-23 10:00 UTC (CREATE_COMPLETE); its lease ends 2026-11-23 18:00 UTC.',
    }),
  ]);
});

test('one whose lease is over should be gone', async () => {
  world.cloud.addStack().CreationTime = new Date(NOW.getTime() - 9 * HOUR);
  const [one] = await leftovers();
  expect(one).toMatchObject({ state: 'note', next: './lab down data-prep --target aws --region us-east-1' });
  expect(one!.saw).toContain('its lease is over since 2026-11-23 11:00 UTC: it should have removed itself.');
});

test('one that failed is a leftover, whatever its lease', async () => {
  world.cloud.addStack('DELETE_FAILED');
  expect((await leftovers())[0]).toMatchObject({ state: 'note' });
});

test('stacks and records in other Regions have their command', async () => {
  const stands = new FakeCloud();
  stands.addStack();
  const recorded = new FakeCloud();
  recorded.record = ownershipOf();
  world.cloud.elsewhere.set('eu-west-1', stands).set('ap-south-1', recorded);
  expect((await leftovers()).map(({ next }) => next)).toEqual([
    './lab down data-prep --target aws --region eu-west-1',
    './lab down data-prep --target aws --region ap-south-1',
  ]);
});

test('tagged things without stack and record are told, those of a standing lab not', async () => {
  world.cloud.tagged = [tagged()];
  const [one] = await leftovers();
  expect(one).toMatchObject({ id: 'leftover:us-east-1:data-prep', state: 'note' });
  expect(one!.saw).toContain('1 thing of data-prep without stack or record: arn:aws:s3:::bucket-1.');
  world.cloud.addStack();
  expect(await leftovers()).toHaveLength(1);
});

test('a Region that refuses is said, never taken for empty', async () => {
  const refused = Object.assign(new Error('a service control policy denies it'), { name: 'AccessDenied' });
  world.cloud.elsewhere.set('eu-west-1', refused).set('us-west-2', refused);
  const found = await leftovers();
  expect(found.find(({ state }) => state === 'unknown')!.saw).toContain('Could not look in us-west-2, eu-west-1: ');
  expect(found.find(({ state }) => state === 'ok')!.saw).not.toContain('eu-west-1');
});

test('a tag search that is refused is said; what stacks and records tell stands beside it', async () => {
  world.cloud.tagged = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  const found = await leftovers();
  expect(found.map(({ state }) => state)).toContain('unknown');
  expect(found.find(({ state }) => state === 'unknown')!.saw).toContain('the tag search was refused');
});

test('on the local cloud there is one Region', async () => {
  expect(await leftovers('--target local')).toEqual([
    expect.objectContaining({ saw: 'Nothing of the learner me in us-east-1.' }),
  ]);
});
