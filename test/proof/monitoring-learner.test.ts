/** A learner who watches with the stock AWS CLI and answers wrongly on the way: each check must see it and say so. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { readObject } from '../../lib/aws/s3';
import { versionsOf } from '../../lib/aws/versions';
import { analysesOf, type DriftSummary } from '../../labs/monitoring/analysis/analyses';
import { isProbability, saveCallLog, readCallLog } from '../../labs/monitoring/incident/call-log';
import { resourcesOf } from '../../labs/monitoring/resources';
import { Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('monitoring');
  await stage.up();
});
afterAll(() => stage?.close());

/** Runs the commands that --explain prints, each in a shell of its own. */
async function byHand(id: string): Promise<void> {
  expect((await stage.check(id)).done).toBe(false);
  for (const line of stage.step(id).explain(await stage.run())) {
    expect({ line, ...stage.shell(line) }).toMatchObject({ status: 0 });
  }
  expect(await stage.check(id)).toMatchObject({ done: true });
}

async function told(id: string): Promise<string> {
  const { done, saw, next } = await stage.check(id);
  return `${done ? 'done' : 'not done'}: ${saw} ${next}`;
}

/** Changes an object of the data bucket while something is tried. */
async function tampered(key: string, change: (text: string) => string, then: () => Promise<void>): Promise<void> {
  const run = await stage.run();
  const Bucket = resourcesOf(run).bucket;
  const before = (await readObject(run, Bucket, key)).toString();
  const put = (Body: string) => stage.target.clients.s3.send(new PutObjectCommand({ Bucket, Key: key, Body }));
  await put(change(before));
  await then();
  await put(before);
}

test.each([
  ['analyze', /holds 0 requests about held-out flights.*step monitoring traffic/],
  ['quality', /holds 0 requests about held-out flights.*step monitoring traffic/],
  ['investigate', /nothing to investigate.*step monitoring incident/],
])('%s before all else: refused, with the command that comes first', async (id, says) => {
  expect(await stage.failure(id)).toMatch(says);
});

describe('baseline', () => {
  test('with the AWS CLI', () => byHand('baseline'));

  test('of other flights: the check computes the means itself', async () => {
    const warmer = (text: string): string =>
      text.replace(/("name": "temp"[^]*?"mean": )[\d.]+/, (_all, before: string) => `${before}81.2`);
    await tampered('baseline/statistics.json', warmer, async () => {
      expect(await told('baseline')).toMatch(/^not done: .*temp: 81.20 instead of .*made of other flights/);
    });
  });
});

test('traffic, with the AWS CLI', () => byHand('traffic'));

describe('analyze', () => {
  test('with the AWS CLI', () => byHand('analyze'));

  test('a summary that tells other distances than the capture has', async () => {
    const run = await stage.run();
    const { folder } = (await analysesOf<DriftSummary>(run, resourcesOf(run), 'analyze'))[0]!;
    const claimed = (text: string): string => text.replace(/"temp": [\d.]+/, '"temp": 0.9');
    await tampered(`${folder}summary.json`, claimed, async () => {
      expect(await told('analyze')).toMatch(/^not done: .*tells a distance of 0.900 for temp; computed here it is 0.0/);
    });
  });
});

test('drift, with the AWS CLI', () => byHand('drift'));

describe('respond', () => {
  test('with the AWS CLI: one retraining, registered for approval', async () => {
    await byHand('respond');
    const run = await stage.run();
    expect((await versionsOf(run, resourcesOf(run).group)).map((one) => one.ModelApprovalStatus)).toEqual([
      'PendingManualApproval',
      'Approved',
    ]);
  });

  test('a version that was rejected is no response', async () => {
    const run = await stage.run();
    const [newest] = await versionsOf(run, resourcesOf(run).group);
    const set = (status: string): void => {
      const line = `aws sagemaker update-model-package --model-package-arn ${newest!.ModelPackageArn} --model-approval-status ${status}`;
      expect(stage.shell(line)).toMatchObject({ status: 0 });
    };
    set('Rejected');
    expect(await told('respond')).toMatch(/^not done: version 2 was rejected meanwhile/);
    set('PendingManualApproval');
  });
});

