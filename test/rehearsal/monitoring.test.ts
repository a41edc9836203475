/** Lab 4 from up to down on a local cloud. */
import { rehearsed } from './rehearsed';

const STEPS = ['baseline', 'traffic', 'analyze', 'drift', 'respond', 'quality', 'incident', 'investigate', 'alarm'];

describe('./lab rehearse monitoring --json', () => {
  const { saw } = rehearsed('monitoring', STEPS);

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
