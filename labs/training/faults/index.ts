/** What a game day can put into the lab training. */
import type { Fault } from '../../../lib/course/fault';
import { changedApproval } from './changed-approval';
import { deniedData } from './denied-data';
import { relabelledData } from './relabelled-data';
import { replacedModel } from './replaced-model';

export const faults: readonly Fault[] = [changedApproval, deniedData, relabelledData, replacedModel];
