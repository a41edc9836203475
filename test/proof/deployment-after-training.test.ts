/** Lab 3 takes the model that lab 2 approved, in a copy of its own; here with Verify in a function, as where builds are held. */
import { consumersPick, versionsOf } from '../../lib/aws/versions';
import { resourcesOf } from '../../labs/deployment/resources';
import { Stage } from './stage';

let training: Stage;
let deployment: Stage;
beforeAll(async () => {
  training = await Stage.open('training', 'me', ['builds-held']);
  deployment = await training.beside('deployment');
  await training.up();
});
afterAll(async () => {
  await deployment?.close();
  await training?.close();
});

test('builds that are held: the step says so, and the way on', async () => {
  await deployment.up();
  expect(await deployment.failure('source')).toMatch(
    /Cannot have more than 0 builds in queue.*\.\/lab up deployment --target local --build lambda/,
  );
  expect(await deployment.check('source')).toMatchObject({ done: false });
  await deployment.up('me', { build: 'lambda' });
});

test('the version that training approved is copied, with its figures and its lineage', async () => {
  await training.act('data', 'train', 'tune', 'evaluate', 'register', 'approve');
  const approved = consumersPick(
    await versionsOf(await training.run(), (await training.run()).outputs.ModelPackageGroup!),
  )!;
  await deployment.act('source');
  const run = await deployment.run();
  const [copy] = await versionsOf(run, resourcesOf(run).group);
  const { testAuc, job, dataVersion } = approved.CustomerMetadataProperties!;
  expect(copy!.CustomerMetadataProperties).toMatchObject({
    copiedFrom: approved.ModelPackageArn,
    testAuc,
    job,
    dataVersion,
  });
});

test('it goes to production through every stage, and answers as the copy does here', async () => {
  for (const id of ['release', 'staging', 'promote', 'invoke']) {
    await deployment.act(id);
    expect({ id, ...(await deployment.check(id)) }).toMatchObject({ id, done: true });
  }
});

test('training is torn down: nothing of this lab notices', async () => {
  await training.down();
  for (const { id } of deployment.lab.steps.slice(0, 5)) {
    expect({ id, ...(await deployment.check(id)) }).toMatchObject({ id, done: true });
  }
});
