/** What a game day can put into the lab monitoring. */
import type { Fault } from '../../../lib/course/fault';
import { filteredTopic } from './filtered-topic';
import { lostCapture } from './lost-capture';
import { mutedAlarm } from './muted-alarm';
import { stoppedResponder } from './stopped-responder';

export const faults: readonly Fault[] = [filteredTopic, lostCapture, mutedAlarm, stoppedResponder];
