/** Which tests a run plays, and which it names as skipped. */
import type { LabId } from '../../lib/course/names';
import { ALL } from './seed';

/** The lab that a sample is played with: the shortest. */
const SAMPLED: LabId = 'data-prep';

/** Whether a run plays a lab: a sample plays the shortest only. */
export const isPlayed = (lab: LabId): boolean => ALL || lab === SAMPLED;

/** Tests of a lab that is played, or else skipped. */
export const describeOf = (lab: LabId): jest.Describe => (isPlayed(lab) ? describe : describe.skip);

/** Tests that a sample skips. */
export const testAll: jest.It = ALL ? test : test.skip;
