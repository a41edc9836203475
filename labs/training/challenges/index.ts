import type { Challenge } from '../../../lib/course/challenge';
import { pocketModel } from './pocket-model';
import { warnCrews } from './warn-crews';

/** The lab's challenges, the easier first. */
export const challenges: readonly Challenge[] = [pocketModel, warnCrews];
