import type { Challenge } from '../../../lib/course/challenge';
import { oneCarrier } from './one-carrier';
import { unnamedPlanes } from './unnamed-planes';

/** The lab's challenges, the easier first. */
export const challenges: readonly Challenge[] = [oneCarrier, unnamedPlanes];
