/** An earlier version of an object becomes the current one by the removal of what came after it. */
import { returnToVersion } from '../../../../lib/aws/object-versions';
import type { LabRun } from '../../../../lib/course/run';

/** A bucket with versions of objects, the newest first; `marker` is a delete marker. */
function bucketOf(objects: Record<string, string[]>): LabRun {
  const LastModified = new Date(0);
  const send = async ({ constructor, input }: { constructor: { name: string }; input: Record<string, unknown> }) => {
    if (constructor.name === 'DeleteObjectsCommand') {
      const [{ Key, VersionId }] = (input.Delete as { Objects: [{ Key: string; VersionId: string }] }).Objects;
      objects[Key] = objects[Key]!.filter((id) => id !== VersionId);
      return {};
    }
    const all = Object.entries(objects).filter(([Key]) => Key.startsWith(String(input.Prefix)));
    const entries = all.flatMap(([Key, ids]) =>
      ids.map((VersionId, at) => ({ Key, VersionId, IsLatest: at === 0, LastModified })),
    );
    return {
      Versions: entries.filter(({ VersionId }) => !VersionId.startsWith('marker')),
      DeleteMarkers: entries.filter(({ VersionId }) => VersionId.startsWith('marker')),
    };
  };
  return { clients: { s3: { send } } } as unknown as LabRun;
}

test.each([
  ['newer versions, written within one second', ['c', 'b', 'a', 'older'], ['a', 'older']],
  ['a delete marker', ['marker-1', 'a'], ['a']],
  ['nothing', ['a', 'older'], ['a', 'older']],
])('%s go, and no other object', async (_what, before, after) => {
  const objects = { 'x/key': before, 'x/key2': ['z', 'a'] };
  expect(await returnToVersion(bucketOf(objects), 'b', 'x/key', 'a')).toBe(true);
  expect(objects).toEqual({ 'x/key': after, 'x/key2': ['z', 'a'] });
});

test('a version that is gone is said to be, and nothing is removed', async () => {
  const objects = { key: ['c', 'b'] };
  expect(await returnToVersion(bucketOf(objects), 'b', 'key', 'a')).toBe(false);
  expect(objects).toEqual({ key: ['c', 'b'] });
});
