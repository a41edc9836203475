import type { LabId } from '../../course/model';

/** Ids of the kinds that each lab can leave things of: `Lab.kinds`. */
export const LAB_KINDS: Readonly<Record<LabId, readonly string[]>> = {
  'data-prep': [],
  training: [],
  deployment: [],
  monitoring: [],
};
