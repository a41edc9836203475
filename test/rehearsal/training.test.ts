/** Lab 2 from up to down on a local cloud. */
import type { RehearsalReport } from '../../lib/commands/rehearse';
import { rehearse } from '../iam/rehearsed';

const STEPS = ['data', 'train', 'tune', 'evaluate', 'register', 'approve', 'rollback'];

describe('./lab rehearse training --json', () => {
  const done = rehearse('training');
  const lab = () => (JSON.parse(done.stdout) as RehearsalReport).labs[0]!;

  test('ends well', () => {
    expect({ status: done.status, stderr: done.status === 0 ? '' : done.stderr }).toEqual({ status: 0, stderr: '' });
    expect(lab()).toMatchObject({ lab: 'training', ok: true, checks: { passed: 7, failed: 0 } });
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
});
