import {
  startRelease,
  type ApprovalEvent,
  type ReleaseServices,
} from '../../../../labs/deployment/runtime/start-release/handler';
import { arnOf, GROUP } from './pipeline-fixtures';

/** A cloud in memory: S3 that writes conditionally, a pipeline whose tokens start once. */
function cloud(): ReleaseServices & {
  executions: { arn: string; token: string }[];
  objects: Map<string, string>;
  dying: boolean;
} {
  const objects = new Map<string, string>();
  const executions: { arn: string; token: string }[] = [];
  return {
    executions,
    objects,
    dying: false,
    changed: async () => new Date('2026-11-01T10:00:00Z'),
    async createOnce(key, text) {
      if (objects.has(key)) return false;
      objects.set(key, text);
      return true;
    },
    read: async (key) => objects.get(key) ?? '{}',
    write: async (key, text) => void objects.set(key, text),
    async start(_pipeline, arn, token) {
      if (this.dying) throw new Error('timed out');
      if (!executions.some((one) => one.token === token)) executions.push({ arn, token });
      return `execution-${executions.findIndex((one) => one.token === token) + 1}`;
    },
  };
}

const target = { group: GROUP, pipeline: 'mla-labs-deployment-me' };
const event = (id: string, detail: Partial<ApprovalEvent['detail']> = {}): ApprovalEvent => ({
  id,
  time: '2026-11-01T10:00:07Z',
  detail: {
    ModelPackageArn: arnOf(3),
    ModelPackageGroupName: GROUP,
    ModelApprovalStatus: 'Approved',
    LastModifiedTime: Date.UTC(2026, 10, 1, 10),
    UpdatedModelPackageFields: ['ModelApprovalStatus', 'ApprovalDescription'],
    ...detail,
  },
});

test('an approval starts one release of that version', async () => {
  const world = cloud();
  expect(await startRelease(event('1'), target, world)).toMatchObject({ started: 'execution-1' });
  expect(world.executions).toEqual([{ arn: arnOf(3), token: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  expect([...world.objects.keys()]).toEqual(['releases/3/2026-11-01T10-00-00.000Z.json']);
});

test('the same event five times, one after the other, starts one', async () => {
  const world = cloud();
  for (const id of ['1', '1', '1', '1', '1']) await startRelease(event(id), target, world);
  expect(world.executions).toHaveLength(1);
});

test('five events at the same moment start one', async () => {
  const world = cloud();
  const outcomes = await Promise.all(['1', '2', '3', '4', '5'].map((id) => startRelease(event(id), target, world)));
  expect(world.executions).toHaveLength(1);
  expect(outcomes.every((one) => ('started' in one ? one.started === 'execution-1' : true))).toBe(true);
});

test('an event without a time of change goes by the registry’s', async () => {
  const world = cloud();
  await startRelease(event('1', { LastModifiedTime: undefined }), target, world);
  await startRelease(event('2'), target, world);
  expect(world.executions).toHaveLength(1);
});

test('the same version approved again later is a release of its own', async () => {
  const world = cloud();
  await startRelease(event('1'), target, world);
  await startRelease(event('2', { LastModifiedTime: '2026-11-01T11:00:00Z' }), target, world);
  expect(world.executions).toHaveLength(2);
});

test('a release that was claimed and not started is started by the next event', async () => {
  const world = cloud();
  world.dying = true;
  await expect(startRelease(event('1'), target, world)).rejects.toThrow('timed out');
  world.dying = false;
  expect(await startRelease(event('1'), target, world)).toMatchObject({ started: 'execution-1' });
});

test('a new version that is made approved is released', async () => {
  const world = cloud();
  await startRelease(event('1', { UpdatedModelPackageFields: undefined }), target, world);
  expect(world.executions).toHaveLength(1);
});

test.each<[string, Partial<ApprovalEvent['detail']>, RegExp]>([
  ['a description that changed', { UpdatedModelPackageFields: ['CustomerMetadataProperties'] }, /not its approval/],
  ['a rejection', { ModelApprovalStatus: 'Rejected' }, /it is Rejected/],
  ['a version of another group', { ModelPackageGroupName: 'mla-labs-training-me' }, /no version of/],
])('%s starts nothing', async (_what, detail, said) => {
  const world = cloud();
  expect(await startRelease(event('1', detail), target, world)).toEqual({ ignored: expect.stringMatching(said) });
  expect(world.executions).toEqual([]);
  expect(world.objects.size).toBe(0);
});
