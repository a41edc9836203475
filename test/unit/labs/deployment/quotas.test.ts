/** Quotas against the template: what a release takes while production changes over. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { DEPLOYMENT_QUOTAS } from '../../../../labs/deployment/quotas';
import { QUOTAS } from '../../../../lib/facts/quotas';
import { ROOT } from '../../../../lib/infra/root';

const template = readFileSync(path.join(ROOT, 'labs/deployment/source/endpoint.template.yaml'), 'utf8');

test('a release needs twice the instances of production, as the old ones stand by', () => {
  const [, canary, alone] = /!If \[WithCanary, (\d+), (\d+)\]/.exec(template)!.map(Number);
  const needed = (mode: string) =>
    DEPLOYMENT_QUOTAS.find(({ quota, when }) => quota === QUOTAS.endpointT2Medium && when?.canary?.includes(mode))!
      .value;
  expect(needed('off')).toBe(2 * alone!);
  expect(needed('on')).toBe(2 * canary!);
  // What a new account has is enough for the default.
  expect(needed('off')).toBeLessThanOrEqual(QUOTAS.endpointT2Medium.fresh);
});

test('staging asks for no more concurrency than it needs', () => {
  const concurrency = Number(/MaxConcurrency: (\d+)/.exec(template)![1]);
  expect(DEPLOYMENT_QUOTAS.find(({ quota }) => quota === QUOTAS.serverlessConcurrency)!.value).toBe(concurrency);
});
