/**
 * Quotas that the lab needs, by its modes, for one release at a time. While an endpoint changes over, the old fleet and
 * the new one both count.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
 */
import type { QuotaNeed, WayOn } from '../../lib/course/model';
import { allModes, inModes } from '../../lib/course/modes';
import { QUOTAS } from '../../lib/facts/quotas';
import { MODES } from './modes';

const SERVERLESS: WayOn = { modes: { staging: 'serverless' }, what: 'staging needs no instance' };
const ALL_AT_ONCE: WayOn = { modes: { canary: 'off' }, what: 'all traffic changes over at once, with a bake' };
/** Both: what a new account has is enough for it. */
const FEWEST: WayOn = {
  modes: { canary: 'off', staging: 'serverless' },
  what: 'all traffic changes over at once, and staging needs no instance',
};

export const DEPLOYMENT_QUOTAS: readonly QuotaNeed[] = [
  {
    quota: QUOTAS.endpointT2Medium,
    value: 2,
    use: 'one instance in production, and a second one while another version takes over (lab monitoring has one too)',
    when: { canary: ['off'], staging: ['serverless'] },
  },
  {
    quota: QUOTAS.endpointT2Medium,
    value: 4,
    use: 'two instances in production, and two more while a canary changes over',
    when: { canary: ['on'], staging: ['serverless'] },
    ways: [ALL_AT_ONCE],
  },
  {
    quota: QUOTAS.endpointT2Medium,
    value: 3,
    use: 'one instance in staging, one in production, and a third one while another version takes over in either (lab monitoring has one too)',
    when: { canary: ['off'], staging: ['instance'] },
    ways: [SERVERLESS],
  },
  {
    quota: QUOTAS.endpointT2Medium,
    value: 5,
    use: 'one instance in staging, two in production, and two more while a canary changes over',
    when: { canary: ['on'], staging: ['instance'] },
    ways: [SERVERLESS, ALL_AT_ONCE, FEWEST],
  },
  {
    quota: QUOTAS.serverlessConcurrency,
    value: 2,
    use: 'staging, which is serverless',
    when: { staging: ['serverless'] },
    ways: [{ modes: { staging: 'instance' }, what: 'staging on an instance, which is billed while it stands' }],
  },
  {
    quota: QUOTAS.buildsLinuxSmall,
    value: 1,
    use: 'the build of the stage Verify',
    when: { build: ['codebuild'] },
    ways: [{ modes: { build: 'lambda' }, what: 'Verify in a function, which does not lint, nor run the model’s code' }],
  },
];

/** How many instances for endpoints the lab needs at once in these modes. */
export function instancesNeeded(modes: Readonly<Record<string, string>>): number {
  const all = allModes({ modes: MODES }, modes);
  return DEPLOYMENT_QUOTAS.find((need) => need.quota === QUOTAS.endpointT2Medium && inModes(need, all))!.value;
}
