/** The responder of lab monitoring killed at seeded points: each alarm is one decision, one job and one version all the same. */
import { isFinished } from '../../labs/monitoring/runtime/responder/decision';
import { LOOK, Responding } from '../proof/responding';
import { generator } from '../unit/teardown/random';
import { record } from './figures';
import { killedAt } from './killed-function';
import { testAll } from './played';
import { SEED } from './seed';

/** Requests among which it is killed; it makes some twenty until it has started its job. */
const REQUESTS = 25;
const KILLS = 3;

let lab: Responding;
beforeAll(async () => {
  lab = await Responding.open();
});
afterAll(() => lab?.stage.close());

testAll(
  'an alarm whose responder is killed three times is answered once, and the lab goes down to nothing',
  async () => {
    const random = generator(SEED + 300);
    const { stage, place } = lab;
    const off = await lab.triggerAlarm('drift');
    for (let kill = 0; kill < KILLS; kill += 1)
      await killedAt(stage, place.responder, 1 + Math.floor(random() * REQUESTS), () => lab.tell(off.event));
    // What a killed run held is free an hour later; then whoever comes takes it up.
    const begun = await lab.decision(off);
    if (begun && !isFinished(begun)) await lab.anHourPasses('retrain', begun);
    await lab.tell(begun ? LOOK : off.event);
    const { action, status, reason } = await lab.over(off);
    expect({ action, status, reason: status === 'done' ? '' : reason }).toEqual({
      action: 'retrain',
      status: 'done',
      reason: '',
    });
    expect(await lab.decisions()).toHaveLength(1);
    expect(await lab.jobs()).toEqual({ training: 1, processing: 0 });
    expect(await lab.versions()).toEqual(['Approved', 'PendingManualApproval']);
    await stage.down();
    record(
      'monitoring: the responder killed (SIGKILL) while it answers an alarm',
      `${KILLS} kills; one job, one version`,
    );
  },
);