describe('quality', () => {
  test('with the AWS CLI', () => byHand('quality'));

  test('truth that is not what happened', async () => {
    const { bucket } = resourcesOf(await stage.run());
    const { output } = stage.shell(`aws s3 ls --recursive s3://${bucket}/truth/ | awk '{print $4}' | grep 2013-07`);
    const flip = (text: string): string =>
      text.replace(/"data":"([01])"/, (_all, label: string) => `"data":"${1 - Number(label)}"`);
    await tampered(output.trim().split('\n').at(-1)!, flip, async () => {
      expect(await told('quality')).toMatch(/^not done: 1 label of flights of 2013-07 .* are not what happened/);
    });
  });
});

describe('incident', () => {
  test('with the AWS CLI', () => byHand('incident'));

  test('broken off before callers had answers again: done again, it asks on and releases nothing', async () => {
    const run = await stage.run();
    const place = resourcesOf(run);
    const kept = (await readCallLog(run, place))!;
    const last = kept.calls.findLastIndex(({ answer }) => !isProbability(answer));
    await saveCallLog(run, place, { key: kept.key, calls: kept.calls.slice(0, last + 1) });
    expect(await told('incident')).toMatch(/^not done: .*do not span the incident: \d+ failed, and 0 came after/);

    const versions = (await versionsOf(run, place.group)).length;
    await stage.act('incident');
    expect(await told('incident')).toMatch(/^done/);
    expect(await versionsOf(run, place.group)).toHaveLength(versions);
  });
});

describe('investigate', () => {
  test.each([
    ['# nothing yet\n', /nothing but comments/],
    ['filter @message lik /x/', /is no query that Logs Insights runs/],
    ['filter @message like /no such line/', /finds nothing/],
    ['filter @message like /500/ | limit 5', /none named failed/],
    ['filter @message like /invocations HTTP/ | stats count(*) as failed', /not minute by minute/],
    [
      'filter @message like /POST \\/invocations/ | stats count(*) as failed by bin(1m)',
      /counts \d+ failures. The log has/,
    ],
    ['filter @message like /ValueError|Traceback/ | stats count(*) as failed by bin(1m)', /counts \d+ failures/],
  ])('%j is not it', async (query, says) => {
    stage.write('query.txt', query);
    expect(await told('investigate')).toMatch(says);
  });

  test('the solution, also under its comments, with the AWS CLI', async () => {
    stage.writeSolution('investigate');
    const { output } = stage.shell('cat labs/monitoring/exercises/query.txt work/monitoring/query.txt');
    stage.write('query.txt', output);
    for (const line of stage.step('investigate').explain(await stage.run())) {
      expect({ line, ...stage.shell(line) }).toMatchObject({ status: 0 });
    }
    expect(await told('investigate')).toMatch(/^done: \d+ requests failed/);
  });
});

describe('alarm', () => {
  test('another alarm than the file says', async () => {
    await byHand('alarm');
    const line = stage.step('alarm').explain(await stage.run())[0]!;
    stage.shell(line.replace('"Threshold":0.1', '"Threshold":0.7'));
    expect(await told('alarm')).toMatch(/^not done: .*has the Threshold 0.7; .*says 0.1/);
    await stage.act('alarm');
    expect(await told('alarm')).toMatch(/^done/);
  });

  test.each([20, -20])('a machine whose clock is wrong by %d s changes no verdict', async (seconds) => {
    expect((await stage.verdictsAt(seconds)).map(({ done }) => done)).toEqual(stage.lab.steps.map(() => true));
  });

  test('the template is no alarm, and is not put', async () => {
    stage.write('alarm.json', stage.shell('cat labs/monitoring/exercises/alarm.json').output);
    expect(await stage.failure('alarm')).toMatch(/alarm.json is no alarm: MetricName is ""/);
  });
});
