/** A learner does lab monitoring on a local cloud through the page alone, from up to down. */
import { doesLab, takesDown } from './whole-lab';

doesLab(
  'monitoring',
  ['baseline', 'traffic', 'analyze', 'drift', 'respond', 'quality', 'incident', 'investigate', 'alarm'],
  takesDown,
);
