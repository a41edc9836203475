/** What lab 2 leaves goes away: versions in their group, jobs a learner made, jobs that still run; and nothing of anybody else. */
import {
  CreateHyperParameterTuningJobCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { makeTarGz } from '../../lib/aws/archive';
import { putObject } from '../../lib/aws/s3';
import { sagemakerTags } from '../../lib/aws/sagemaker';
import { versionsOf } from '../../lib/aws/versions';
import { tagsOf } from '../../lib/course/names';
import { imageUri } from '../../lib/facts/images';
import { resourcesOf } from '../../labs/training/resources';
import { uploadCode } from '../../labs/training/jobs/code';
import { scriptProcessingRequest, trainingRequest, tuningRequest } from '../../labs/training/jobs/requests';
import { serve } from './by-hand';
import { Stage } from './stage';

let stage: Stage;
let before: readonly string[];
beforeAll(async () => {
  stage = await Stage.open('training');
  await makeTwins();
  before = await stage.target.inventory();
});
afterAll(() => stage?.close());

/** A group with a version and a role, with names as near as can be, that are somebody else's. */
async function makeTwins(): Promise<void> {
  const { sagemaker, iam } = stage.target.clients;
  const trust = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName: 'MlaLabs-Training-TrainRole-twin', AssumeRolePolicyDocument }));
  const ModelPackageGroupName = 'mla-labs-training-me-2';
  await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName }));
  const Containers = [
    { Image: imageUri('xgboost', stage.target.region), ModelDataUrl: 's3://somebody-elses-bucket/model.tar.gz' },
  ];
  const InferenceSpecification = {
    Containers,
    SupportedContentTypes: ['text/csv'],
    SupportedResponseMIMETypes: ['text/csv'],
  };
  await sagemaker.send(new CreateModelPackageCommand({ ModelPackageGroupName, InferenceSpecification }));
}

async function changedSince(): Promise<{ more: string[]; fewer: string[] }> {
  const now = await stage.target.inventory();
  return { more: now.filter((one) => !before.includes(one)), fewer: before.filter((one) => !now.includes(one)) };
}

/**
 * All steps up to versions in the group; and in the console two trainings, one completed, one that hangs, a tuning and a
 * Processing job that hang, an endpoint of a version, which scales, a group with the lab's tags, and half an upload.
 */
async function liveInIt(): Promise<void> {
  await stage.act('data', 'train', 'tune', 'evaluate', 'register', 'approve');
  const run = await stage.run();
  const place = resourcesOf(run);
  const code = await uploadCode(run, place);
  const { Tags: _none, ...mine }: CreateTrainingJobCommandInput = trainingRequest(
    run,
    place,
    code,
    'made-in-the-console',
  );
  const { sagemaker } = stage.target.clients;
  await sagemaker.send(new CreateTrainingJobCommand(mine));
  const hang = [{ name: 'train.py', content: Buffer.from('import time\ntime.sleep(3600)\n') }];
  await putObject(run, place.bucket, 'code/hang/source.tar.gz', makeTarGz(hang), 'application/gzip');
  const hanging = { ...code, archive: 'code/hang/source.tar.gz' };
  await sagemaker.send(new CreateTrainingJobCommand(trainingRequest(run, place, hanging, 'still-running')));
  const space = { max_depth: { min: 1, max: 9, type: 'integer', scale: 'linear' } } as const;
  await sagemaker.send(
    new CreateHyperParameterTuningJobCommand(tuningRequest(run, place, hanging, 'still-tuning', space)),
  );
  const AppSpecification = { ImageUri: place.image, ContainerEntrypoint: ['sh', '-c', 'sleep 3600'] };
  const waits = scriptProcessingRequest(run, place, code, 'still-processing', 'train');
  await sagemaker.send(new CreateProcessingJobCommand({ ...waits, AppSpecification }));
  const [version] = await versionsOf(run, place.group);
  await serve(run, 'made-in-the-console', place.role, version!.ModelPackageArn!);
  const Tags = sagemakerTags(tagsOf('training', 'me'));
  await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'my-own-versions', Tags }));
  await run.clients.logs.send(new CreateLogGroupCommand({ logGroupName: '/mine', tags: tagsOf('training', 'me') }));
  await run.clients.s3.send(
    new CreateMultipartUploadCommand({ Bucket: place.bucket, Key: 'data/never-completed.csv' }),
  );
}

test('`down` with versions in the group and a job that runs: everything is found, and nothing is left', async () => {
  await stage.up();
  await liveInIt();
  const swept = await stage.down();
  expect(swept.filter((one) => one.startsWith('sagemaker:training-job ')).join(' ')).toMatch(/made-in-the-console/);
  expect(swept.filter((one) => one.startsWith('sagemaker:training-run ')).join(' ')).toMatch(/still-running/);
  const once = ['tuning-run', 'processing-run', 'endpoint', 'model-package-group'].map((kind) => `sagemaker:${kind} `);
  expect(once.filter((kind) => !swept.some((one) => one.startsWith(kind)))).toEqual([]);
  expect(swept.filter((one) => one.startsWith('sagemaker:model-package ')).length).toBe(2);
  expect(await changedSince()).toEqual({ more: [], fewer: [] });
});

test('plain stack deletion with versions in the group and a job that runs leaves nothing', async () => {
  await stage.up();
  await liveInIt();
  expect((await changedSince()).more.length).toBeGreaterThan(30);
  await stage.destroy();
  expect(await changedSince()).toEqual({ more: [], fewer: [] });
});
