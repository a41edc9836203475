import type { Exercise } from '../../../lib/course/model';

export const qualityExercise: Exercise = {
  file: 'quality.dqdl',
  template: 'exercises/quality.dqdl',
  solution: 'solutions/quality.dqdl',
  ask: 'Write data quality rules that all good flights pass, and that fail on impossible distances, missing origins and duplicates.',
};
