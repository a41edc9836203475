/** Quotas against the template: what a release takes while production changes over. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { DEPLOYMENT_QUOTAS, instancesNeeded } from '../../../../labs/deployment/quotas';
import { COST } from '../../../../labs/deployment/cost';
import { MODES } from '../../../../labs/deployment/modes';
import { type QuotaAnswer, shortages, alternatives } from '../../../../lib/aws/quotas';
import { linesOf } from '../../../../lib/cost/estimate';
import { inModes } from '../../../../lib/course/modes';
import { priceIn } from '../../../../lib/facts/prices';
import { QUOTAS } from '../../../../lib/facts/quotas';
import { ROOT } from '../../../../lib/infra/root';

const template = readFileSync(path.join(ROOT, 'labs/deployment/source/endpoint.template.yaml'), 'utf8');

test('a release needs twice the instances of production, as the old ones stand by', () => {
  const [, canary, alone] = /!If \[WithCanary, (\d+), (\d+)\]/.exec(template)!.map(Number);
  const needed = (mode: string, staging = 'serverless') => instancesNeeded({ canary: mode, staging });
  expect(needed('off')).toBe(2 * alone!);
  expect(needed('on')).toBe(2 * canary!);
  // Staging on an instance stands beside; its own second one comes and goes before production's.
  expect(needed('off', 'instance')).toBe(2 * alone! + 1);
  expect(needed('on', 'instance')).toBe(2 * canary! + 1);
  // What a new account has is enough for the default.
  expect(needed('off')).toBeLessThanOrEqual(QUOTAS.endpointT2Medium.fresh);
});

test('staging asks for no more concurrency than it needs', () => {
  const concurrency = Number(/MaxConcurrency: (\d+)/.exec(template)![1]);
  expect(DEPLOYMENT_QUOTAS.find(({ quota }) => quota === QUOTAS.serverlessConcurrency)!.value).toBe(concurrency);
});

describe('ways on', () => {
  const everyMode = MODES.reduce<Record<string, string>[]>(
    (all, { name, values }) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
  const account = (values: Partial<Record<keyof typeof QUOTAS, number>>): readonly QuotaAnswer[] =>
    DEPLOYMENT_QUOTAS.map((need) => {
      const name = (Object.keys(QUOTAS) as (keyof typeof QUOTAS)[]).find((one) => QUOTAS[one] === need.quota)!;
      return { need, applied: values[name] ?? 100 };
    });

  test.each(everyMode)('each quota is asked for once in the modes %j', (modes) => {
    const codes = DEPLOYMENT_QUOTAS.filter((need) => inModes(need, modes)).map(({ quota }) => quota.code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes).toContain(QUOTAS.endpointT2Medium.code);
    expect(codes.includes(QUOTAS.serverlessConcurrency.code)).toBe(modes.staging === 'serverless');
  });

  test('the two instances of a new account are too few for staging on an instance, which may be serverless', () => {
    const answers = account({ endpointT2Medium: QUOTAS.endpointT2Medium.fresh });
    const modes = { build: 'codebuild', canary: 'off', staging: 'instance' };
    expect(shortages(answers, modes)).toHaveLength(1);
    expect(alternatives(answers, modes).map((way) => way.modes)).toEqual([{ staging: 'serverless' }]);
    const both = { ...modes, canary: 'on' };
    expect(alternatives(answers, both).map((way) => way.modes)).toEqual([{ canary: 'off', staging: 'serverless' }]);
  });

  test('without serverless concurrency staging may be an instance, where there are three', () => {
    const modes = { build: 'codebuild', canary: 'off', staging: 'serverless' };
    const ways = (endpointT2Medium: number) =>
      alternatives(account({ serverlessConcurrency: 0, endpointT2Medium }), modes).map((way) => way.modes);
    expect(ways(3)).toEqual([{ staging: 'instance' }]);
    expect(ways(2)).toEqual([]);
  });
});

test('staging on an instance is billed while it stands, and serverless is not', () => {
  const line = (staging: string) =>
    linesOf({ cost: COST, modes: MODES }, { staging }).filter(({ item }) => item === 'Staging endpoint');
  expect(line('serverless')).toMatchObject([{ usdPerHour: 0 }]);
  expect(line('instance')).toMatchObject([{ usdPerHour: priceIn('us-east-1', 'sagemakerEndpointT2MediumHour').usd }]);
});
