/** Quotas that the lab needs, by its modes. */
import type { QuotaNeed } from '../../lib/course/model';
import { QUOTAS } from '../../lib/facts/quotas';
import { TUNING_LIMITS } from './jobs/requests';

const PROCESSING = { modes: { compute: 'processing' }, what: 'the same script in Processing jobs' } as const;
const SPOT = { modes: { spot: 'on' }, what: 'training on spot capacity, which may be interrupted' } as const;
const ON_DEMAND = { modes: { spot: 'off' }, what: 'training on demand' } as const;

const use = `${TUNING_LIMITS.parallel} trainings at a time`;

const ON_DEMAND_TRAINING: QuotaNeed = {
  quota: QUOTAS.trainingM5Large,
  value: TUNING_LIMITS.parallel,
  use,
  when: { compute: ['training'], spot: ['off'] },
  ways: [PROCESSING, SPOT],
};

const SPOT_TRAINING: QuotaNeed = {
  quota: QUOTAS.trainingM5LargeSpot,
  value: TUNING_LIMITS.parallel,
  use,
  when: { compute: ['training'], spot: ['on'] },
  ways: [PROCESSING, ON_DEMAND],
};

/** What Processing jobs are counted against, in all modes. */
export const PROCESSING_QUOTA: QuotaNeed = {
  quota: QUOTAS.processingT3Medium,
  value: 1,
  use: 'one Processing job',
};

export const TRAINING_QUOTAS: readonly QuotaNeed[] = [ON_DEMAND_TRAINING, SPOT_TRAINING, PROCESSING_QUOTA];

/** What training jobs are counted against in these modes. */
export const trainingQuota = (modes: Readonly<Record<string, string>>): QuotaNeed =>
  modes.spot === 'on' ? SPOT_TRAINING : ON_DEMAND_TRAINING;
