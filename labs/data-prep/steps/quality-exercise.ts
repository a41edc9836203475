import type { Exercise } from '../../../lib/course/model';

export const qualityExercise: Exercise = {
  file: 'quality.dqdl',
  template: 'exercises/quality.dqdl',
  solution: 'solutions/quality.dqdl',
  ask: 'Write data quality rules that all good flights pass, and that fail on impossible distances, missing origins and duplicates.',
  teaches:
    'Rules say what holds for every batch that may come, not what this batch looks like: bounds from the world (a distance), a list of values, a key that names a row.',
  alternative:
    'Completeness and ColumnLength "origin" = 3 catch missing origins, CustomSql with count(distinct …) catches duplicates: more to write, and more to read a year later.',
};
