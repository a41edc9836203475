/**
 * Quotas that the lab needs, by its modes. While production changes over, the old fleet and the new one both count.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
 */
import type { QuotaNeed } from '../../lib/course/model';
import { QUOTAS } from '../../lib/facts/quotas';

export const DEPLOYMENT_QUOTAS: readonly QuotaNeed[] = [
  {
    quota: QUOTAS.endpointT2Medium,
    value: 2,
    use: 'one instance in production, and a second one while another version takes over (lab monitoring has one too)',
    when: { canary: ['off'] },
  },
  {
    quota: QUOTAS.endpointT2Medium,
    value: 4,
    use: 'two instances in production, and two more while a canary changes over',
    when: { canary: ['on'] },
    ways: [{ modes: { canary: 'off' }, what: 'all traffic changes over at once, with a bake' }],
  },
  {
    quota: QUOTAS.serverlessConcurrency,
    value: 2,
    use: 'staging, which is serverless',
  },
  {
    quota: QUOTAS.buildsLinuxSmall,
    value: 1,
    use: 'the build of the stage Verify',
    when: { build: ['codebuild'] },
    ways: [{ modes: { build: 'lambda' }, what: 'Verify in a function, which does not lint, nor run the model’s code' }],
  },
];
