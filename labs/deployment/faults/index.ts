/** What a game day can put into the lab deployment. */
import type { Fault } from '../../../lib/course/fault';
import { deletedModel } from './deleted-model';
import { disabledRule } from './disabled-rule';
import { disabledTransition } from './disabled-transition';
import { renamedParameter } from './renamed-parameter';

export const faults: readonly Fault[] = [deletedModel, disabledRule, disabledTransition, renamedParameter];
