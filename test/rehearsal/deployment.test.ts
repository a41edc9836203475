/** Lab 3 from up to down on a local cloud. */
import { rehearsed } from './rehearsed';

describe('./lab rehearse deployment --json', () => {
  const { saw } = rehearsed('deployment', ['source', 'release', 'staging', 'promote', 'invoke', 'break', 'rollback']);

  test('every request while production is rolled back is answered', () => {
    expect(saw('rollback')).toMatch(/\d+ requests, [1-9]\d* of them during the update, each answered/);
  });
});
