/** Game days of lab training: each fault shows as its symptom says, is mended in another way than ours, and by `mend`. */
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { parseS3 } from '../../lib/aws/sagemaker';
import { consumersPick, numberOf, versionsOf } from '../../lib/aws/versions';
import { faults } from '../../labs/training/faults';
import { resourcesOf, type LabResources } from '../../labs/training/resources';
import { GameDays } from './game-day';
import { Stage } from './stage';

let stage: Stage;
let days: GameDays;
let place: LabResources;
beforeAll(async () => {
  stage = await Stage.open('training');
  days = new GameDays(stage, faults);
  await stage.up();
  place = resourcesOf(await stage.run());
  await stage.act('data', 'train', 'tune', 'evaluate', 'register', 'approve');
});
afterAll(async () => stage.close());

/** Runs a line in a learner's shell. */
const type = (line: string): string => {
  const { status, output } = stage.shell(line);
  expect([status, output]).toEqual([0, expect.anything()]);
  return output.trim();
};

const picked = async () => consumersPick(await versionsOf(await stage.run(), place.group))!;

test('a version that was rejected: approving it again mends it, for whatever reason', async () => {
  const before = await picked();
  const symptom = await days.begin('changed-approval');
  expect(numberOf(await picked())).not.toBe(numberOf(before));
  expect(symptom).toMatch(/the AUC on the test flights went from 0\.\d{4} to 0\.\d{4}/);
  await days.stillIn('changed-approval');
  const decide = (arn: string, status: string): string =>
    type(
      `aws sagemaker update-model-package --model-package-arn ${arn} --model-approval-status ${status} --approval-description 'As it was, AUC 0.77.'`,
    );
  decide((await picked()).ModelPackageArn!, 'Rejected');
  decide(before.ModelPackageArn!, 'Approved');
  await days.mended('changed-approval');

  await days.begin('changed-approval');
  expect(await days.mend()).toContain('was rejected in the registry');
  expect(numberOf(await picked())).toBe(numberOf(before));
});

test('a model that was overwritten: a copy of the earlier one mends it, though it is a new object', async () => {
  const symptom = await days.begin('replaced-model');
  expect(symptom).toMatch(/measures an AUC of 0\.\d{4} .* Its quality report says 0\.\d{4}/);
  await days.stillIn('replaced-model');
  const { bucket, key } = parseS3((await picked()).InferenceSpecification!.Containers![0]!.ModelDataUrl!);
  const { Versions = [] } = await stage.target.clients.s3.send(
    new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }),
  );
  expect(Versions).toHaveLength(2);
  const { VersionId } = Versions.find(({ IsLatest }) => !IsLatest)!;
  type(`aws s3api copy-object --bucket ${bucket} --key ${key} --copy-source '${bucket}/${key}?versionId=${VersionId}'`);
  await days.mended('replaced-model');

  await days.begin('replaced-model');
  await days.mend();
  expect(await stage.check('register')).toMatchObject({ done: true });
});

test('labels that were turned round: the step that brings the data mends it', async () => {
  const symptom = await days.begin('relabelled-data');
  expect(symptom).toMatch(/Yesterday: .* 2\d\.\d % of them late\. Today: .* 7\d\.\d % of them late/);
  await days.stillIn('relabelled-data');
  await days.mend();
  expect(await stage.check('train')).toMatchObject({ done: true });

  await days.begin('relabelled-data');
  await stage.act('data');
  await days.mended('relabelled-data');
  await stage.act('train');
});

test('a role that may not read its data: with a wider policy, the next training completes', async () => {
  const role = place.role.replace(/.*\//, '');
  const before = type(`aws iam get-role-policy --role-name ${role} --policy-name Own --query PolicyDocument`);
  const symptom = await days.begin('denied-data');
  const job = /mla-train-\S+/.exec(symptom)![0];
  const failed = await stage.target.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: job }));
  expect(failed).toMatchObject({
    TrainingJobStatus: 'Failed',
    FailureReason: expect.stringMatching(/denied|authorized/i),
  });
  await days.stillIn('denied-data');
  const policy = JSON.parse(before) as { Statement: object[] };
  policy.Statement.push({ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${place.bucket}/*` });
  type(
    `aws iam put-role-policy --role-name ${role} --policy-name Own --policy-document '${JSON.stringify(policy)}' && echo put`,
  );
  await days.stillIn('denied-data');
  await stage.act('train');
  await days.mended('denied-data');
  type(`aws iam put-role-policy --role-name ${role} --policy-name Own --policy-document '${before}' && echo put`);

  await days.begin('denied-data');
  await days.mend();
  expect(
    JSON.parse(type(`aws iam get-role-policy --role-name ${role} --policy-name Own --query PolicyDocument`)),
  ).toEqual(JSON.parse(before));
});

test('down takes a lab away with all of its faults in it', async () => {
  const run = await stage.run();
  for (const fault of faults) await fault.inject(run, await fault.prepare(run));
  await stage.down();
  expect(await stage.stackIsGone()).toBe(true);
});
