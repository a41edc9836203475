/** Two hundred things in one account that only look like a learner's: `down` touches none of them. */
import { Stage } from '../proof/stage';
import { addDecoys } from './decoys';
import { record } from './figures';
import { expectDown } from './nothing-left';
import { PLAYED } from './played';

describe.each(PLAYED)('lab %s', (lab) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(lab);
  });
  afterAll(() => stage?.close());

  test('goes, with what its first steps made, and every decoy stays', async () => {
    const decoys = await addDecoys(stage.target.clients, lab);
    expect(decoys).toBeGreaterThanOrEqual(200);
    const before = await stage.target.inventory();
    await stage.up();
    await stage.act(...stage.lab.steps.slice(0, 2).map(({ id }) => id));
    await expectDown(stage, before);
    record(`${lab}: things that only look like a learner's`, `${decoys} decoys; none touched, nothing of the lab left`);
  });
});
