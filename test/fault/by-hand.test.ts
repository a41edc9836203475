/** Things of a lab's stack deleted by hand, at random, before `down`: it removes the rest, and nothing is left. */
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { Stage } from '../proof/stage';
import { generator } from '../unit/teardown/random';
import { DELETE } from './delete-by-hand';
import { record } from './figures';
import { expectDown, unused } from './nothing-left';
import { PLAYED } from './played';
import { ALL, SEED } from './seed';

/** Lives of a lab, each of which loses other things. */
const LIVES = ALL ? 4 : 1;
/** Share of what can be deleted that is deleted. */
const SHARE = 0.3;

describe.each(PLAYED)('lab %s', (lab) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(lab);
  });
  afterAll(() => stage?.close());

  test('goes down to nothing, whatever of it is gone already', async () => {
    const random = generator(SEED);
    const before = await unused(stage);
    const lost: string[] = [];
    for (let life = 0; life < LIVES; life += 1) {
      await stage.up();
      const { stackName, clients } = await stage.run();
      const { StackResources = [] } = await clients.cloudformation.send(
        new DescribeStackResourcesCommand({ StackName: stackName }),
      );
      const gone: string[] = [];
      for (const { ResourceType: type, PhysicalResourceId: id, LogicalResourceId: name } of StackResources) {
        const remove = DELETE[type!];
        if (!remove || random() >= SHARE) continue;
        gone.push(`${type} ${name}`);
        await remove(clients, id!);
      }
      await expectDown(stage, before, { gone });
      lost.push(...gone);
    }
    record(`${lab}: things of the stack deleted by hand before down`, `${lost.length} in ${LIVES} lives; nothing left`);
  });
});
