/** An alarm's message is looked up in CloudWatch's history, which may tell another moment, and later. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { awsServices } from '../../../../labs/monitoring/runtime/responder/aws-services';
import type { ResponderSettings } from '../../../../labs/monitoring/runtime/responder/services';

const AT = new Date('2026-11-24T03:00:10.123Z');
const context = { awsRequestId: 'run-1', getRemainingTimeInMillis: () => 900_000 };
const history = jest.spyOn(CloudWatchClient.prototype, 'send');
const world = () => awsServices({ bucket: 'data', group: 'g' } as ResponderSettings, context);

/** @param after ms between the message's time and the history's */
const item = (after: number, stateValue = 'ALARM') => ({
  Timestamp: new Date(AT.getTime() + after),
  HistoryData: JSON.stringify({ newState: { stateValue, stateReason: `after ${after} ms` } }),
});

beforeEach(() => {
  jest.useFakeTimers();
  history.mockReset();
});
afterEach(() => jest.useRealTimers());

async function found() {
  const going = world().transition('drift', AT);
  await jest.advanceTimersByTimeAsync(60_000);
  return going;
}

test('a history that is some seconds apart tells of the same change; of several, the nearest', async () => {
  history.mockImplementation(() => ({ AlarmHistoryItems: [item(-9000), item(4000), item(100, 'OK')] }));
  expect(await found()).toMatchObject({ reason: 'after 4000 ms' });
});

test('a history that comes after its message is waited for', async () => {
  history.mockImplementation(() => ({ AlarmHistoryItems: history.mock.calls.length < 8 ? [] : [item(0)] }));
  expect(await found()).toMatchObject({ at: AT });
});

test('what CloudWatch does not know did not happen', async () => {
  history.mockImplementation(() => ({ AlarmHistoryItems: [item(120_000)] }));
  expect(await found()).toBeUndefined();
});
