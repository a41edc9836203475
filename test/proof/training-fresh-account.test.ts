/** An account whose training quota is 0: the lab says so, names the ways on, and the first of them leads to the end. */
import { CreateAccessKeyCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { fetchQuotas } from '../../lib/aws/quotas';
import { Clients } from '../../lib/target/clients';
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

describe('before anything is made', () => {
  const flat = (text: string): string => text.replace(/\s+/g, ' ');

  test('`up --yes` asks Service Quotas, says what is too low, and refuses with the way on', async () => {
    const { code, out, err } = await stage.cli('up training --target local --learner ana --yes');
    expect(code).toBe(3);
    expect(flat(out)).toMatch(/Quota L-611FA074 .* this account has 0: too low/);
    // On spot there is nothing to be had either, so that way is not offered.
    expect(out).not.toContain('--spot on');
    expect(flat(err)).toContain('Next: ./lab up training --compute processing --target local --learner ana --yes');
  });

  test('the request that it prints is accepted, and `doctor` tells that it waits', async () => {
    const { out } = await stage.cli('doctor training --target local');
    const request = /aws service-quotas request-service-quota-increase .*/.exec(out)![0];
    expect(stage.shell(request)).toMatchObject({ status: 0 });
    const again = await stage.cli('doctor training --target local');
    expect(again.code).toBe(1);
    expect(flat(again.out)).toMatch(/Your request for 2 of \d{4}-\d\d-\d\d is PENDING/);
    expect(again.out).not.toContain('request-service-quota-increase');
  });

  test('in Processing jobs nothing stands in the way', async () => {
    expect(await stage.cli('doctor training --target local --compute processing')).toMatchObject({ code: 0 });
  });

  test('who may not ask is told so', async () => {
    const { iam, settings } = stage.target.clients;
    await iam.send(new CreateUserCommand({ UserName: 'nobody' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'nobody' }));
    const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    const answers = await fetchQuotas(new Clients({ ...settings, credentials }), stage.lab);
    expect(answers.map(({ unknown }) => unknown)).toEqual(
      answers.map(() => 'you may not ask (servicequotas:GetServiceQuota)'),
    );
  });
});

test('with --compute processing the same stack goes through all steps, data kept', async () => {
  await stage.up('me', { compute: 'processing' });
  expect(await stage.check('data')).toMatchObject({ done: true });
  for (const id of ['train', 'tune', 'evaluate', 'register', 'approve', 'rollback']) {
    await stage.act(id);
    expect(await stage.check(id)).toMatchObject({ done: true });
  }
});

test.each([20, -20])('a machine whose clock is wrong by %d s changes no verdict', async (seconds) => {
  expect((await stage.verdictsAt(seconds)).map(({ done }) => done)).toEqual(stage.lab.steps.map(() => true));
});

test('and the commands of --explain lead there too', async () => {
  for (const id of ['train', 'tune', 'evaluate', 'register']) {
    for (const line of stage.step(id).explain(await stage.run())) {
      expect({ line, ...stage.shell(line) }).toMatchObject({ status: 0 });
    }
    expect(await stage.check(id)).toMatchObject({ done: true });
  }
});
