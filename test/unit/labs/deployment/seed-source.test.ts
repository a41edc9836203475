/** The first source: put seconds after the role that puts it was made. */
import { retryPut } from '../../../../labs/deployment/runtime/seed-source/handler';

const denied = (): Error => Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });

/** A clock that only pauses move on. */
function clock() {
  let now = 0;
  return {
    now: () => now,
    pause: () => {
      now += 3000;
      return Promise.resolve();
    },
  };
}

test('a role that S3 does not know yet is waited for', async () => {
  const { now, pause } = clock();
  let tries = 0;
  const work = (): Promise<string> => {
    tries += 1;
    return tries < 4 ? Promise.reject(denied()) : Promise.resolve('put');
  };
  await expect(retryPut(work, now, pause)).resolves.toBe('put');
  expect(tries).toBe(4);
});

test('access that stays denied is told before the function’s minute is over', async () => {
  const { now, pause } = clock();
  await expect(retryPut(() => Promise.reject(denied()), now, pause)).rejects.toThrow('Access Denied');
  expect(now()).toBeGreaterThanOrEqual(40_000);
  expect(now()).toBeLessThan(55_000);
});

test('any other error is told at once', async () => {
  const { now, pause } = clock();
  const gone = Object.assign(new Error('no such bucket'), { name: 'NoSuchBucket' });
  await expect(retryPut(() => Promise.reject(gone), now, pause)).rejects.toThrow('no such bucket');
  expect(now()).toBe(0);
});
