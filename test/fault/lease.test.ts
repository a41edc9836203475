/** The lease on a bad day of AWS: requests throttled, endpoints stuck, logs late, a scalable target; it ends the lab all the same. */
import { putObject } from '../../lib/aws/s3';
import { namesOf, VARIANT } from '../../labs/deployment/names';
import { scale } from '../proof/by-hand';
import { Lease } from '../proof/lease';
import { GOOD, Releasing } from '../proof/releasing';
import { Stage } from '../proof/stage';
import { until } from '../proof/until';
import { record } from './figures';
import { unused } from './nothing-left';
import { testAll } from './played';

const FACES = ['throttled', 'stuck-endpoint', 'late-writes'] as const;

let stage: Stage | undefined;
afterAll(() => stage?.close());

testAll('throttled, with endpoints that are stuck and scaled, while somebody writes: the lab is gone', async () => {
  stage = await Stage.open('deployment', 'me', FACES);
  const before = await unused(stage);
  await stage.up();
  const releasing = await Releasing.of(stage);
  await releasing.promote(await releasing.register(GOOD, 'The first.'));
  const run = await stage.run();
  await scale(stage.target, namesOf('me').stagingEndpoint, VARIANT);
  const lease = await Lease.of(stage);
  await lease.end();

  const { bucket } = releasing.place;
  let [runs, written] = [0, 0];
  const writes = async (): Promise<void> => {
    while (runs === 0) {
      const late = putObject(run, bucket, `late/${written}`, Buffer.from('late'), 'text/plain');
      if (
        await late.then(
          () => true,
          () => false,
        )
      )
        written += 1;
    }
  };
  const writer = writes();
  await until(async () => {
    await lease.cameToItsEnd();
    runs += 1;
    return stage!.stackIsGone();
  });
  await writer;

  expect(written).toBeGreaterThan(1);
  expect(await stage.target.inventory()).toEqual(before);
  record(
    `deployment: its lease with ${FACES.join(', ')}, a scalable target and a writer`,
    `ended the lab in ${runs === 1 ? '1 run' : `${runs} runs`}; nothing left`,
  );
});
