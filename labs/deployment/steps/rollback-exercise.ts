import type { Exercise } from '../../../lib/course/model';

/** The learner's decision. */
export const rollbackExercise: Exercise = {
  file: 'rollback.json',
  template: 'exercises/rollback.json',
  solution: 'solutions/rollback.json',
  answeredAfter: true,
  ask: 'A release that passed every test serves worse than the one before. Say which version comes back, which parameter of production’s stack brings it, and why, with a figure. The step puts the worse version into production first.',
};
