/** Game days of lab monitoring: each fault shows as its symptom says, is mended in another way than ours, and by `mend`. */
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { listObjects } from '../../lib/aws/s3';
import { output } from '../../lib/course/run';
import { faults } from '../../labs/monitoring/faults';
import { resourcesOf, type LabResources } from '../../labs/monitoring/resources';
import { decisionsOf } from '../../labs/monitoring/response/decisions';
import { GameDays } from './game-day';
import { Stage } from './stage';
import { until } from './until';

let stage: Stage;
let days: GameDays;
let place: LabResources;
beforeAll(async () => {
  stage = await Stage.open('monitoring');
  days = new GameDays(stage, faults);
  await stage.up();
  place = resourcesOf(await stage.run());
  await stage.act('traffic');
});
afterAll(async () => stage.close());

/** Runs a line in a learner's shell. */
const type = (line: string): string => {
  const { status, output: said } = stage.shell(line);
  expect([status, said]).toEqual([0, expect.anything()]);
  return said.trim();
};

/** A drill that comes through. */
async function triggerAlarm(): Promise<void> {
  for (const StateValue of ['ALARM', 'OK'] as const)
    await stage.target.clients.cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: place.alarms.drift, StateReason: 'A drill.', StateValue }),
    );
}

test('an alarm that is muted tells nobody; its actions set anew, the responder decides', async () => {
  const symptom = await days.begin('muted-alarm');
  expect(symptom).toContain(place.alarms.drift);
  await days.stillIn('muted-alarm');
  const run = await stage.run();
  expect(await decisionsOf(run, place)).toEqual([]);
  const name = `--alarm-names ${place.alarms.drift}`;
  type(`aws cloudwatch enable-alarm-actions ${name}`);
  await days.mended('muted-alarm');

  await days.begin('muted-alarm');
  expect(await days.mend()).toContain('were disabled');
  await triggerAlarm();
  await until(async () => (await decisionsOf(run, place)).length > 0);
});

test('a topic that takes no message of the alarm: another statement in its policy lets it publish', async () => {
  await days.begin('closed-topic');
  const history = type(
    `aws cloudwatch describe-alarm-history --alarm-name ${place.alarms.drift} --history-item-type Action --query 'AlarmHistoryItems[0].HistorySummary' --output text`,
  );
  expect(history).toMatch(/not authorized|Failed/i);
  await days.stillIn('closed-topic');
  const get = `aws sns get-topic-attributes --topic-arn ${place.topic} --query Attributes.Policy --output text`;
  const policy = JSON.parse(type(get)) as { Statement: object[] };
  policy.Statement.push({
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: place.topic,
    Condition: { StringEquals: { 'aws:SourceAccount': stage.target.account } },
  });
  const set = `aws sns set-topic-attributes --topic-arn ${place.topic} --attribute-name Policy --attribute-value`;
  type(`${set} '${JSON.stringify(policy)}' && echo set`);
  await days.mended('closed-topic');

  await days.begin('closed-topic');
  expect(await days.mend()).toContain('prod-');
  const earlier = (await decisionsOf(await stage.run(), place)).length;
  await triggerAlarm();
  await until(async () => (await decisionsOf(await stage.run(), place)).length > earlier);
});

test('a responder without concurrency answers 429; any that it gets lets it answer', async () => {
  const call = async (): Promise<unknown> =>
    stage.target.clients.lambda.send(new InvokeCommand({ FunctionName: place.responder, Payload: '{}' }));
  expect(await days.begin('stopped-responder')).toContain('429');
  await expect(call()).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  await days.stillIn('stopped-responder');
  type(`aws lambda put-function-concurrency --function-name ${place.responder} --reserved-concurrent-executions 2`);
  await days.mended('stopped-responder');
  type(`aws lambda delete-function-concurrency --function-name ${place.responder}; echo deleted`);

  await days.begin('stopped-responder');
  await days.mend();
  expect(await call()).toMatchObject({ StatusCode: 200 });
});

test('an endpoint that keeps nothing: with the right in another policy, its next request is kept', async () => {
  const kept = async (): Promise<number> => (await listObjects(await stage.run(), place.bucket, 'capture/')).length;
  const role = output(await stage.run(), 'EndpointRole').replace(/.*\//, '');
  const own = type(`aws iam get-role-policy --role-name ${role} --policy-name Own --query PolicyDocument`);
  expect(await days.begin('lost-capture')).toContain('nothing is kept');
  await days.stillIn('lost-capture');
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${place.bucket}/capture/*` }],
  });
  type(`aws iam put-role-policy --role-name ${role} --policy-name Again --policy-document '${policy}' && echo put`);
  const ask = `npx tsx labs/monitoring/tools/send.ts ${place.endpoint} 2013-06 1`;
  type(ask);
  // Capture comes a moment after the answer.
  expect(await until(async () => (await days.check('lost-capture')).over?.fault)).toBe('lost-capture');
  const put = `aws iam put-role-policy --role-name ${role} --policy-name Own --policy-document '${own}'`;
  type(`aws iam delete-role-policy --role-name ${role} --policy-name Again && ${put} && echo as before`);

  await days.begin('lost-capture');
  await days.mend();
  const then = await kept();
  type(ask);
  await until(async () => (await kept()) > then);
});

test('down takes a lab away with all of its faults in it', async () => {
  const run = await stage.run();
  for (const fault of faults) await fault.inject(run, await fault.prepare(run));
  await stage.down();
  expect(await stage.stackIsGone()).toBe(true);
});
