import type { Challenge } from '../../../lib/course/challenge';
import { slowAnswers } from './slow-answers';
import { worstOrigin } from './worst-origin';

/** The lab's challenges, the easier first. */
export const challenges: readonly Challenge[] = [slowAnswers, worstOrigin];
