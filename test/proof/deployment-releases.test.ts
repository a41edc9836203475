/** Which releases there are, and which of them comes through: approvals, events and versions that change while one runs. */
import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DeleteModelPackageCommand, DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { flawedArchive } from '../../labs/deployment/model/archive';
import { GOOD, Releasing, scripted } from './releasing';

let lab: Releasing;
let first: string;
beforeAll(async () => {
  lab = await Releasing.open({ build: 'lambda' });
  first = await lab.register(GOOD, 'The first.');
  await lab.promote(first);
});
afterAll(() => lab?.close());

/** A good model in another archive: another version. */
const another = (name: string): Promise<string> => lab.register(scripted(`# ${name}`), name);
const told = async (arn: string): Promise<string[]> =>
  (await lab.all()).filter(({ requestedVersion }) => requestedVersion === arn).map(({ id }) => id);

describe('the same approval, told five times at once', () => {
  test('starts one release, and a later telling none', async () => {
    const { clients } = lab.stage.target;
    const arn = await another('five events');
    const Name = await lab.stage.physical('AWS::Events::Rule', 'ApprovedRule');
    await clients.eventbridge.send(new DisableRuleCommand({ Name }));
    await lab.decide(arn, 'Approved');
    const version = await clients.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
    const detail = {
      ModelPackageArn: arn,
      ModelPackageGroupName: lab.place.group,
      ModelApprovalStatus: 'Approved',
      LastModifiedTime: version.LastModifiedTime!.getTime(),
      UpdatedModelPackageFields: ['ModelApprovalStatus'],
    };
    const tell = async (id: number): Promise<unknown> => {
      const event = { id: `event-${id}`, time: '2026-11-01T00:00:00Z', source: 'aws.sagemaker', detail };
      const answer = await clients.lambda.send(
        new InvokeCommand({ FunctionName: lab.place.releaseFunction, Payload: Buffer.from(JSON.stringify(event)) }),
      );
      return { error: answer.FunctionError, ...(JSON.parse(Buffer.from(answer.Payload!).toString()) as object) };
    };
    await Promise.all([1, 2, 3, 4, 5].map(tell));
    const [id] = await told(arn);
    expect(await tell(6)).toMatchObject({ error: undefined, ignored: expect.stringContaining(id!) });
    expect(await told(arn)).toEqual([id]);
    await clients.eventbridge.send(new EnableRuleCommand({ Name }));
    await lab.answer(id!, 'Rejected', 'Not on a Friday.');
    expect(await lab.told(id!)).toMatch(/stopped at Approval, action Approve: .*Somebody rejected it/);
    expect(await lab.serving()).toBe(first);
  });

  test('approved again after a rejection, it is another approval and another release', async () => {
    const arn = await another('five events');
    const before = await told(arn);
    await lab.decide(arn, 'Rejected', 'On second thoughts.');
    const id = await lab.release(arn);
    expect(await told(arn)).toEqual([id, ...before]);
    await lab.answer(id, 'Rejected');
    await lab.end(id);
  });
});

describe('a second and a third approval while a release waits', () => {
  test('of those behind it the newest comes next, the other is superseded, and the one that waits is not touched', async () => {
    const arns = [await another('one'), await another('two'), await another('three')] as const;
    const one = await lab.release(arns[0]);
    await lab.until(one, 'Approval', 'InProgress');
    const token = await lab.token();
    const two = await lab.release(arns[1]);
    await lab.until(two, 'SmokeTest', 'Succeeded');
    const three = await lab.release(arns[2]);
    expect(await lab.end(two)).toMatchObject({ status: 'Superseded' });
    expect(await lab.told(two)).toMatch(/is Superseded\. A newer release overtook it/);
    expect(await lab.token()).toBe(token);
    await lab.answer(one, 'Approved');
    await lab.until(three, 'Approval', 'InProgress');
    expect(await lab.end(one)).toMatchObject({ status: 'Succeeded' });
    expect(await lab.serving()).toBe(arns[0]);
    await lab.answer(three, 'Approved');
    expect(await lab.end(three)).toMatchObject({ status: 'Succeeded' });
    expect(await lab.serving()).toBe(arns[2]);
  });

  test('two started by hand at the same moment: production serves what the last that came through brought', async () => {
    const before = await lab.serving();
    const ids = await Promise.all([lab.start(first), lab.start(first)]);
    // Either request may be the first to arrive: the other release waits behind it, or was overtaken by it.
    const waiting = await Promise.any(ids.map((id) => lab.until(id, 'Approval', 'InProgress').then(() => id)));
    expect(await lab.serving()).toBe(before);
    await lab.answer(waiting, 'Approved');
    expect(await lab.end(waiting)).toMatchObject({ status: 'Succeeded' });
    const behind = ids.find((id) => id !== waiting)!;
    const overtaken = (await lab.all()).find(({ id }) => id === behind)!.status === 'Superseded';
    if (!overtaken) await lab.answer(behind, 'Approved');
    expect(await lab.end(behind)).toMatchObject({ status: overtaken ? 'Superseded' : 'Succeeded' });
    expect(await lab.serving()).toBe(first);
  });
});

