/** Lab 4 from up to down on a local cloud. */
import type { RehearsalReport } from '../../lib/commands/rehearse';
import { rehearse } from '../iam/rehearsed';

const STEPS = ['baseline', 'traffic', 'analyze', 'drift', 'respond', 'quality', 'incident', 'investigate', 'alarm'];

describe('./lab rehearse monitoring --json', () => {
  const done = rehearse('monitoring');
  const lab = () => (JSON.parse(done.stdout) as RehearsalReport).labs[0]!;
  const saw = (id: string) => lab().steps.find((step) => step.id === id)!.after.saw;

  test('ends well', () => {
    expect({ status: done.status, stderr: done.status === 0 ? '' : done.stderr }).toEqual({ status: 0, stderr: '' });
    expect(lab()).toMatchObject({ lab: 'monitoring', ok: true, checks: { passed: STEPS.length, failed: 0 } });
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

  test('spring is clean, July drifts, the retraining is better, the second alarm starts none', () => {
    expect(saw('analyze')).toMatch(/nothing drifted/);
    expect(saw('drift')).toMatch(/features drifted: temp, dewp/);
    expect(saw('respond')).toMatch(/led to one (training|processing) job.*PendingManualApproval/);
    expect(saw('quality')).toMatch(/held-out: 0\.7[6-9].*2013-07: 0\.7[12].*Nothing is done: .*cool-down/);
  });

  test('the release that errors is taken back through the stack', () => {
    expect(saw('incident')).toMatch(/failed \d+ requests of \d+ .*brought version 1 back through the stack/);
  });
});
