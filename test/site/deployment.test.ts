/** A learner does lab deployment on a local cloud through the page alone, from up to down. */
import { doesLab, takesDown } from './whole-lab';

doesLab('deployment', ['source', 'release', 'staging', 'promote', 'invoke', 'break', 'rollback'], takesDown);
