/** Service Quotas as the local cloud answers: values, faces, defaults, and requests that wait. */
import type {
  GetServiceQuotaResponse,
  ListRequestedServiceQuotaChangeHistoryByQuotaResponse,
} from '@aws-sdk/client-service-quotas';
import { FACES } from '../../../../local-cloud/boot/start';
import { serviceQuotasService } from '../../../../local-cloud/services/servicequotas';
import { QUOTA_DEFINITIONS } from '../../../../local-cloud/services/servicequotas/values';
import type { CallContext } from '../../../../local-cloud/services/service';
import { QUOTAS } from '../../../../lib/facts/quotas';

const context = {
  account: '000000000000',
  region: 'us-east-1',
  caller: { arn: 'arn:aws:iam::0:user/x' },
} as CallContext;
const TRAINING = { ServiceCode: 'sagemaker', QuotaCode: 'L-611FA074' };

function caller(...faces: string[]): <T>(operation: string, input: object) => Promise<T> {
  const { operations } = serviceQuotasService({ face: (name) => faces.includes(name) });
  return (operation, input) => operations[operation]!(input, context);
}

async function valueOf(code: string, ...faces: string[]): Promise<number | undefined> {
  const { service } = QUOTA_DEFINITIONS.find((one) => one.code === code)!;
  const input = { ServiceCode: service, QuotaCode: code };
  return (await caller(...faces)<GetServiceQuotaResponse>('GetServiceQuota', input)).Quota?.Value;
}

test('an account that may train has enough for the labs', async () => {
  for (const { code } of Object.values(QUOTAS)) expect(await valueOf(code)).toBeGreaterThanOrEqual(2);
});

test('with training-quota-0 it has none for training, on demand or on spot, and processing as new accounts have', async () => {
  expect(await valueOf('L-611FA074', 'training-quota-0')).toBe(0);
  expect(await valueOf('L-29688C85', 'training-quota-0')).toBe(0);
  expect(await valueOf('L-0CE343FE', 'training-quota-0')).toBe(4);
  expect(await valueOf('L-29C181D7', 'training-quota-0')).toBe(2);
});

test('with endpoint-quota-4 it was granted more for endpoints', async () => {
  expect(await valueOf('L-29C181D7', 'endpoint-quota-4')).toBe(4);
});

test('with endpoint-quota-0 it has none for endpoints', async () => {
  expect(await valueOf('L-29C181D7', 'endpoint-quota-0')).toBe(0);
  expect(await valueOf('L-611FA074', 'endpoint-quota-0')).toBe(4);
});

test('every face is one that a local cloud can be asked to show', () => {
  for (const { faces = [] } of QUOTA_DEFINITIONS)
    for (const [face] of faces) expect(Object.keys(FACES)).toContain(face);
});

test('the default is a new account’s, whatever this one has', async () => {
  const { Quota } = await caller()<GetServiceQuotaResponse>('GetAWSDefaultServiceQuota', TRAINING);
  expect(Quota).toMatchObject({ QuotaCode: 'L-611FA074', Value: 0, Adjustable: true });
});

test('names and codes are those of lib/facts', () => {
  for (const { code, name, service } of Object.values(QUOTAS)) {
    expect(QUOTA_DEFINITIONS.find((one) => one.code === code)).toMatchObject({ name, service });
  }
});

test.each([
  ['GetServiceQuota', { ServiceCode: 'sagemaker', QuotaCode: 'L-0' }, 'NoSuchResourceException'],
  ['GetServiceQuota', { ServiceCode: 'sagemakr', QuotaCode: 'L-611FA074' }, 'NoSuchResourceException'],
  ['GetServiceQuota', { ServiceCode: 'sagemaker' }, 'IllegalArgumentException'],
  ['RequestServiceQuotaIncrease', { ...TRAINING, DesiredValue: 4 }, 'IllegalArgumentException'],
])('%s of %j is refused with %s', async (operation, input, code) => {
  await expect(caller()(operation, input)).rejects.toMatchObject({ code });
});

test('a request waits, changes nothing yet, and there is one at a time', async () => {
  const ask = caller('training-quota-0');
  await ask('RequestServiceQuotaIncrease', { ...TRAINING, DesiredValue: 2 });
  const history = 'ListRequestedServiceQuotaChangeHistoryByQuota';
  const { RequestedQuotas } = await ask<ListRequestedServiceQuotaChangeHistoryByQuotaResponse>(history, TRAINING);
  expect(RequestedQuotas).toMatchObject([{ DesiredValue: 2, Status: 'PENDING' }]);
  const { Quota } = await ask<GetServiceQuotaResponse>('GetServiceQuota', TRAINING);
  expect(Quota?.Value).toBe(0);
  await expect(ask('RequestServiceQuotaIncrease', { ...TRAINING, DesiredValue: 3 })).rejects.toMatchObject({
    code: 'ResourceAlreadyExistsException',
  });
});
