/** What a game day can put into the lab data-prep. */
import type { Fault } from '../../../lib/course/fault';
import { deniedPrefix } from './denied-prefix';
import { lostPartition } from './lost-partition';
import { scanLimit } from './scan-limit';
import { swappedColumns } from './swapped-columns';

export const faults: readonly Fault[] = [deniedPrefix, lostPartition, scanLimit, swappedColumns];
