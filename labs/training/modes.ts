import type { Mode } from '../../lib/course/model';

/** The lab's variants; the stack has them as outputs. */
export const MODES: readonly Mode[] = [
  {
    name: 'compute',
    values: ['training', 'processing'],
    default: 'training',
    summary:
      'where models are trained: in training jobs (ml.m5.large, a quota that new accounts have to ask for), or in Processing jobs (ml.t3.medium, which they have)',
  },
  {
    name: 'spot',
    values: ['off', 'on'],
    default: 'off',
    summary: 'training jobs on spot capacity: cheaper, may wait and be interrupted; its quota is a separate one',
  },
];
