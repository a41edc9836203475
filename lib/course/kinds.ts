/** Which teardown kinds each lab can leave things of: ids of lib/teardown, named by the labs themselves. */
import { DATA_PREP_KINDS } from '../../labs/data-prep/kinds';
import { DEPLOYMENT_KINDS } from '../../labs/deployment/kinds';
import { MONITORING_KINDS } from '../../labs/monitoring/kinds';
import { TRAINING_KINDS } from '../../labs/training/kinds';
import type { LabId } from './names';

export const LAB_KINDS: Readonly<Record<LabId, readonly string[]>> = {
  'data-prep': DATA_PREP_KINDS,
  training: TRAINING_KINDS,
  deployment: DEPLOYMENT_KINDS,
  monitoring: MONITORING_KINDS,
};
