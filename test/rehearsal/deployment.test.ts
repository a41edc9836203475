/** Lab 3 from up to down on a local cloud. */
import type { RehearsalReport } from '../../lib/commands/rehearse';
import { rehearse } from '../iam/rehearsed';

const STEPS = ['source', 'release', 'staging', 'promote', 'invoke', 'break', 'rollback'];

describe('./lab rehearse deployment --json', () => {
  const done = rehearse('deployment');
  const lab = () => (JSON.parse(done.stdout) as RehearsalReport).labs[0]!;

  test('ends well', () => {
    expect({ status: done.status, stderr: done.status === 0 ? '' : done.stderr }).toEqual({ status: 0, stderr: '' });
    expect(lab()).toMatchObject({ lab: 'deployment', ok: true, checks: { passed: 7, failed: 0 } });
  });

  test('checks say not done before each step, and done after it', () => {
    expect(lab().steps.map(({ id, before, after }) => ({ id, before: before.done, after: after.done }))).toEqual(
      STEPS.map((id) => ({ id, before: false, after: true })),
    );
  });

  test('nothing is refused by IAM, nothing breaks AWS’s models, and nothing is left in the cloud', () => {
    expect(lab().denied).toEqual([]);
    expect(lab().invalid).toEqual([]);
    expect(lab().leftovers).toEqual([]);
  });

  test('every request while production is rolled back is answered', () => {
    expect(lab().steps.at(-1)!.after.saw).toMatch(/\d+ requests, [1-9]\d* of them during the update, each answered/);
  });
});
