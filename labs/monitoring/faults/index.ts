/** What a game day can put into the lab monitoring. */
import type { Fault } from '../../../lib/course/fault';
import { closedTopic } from './closed-topic';
import { lostCapture } from './lost-capture';
import { mutedAlarm } from './muted-alarm';
import { stoppedResponder } from './stopped-responder';

export const faults: readonly Fault[] = [closedTopic, lostCapture, mutedAlarm, stoppedResponder];
