import type { Exercise } from '../../../lib/course/model';

/** The learner's decision. */
export const rollbackExercise: Exercise = {
  file: 'rollback.json',
  template: 'exercises/rollback.json',
  solution: 'solutions/rollback.json',
  answeredAfter: true,
  ask: 'A release that passed every test serves worse than the one before. Say which version comes back, which parameter of production’s stack brings it, and why, with a figure. The step puts the worse version into production first.',
  teaches:
    'Production is what its stack says: a rollback is one more deployment with the earlier version as its parameter, with the same alarms and no way around the review.',
  alternative:
    'The console does it too: update the stack of production, keep its template, and change that one parameter; then reject the version that went, with a figure.',
};
