import type { Mode } from '../../lib/course/model';

/** The lab's variants; the stack has them as outputs. */
export const MODES: readonly Mode[] = [
  {
    name: 'monitor',
    values: ['open', 'managed'],
    default: 'open',
    summary:
      'who looks at the capture each hour: a Processing job with code of this lab, or SageMaker Model Monitor, which is closed to accounts that did not use it before 2026-07-30',
  },
  {
    name: 'compute',
    values: ['training', 'processing'],
    default: 'training',
    summary:
      'where the responder retrains: in training jobs (ml.m5.large, a quota that new accounts have to ask for), or in Processing jobs (ml.t3.medium, which they have)',
  },
];
