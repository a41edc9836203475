/**
 * The lab monitoring, as data: what `./lab` needs to know about it. Its stack is in stack.ts and is not loaded from here.
 * The guide is README.md in this folder, one section a step, its heading naming the step's id in backticks.
 */
import type { Lab } from '../../lib/course/model';
import { COST } from './cost';
import { MONITORING_KINDS } from './kinds';
import { MODES } from './modes';
import { MONITORING_QUOTAS } from './quotas';
import { alarm } from './steps/alarm';
import { analyze } from './steps/analyze';
import { baseline } from './steps/baseline';
import { drift } from './steps/drift';
import { incident } from './steps/incident';
import { investigate } from './steps/investigate';
import { quality } from './steps/quality';
import { respond } from './steps/respond';
import { traffic } from './steps/traffic';

export const lab: Lab = {
  id: 'monitoring',
  title: 'Watch an endpoint, and respond',
  summary:
    'Data capture, drift, delayed truth and alarms; a responder that retrains on drift and rolls back on errors; Logs Insights, and an alarm of your own.',
  steps: [baseline, traffic, analyze, drift, respond, quality, incident, investigate, alarm],
  modes: MODES,
  folder: __dirname,
  cost: COST,
  needs: ['a Region with SageMaker’s XGBoost and scikit-learn images in lib/facts'],
  quotas: MONITORING_QUOTAS,
  kinds: MONITORING_KINDS,
};
