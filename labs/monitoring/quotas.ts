/** Quotas that the lab needs, by its modes. */
import type { QuotaNeed } from '../../lib/course/model';
import { QUOTAS } from '../../lib/facts/quotas';

export const MONITORING_QUOTAS: readonly QuotaNeed[] = [
  {
    quota: QUOTAS.endpointT2Medium,
    value: 2,
    use: 'the endpoint, and a second instance while another version takes over (lab deployment has one too)',
  },
  { quota: QUOTAS.processingT3Medium, value: 1, use: 'analyses, one at a time' },
  {
    quota: QUOTAS.processingT3Xlarge,
    value: 1,
    use: 'the analyzer of Model Monitor, one at a time',
    when: { monitor: ['managed'] },
    ways: [{ modes: { monitor: 'open' }, what: 'an analysis of our own, on ml.t3.medium' }],
  },
  {
    quota: QUOTAS.trainingM5Large,
    value: 1,
    use: 'the retraining that the responder starts',
    when: { compute: ['training'] },
    ways: [{ modes: { compute: 'processing' }, what: 'the same script in a Processing job' }],
  },
];
