/** An account whose training quota is 0: the lab says so, names the ways on, and the first of them leads to the end. */
import { ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('training', 'me', ['training-quota-0']);
  await stage.up();
  await stage.act('data');
});
afterAll(() => stage?.close());

test.each(['train', 'tune'])(
  '%s starts nothing, and names the request, --compute processing and the local target',
  async (id) => {
    const said = await stage.failure(id);
    expect(said).toContain('ml.m5.large');
    expect(said).toContain(
      'aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-',
    );
    expect(said).toContain('--compute processing');
    expect(said).toContain('--target local');
    const { TrainingJobSummaries } = await stage.target.clients.sagemaker.send(new ListTrainingJobsCommand({}));
    expect(TrainingJobSummaries).toEqual([]);
    expect((await stage.check(id)).done).toBe(false);
  },
);

test('what the lab needs is said before `up` makes anything', () => {
  expect(stage.lab.needs.join(' ')).toMatch(/L-611FA074.*--compute processing/);
});

test('with --compute processing the same stack goes through all steps, data kept', async () => {
  await stage.up('me', { compute: 'processing' });
  expect(await stage.check('data')).toMatchObject({ done: true });
  for (const id of ['train', 'tune', 'evaluate', 'register', 'approve', 'rollback']) {
    await stage.act(id);
    expect(await stage.check(id)).toMatchObject({ done: true });
  }
});

test('and the commands of --explain lead there too', async () => {
  for (const id of ['train', 'tune', 'evaluate', 'register']) {
    for (const line of stage.step(id).explain(await stage.run())) {
      expect({ line, ...stage.shell(line) }).toMatchObject({ status: 0 });
    }
    expect(await stage.check(id)).toMatchObject({ done: true });
  }
});