describe('a version that may not be released', () => {
  test.each<[string, () => Promise<string>, RegExp]>([
    ['rejected', async () => decided('rejected', 'Rejected'), /^Verify: .*is Rejected \(.*Only an approved version/],
    ['that nobody decided on', () => another('undecided'), /^Verify: .*PendingManualApproval\. Only an approved/],
    ['deleted', async () => deleted(await another('deleted')), /^Verify: .*\/\d+ does not exist: it was deleted/],
    [
      'of another group',
      async () => first.replace(`/${lab.place.group}/`, '/somebody-elses-group/'),
      /^Verify: .* is no version of the group mla-labs-deployment-me\..*\.\/lab step deployment source/,
    ],
    ['that is no ARN', async () => 'version-3', /^Verify: version-3 is no version of the group/],
  ])('%s stops at Verify, and production keeps serving', async (_what, version, says) => {
    const end = await lab.end(await lab.start(await version()));
    expect(end).toMatchObject({ status: 'Failed', stages: ['Source', 'Verify'], stop: expect.stringMatching(says) });
    expect(await lab.serving()).toBe(first);
  });

  test('deleted while its release waits for approval: production is not made of it', async () => {
    const arn = await another('deleted while it waits');
    const id = await lab.release(arn);
    await lab.until(id, 'Approval', 'InProgress');
    await deleted(arn);
    await lab.answer(id, 'Approved');
    const end = await lab.end(id);
    expect(end).toMatchObject({
      status: 'Failed',
      stop: expect.stringMatching(/^Production: \S+\/\d+ does not exist: it was deleted/),
    });
    expect(await lab.serving()).toBe(first);
  });
});

describe('a release that waits for approval', () => {
  test('whose version is rejected meanwhile does not come to production, though somebody approves the release', async () => {
    const arn = await another('rejected while it waits');
    const id = await lab.release(arn);
    await lab.until(id, 'Approval', 'InProgress');
    await lab.decide(arn, 'Rejected', 'On second thoughts.');
    await lab.answer(id, 'Approved');
    expect(await lab.end(id)).toMatchObject({
      status: 'Failed',
      stop: expect.stringMatching(/^Production: Version \d+ of \S+ is Rejected \(On second thoughts\.\)\./),
    });
    expect(await lab.told(id)).toMatch(
      /stopped at Production, action StillApproved: .*asked at Verify, and again right before production.*approve it, or .*\.\/lab step deployment release/,
    );
    expect(await lab.serving()).toBe(first);
  });

  test('that nobody decides on in time fails, says so, and `release` starts another', async () => {
    const { cloud } = lab.stage;
    const arn = await another('nobody looks');
    const id = await lab.release(arn);
    await lab.until(id, 'Approval', 'InProgress');
    await cloud.elapse(8 * 3600 - 120);
    await lab.until(id, 'Approval', 'InProgress');
    await cloud.elapse(120);
    expect(await lab.end(id)).toMatchObject({ status: 'Failed', stop: expect.stringMatching(/^Approval: /) });
    const says = /stopped at Approval.*Nobody decided in time: an approval waits for 8 hours.*step deployment release/;
    expect(await lab.stage.failure('promote')).toMatch(says);
    const { done, saw, next } = await lab.stage.check('promote');
    expect(`${done} ${saw} ${next}`).toMatch(says);
    await lab.stage.act('release');
    const again = (await told(arn)).find((one) => one !== id)!;
    await lab.stage.act('staging');
    expect((await lab.stage.check('promote')).saw).toMatch(/waits for your approval\. Staging answers 1000 flights/);
    await lab.answer(again, 'Rejected', 'It was only for the clock.');
    await lab.end(again);
    expect(await lab.serving()).toBe(first);
  });
});

async function decided(name: string, status: 'Approved' | 'Rejected'): Promise<string> {
  const arn = await another(name);
  await lab.decide(arn, status, 'Its AUC is 0.5.');
  return arn;
}

async function deleted(arn: string): Promise<string> {
  await lab.stage.target.clients.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: arn }));
  return arn;
}

test('a model that scores upside down stops at SmokeTest, whatever was claimed for it', async () => {
  const id = await lab.release(await lab.register(flawedArchive(GOOD, 'worse'), 'Upside down.'));
  expect(await lab.end(id)).toMatchObject({
    status: 'Failed',
    stop: expect.stringMatching(/^SmokeTest: Staging answers, but not well: AUC 0\.2\d+ .* below the floor/),
  });
  expect(await lab.serving()).toBe(first);
});
