/** Lab monitoring with Model Monitor: on accounts that have it, and what one is told that has not. */
import { Stage } from './stage';

describe('an account that has Model Monitor', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open('monitoring');
    await stage.up('me', { monitor: 'managed' });
  });
  afterAll(() => stage?.close());

  test('the baseline is the analyzer’s, with the score before the features', async () => {
    await stage.act('baseline');
    expect(await stage.check('baseline')).toMatchObject({ done: true });
    const { DataBucket } = (await stage.run()).outputs;
    const shown = stage.shell(`aws s3 cp s3://${DataBucket}/baseline/statistics.json - | head -c 2000`);
    expect(shown.output).toContain('"score"');
  });

  test('held-out flights are clean, and the schedule goes on each hour', async () => {
    await stage.act('traffic', 'analyze');
    expect(await stage.check('analyze')).toMatchObject({
      done: true,
      saw: expect.stringMatching(
        /nothing drifted.*monitoring schedule mla-labs-monitoring-me--analysis.*cron\(0/,
      ) as string,
    });
  });

  test('July drifts: Model Monitor names the features, and the same alarm goes off', async () => {
    await stage.act('drift');
    expect(await stage.check('drift')).toMatchObject({
      done: true,
      saw: expect.stringMatching(/drifted: .*temp.*mla-labs-monitoring-me--drift went off/) as string,
    });
  });

  test('what July’s run wrote over the files of the same hour takes nothing from the analysis before', async () => {
    expect(await stage.check('analyze')).toMatchObject({ done: true });
  });

  test('definition and schedule go with the lab', async () => {
    const swept = (await stage.down()).join('\n');
    expect(swept).toContain('sagemaker:monitoring-schedule mla-labs-monitoring-me--analysis');
    expect(swept).toContain('sagemaker:data-quality-definition mla-labs-monitoring-me--analysis');
  });
});

describe('an account that is closed to Model Monitor', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open('monitoring', 'me', ['model-monitor-closed']);
    await stage.up('me', { monitor: 'managed' });
    await stage.act('baseline', 'traffic');
  });
  afterAll(() => stage?.close());

  test('the step tells AWS’s own words, why, and the way on', async () => {
    expect(await stage.failure('analyze')).toMatch(
      /closed to this account: .*maintenance mode.*no new customers.*up monitoring .*--monitor open/s,
    );
  });

  test('the way on goes on: the open monitor in the same stack', async () => {
    await stage.up('me', { monitor: 'open' });
    await stage.act('baseline', 'analyze');
    expect(await stage.check('analyze')).toMatchObject({ done: true });
  });
});
