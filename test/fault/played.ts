/** Which tests a run plays, and which it names as skipped. */
import { LAB_IDS, type LabId } from '../../lib/course/names';
import { ALL } from './seed';

/** The lab that a sample is played with: the shortest. */
const SAMPLED: LabId = 'data-prep';

/** The labs that a run plays. */
export const PLAYED: readonly LabId[] = ALL ? LAB_IDS : [SAMPLED];

/** Tests of a lab that is played, or else skipped. */
export const describeOf = (lab: LabId): jest.Describe => (PLAYED.includes(lab) ? describe : describe.skip);

/** Tests that a sample skips. */
export const describeAll: jest.Describe = ALL ? describe : describe.skip;
export const testAll: jest.It = ALL ? test : test.skip;
