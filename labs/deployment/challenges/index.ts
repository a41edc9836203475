import type { Challenge } from '../../../lib/course/challenge';
import { silence } from './silence';
import { tryOut } from './try-out';

/** The lab's challenges, the easier first. */
export const challenges: readonly Challenge[] = [silence, tryOut];
