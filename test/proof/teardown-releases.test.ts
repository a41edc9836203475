/**
 * What releases leave goes away for real: a stack with an endpoint that serves, releases and builds that go on, and what
 * a learner makes around them; nothing of a neighbour. The lab's own stack is gone, so all is found by the record.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateStackCommand,
  type CreateStackCommandInput,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { CreateProjectCommand, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { CreatePipelineCommand, ListPipelineExecutionsCommand } from '@aws-sdk/client-codepipeline';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { sagemakerTags } from '../../lib/aws/sagemaker';
import { Clients } from '../../lib/target/clients';
import { leasePolicy } from '../unit/infra/lease-policy';
import { imageUri } from '../../lib/facts/images';
import { tagsOf } from '../../lib/course/names';
import type { LabRun } from '../../lib/course/run';
import type { Target } from '../../lib/target';
import { identityOf, NO_NAMES, type Ownership } from '../../lib/teardown/ownership';
import { readOwnership, writeRecord } from '../../lib/teardown/record';
import { KIND_BY_ID, kindsOf } from '../../lib/teardown/kinds';
import { inventory, sweep } from '../../lib/teardown/sweep';
import { INSTALLS_BELOW_TMP } from '../../lib/flights/script-mode';
import { scale, sendEvents, serve, watch } from './by-hand';
import { openPrivateTarget } from './private-target';
import { ROOT } from './stage';

const TAGS = sagemakerTags(tagsOf('deployment', 'me'));
const BASE = 'mla-labs-deployment-me';

let target: Target;
beforeEach(async () => {
  target = await openPrivateTarget();
});
afterEach(() => target?.close());

function runOf(): LabRun {
  return {
    ...identityOf('deployment', 'me', target.account, target.region),
    target: 'local',
    outputs: {},
    modes: {},
    clients: target.clients,
    clock: target.clock,
    progress: () => undefined,
  };
}

interface Owner {
  /** Start of all names. */
  readonly base: string;
  readonly bucket: string;
  readonly role: string;
  readonly group: string;
  readonly tags: { Key: string; Value: string }[];
}

/** Who may take the roles here. */
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: {
        Service: ['sagemaker', 'cloudformation', 'codepipeline', 'codebuild', 'events', 'lambda'].map(
          (one) => `${one}.amazonaws.com`,
        ),
        AWS: '*',
      },
      Action: 'sts:AssumeRole',
    },
  ],
});

async function makeRole(RoleName: string, tags: Owner['tags'], PolicyDocument: string): Promise<string> {
  const { iam } = target.clients;
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, Tags: tags }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'Own', PolicyDocument }));
  return Role!.Arn!;
}

const EVERYTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

/** A role that services may take, and a bucket with a model and a source. */
async function owner(base: string, tags: Owner['tags'], bucket = `${base}-bucket`, made?: string): Promise<Owner> {
  const { s3, sagemaker } = target.clients;
  const role = made ?? (await makeRole(`${base}-role`, tags, EVERYTHING));
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  if (tags.length > 0) await s3.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet: tags } }));
  const model = readFileSync(join(ROOT, 'data/prepared/model/model.tar.gz'));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'model.tar.gz', Body: model }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'source.zip', Body: 'a source' }));
  await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: base, Tags: tags }));
  const { ModelPackageArn } = await sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: base,
      ModelApprovalStatus: 'Approved',
      InferenceSpecification: {
        Containers: [
          {
            Image: imageUri('xgboost', target.region),
            ModelDataUrl: `s3://${bucket}/model.tar.gz`,
            Environment: {
              SAGEMAKER_PROGRAM: 'inference.py',
              SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
              ...INSTALLS_BELOW_TMP,
            },
          },
        ],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
    }),
  );
  return { base, bucket, role, group: ModelPackageArn!, tags };
}

/** The lab's own template, deployed as the pipeline does. */
async function endpointStack({ base, bucket, role, group }: Owner): Promise<void> {
  const StackName = `${base}--production`;
  const parameters = {
    ModelPackageArn: group,
    EndpointName: `${base}--production`,
    Kind: 'instance',
    ExecutionRoleArn: role,
    CaptureS3Uri: `s3://${bucket}/capture/`,
    Learner: base,
  };
  await createStack({
    StackName,
    RoleARN: role,
    TemplateBody: readFileSync(join(ROOT, 'labs/deployment/source/endpoint.template.yaml'), 'utf8'),
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  });
}

async function createStack(input: CreateStackCommandInput): Promise<void> {
  const { cloudformation: client } = target.clients;
  await client.send(new CreateStackCommand(input));
  await waitUntilStackCreateComplete({ client, maxWaitTime: 120, minDelay: 1, maxDelay: 1 }, input);
}

/** A pipeline whose release waits for an approval, and a build that would take an hour. */
async function goingOn({ base, bucket, role }: Owner): Promise<void> {
  const { codepipeline, codebuild } = target.clients;
  const id = (category: 'Source' | 'Approval', provider: string) => ({
    category,
    owner: 'AWS' as const,
    provider,
    version: '1',
  });
  await codepipeline.send(
    new CreatePipelineCommand({
      pipeline: {
        name: base,
        roleArn: role,
        pipelineType: 'V2',
        artifactStore: { type: 'S3', location: bucket },
        stages: [
          {
            name: 'Source',
            actions: [
              {
                name: 'Source',
                actionTypeId: id('Source', 'S3'),
                configuration: { S3Bucket: bucket, S3ObjectKey: 'source.zip', PollForSourceChanges: 'false' },
                outputArtifacts: [{ name: 'Source' }],
              },
            ],
          },
          { name: 'Approval', actions: [{ name: 'Approve', actionTypeId: id('Approval', 'Manual') }] },
        ],
      },
    }),
  );
  const name = `${base}--verify`;
  await codebuild.send(
    new CreateProjectCommand({
      name,
      serviceRole: role,
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        computeType: 'BUILD_GENERAL1_SMALL',
        image: 'aws/codebuild/standard:7.0',
      },
      source: { type: 'NO_SOURCE', buildspec: 'version: 0.2\nphases:\n  build:\n    commands: ["sleep 3600"]\n' },
    }),
  );
  await codebuild.send(new StartBuildCommand({ projectName: name }));
}

/** What somebody makes in the console around a pipeline and its versions. */
async function byHand({ base, role, group }: Owner, name: string): Promise<void> {
  await serve(target, name, role, group);
  await watch(target, name, name, 'v', `/aws/sagemaker/Endpoints/${base}--production`);
  await sendEvents(target, name, `arn:aws:codepipeline:${target.region}:${target.account}:${base}`, role);
}

/** Deletes an endpoint as a role that may do anything with SageMaker, and nothing else. */
async function deletedBy(RoleName: string, EndpointName: string): Promise<void> {
  const statement = { Effect: 'Allow', Action: 'sagemaker:*', Resource: '*' };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const clients = await clientsOf(await makeRole(RoleName, [], policy));
  try {
    await clients.sagemaker.send(new DeleteEndpointCommand({ EndpointName }));
  } finally {
    clients.destroy();
    await target.clients.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'Own' }));
    await target.clients.iam.send(new DeleteRoleCommand({ RoleName }));
  }
}

async function clientsOf(RoleArn: string): Promise<Clients> {
  const { Credentials: c } = await target.clients.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }));
  const credentials = {
    accessKeyId: c!.AccessKeyId!,
    secretAccessKey: c!.SecretAccessKey!,
    sessionToken: c!.SessionToken,
  };
  return new Clients({ ...target.clients.settings, credentials, recorder: undefined });
}

test('everything that releases and a learner left goes by the record, and a neighbour’s stays', async () => {
  const empty = await target.inventory();
  const theirs = await owner('mla-labs-deployment-me-2', []);
  await Promise.all([endpointStack(theirs), goingOn(theirs), byHand(theirs, 'their-endpoint')]);
  const before = await target.inventory();

  const ours = await owner(BASE, TAGS);
  await Promise.all([endpointStack(ours), goingOn(ours), byHand(ours, 'my-endpoint')]);
  await target.clients.sqs.send(new CreateQueueCommand({ QueueName: 'my-queue', tags: tagsOf('deployment', 'me') }));
  await target.clients.sns.send(new CreateTopicCommand({ Name: 'my-topic', Tags: TAGS }));
  const ownership: Ownership = {
    ...NO_NAMES,
    ...identityOf('deployment', 'me', target.account, target.region),
    leaseHours: 8,
    buckets: [ours.bucket],
    roles: [ours.role],
    modelPackageGroups: [BASE],
    stacks: [`${BASE}--production`],
    endpoints: [`${BASE}--production`],
    pipelines: [BASE],
    buildProjects: [`${BASE}--verify`],
  };
  await writeRecord(runOf(), ownership);
  expect((await target.inventory()).length).toBeGreaterThan(before.length + 15);
  await expect(deletedBy('no-scaling', 'my-endpoint')).rejects.toThrow(
    'does not have application-autoscaling:DeregisterScalableTarget permission to deregister the scalable target',
  );

  const known = (await readOwnership(runOf()))!;
  const more = ['sqs:queue', 'sns:topic', 'scheduler:schedule', 'scheduler:schedule-group'];
  const sorts = [...kindsOf('deployment'), ...more.map((id) => KIND_BY_ID.get(id)!)];
  const { left, removed } = await sweep(runOf(), known, { kinds: sorts });
  expect(left).toEqual([]);
  const kinds = new Set(removed.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual([
    'autoscaling:scalable-target',
    'cloudformation:stack',
    'cloudwatch:alarm',
    'cloudwatch:anomaly-detector',
    'cloudwatch:dashboard',
    'codebuild:build',
    'codebuild:build-record',
    'codebuild:project',
    'codepipeline:execution',
    'codepipeline:pipeline',
    'events:rule',
    'iam:role',
    'logs:query-definition',
    'logs:service-group',
    's3:bucket',
    's3:objects',
    'sagemaker:endpoint',
    'sagemaker:endpoint-config',
    'sagemaker:model',
    'sagemaker:model-package',
    'sagemaker:model-package-group',
    'sns:topic',
    'sqs:queue',
    'ssm:record',
  ]);
  const after = await target.inventory();
  // The neighbour's endpoints go on, and write their logs.
  const come = after.filter((one) => !before.includes(one) && !/me-2--production|their-endpoint/.test(one));
  expect(come).toEqual([]);
  expect(before.filter((one) => !after.includes(one))).toEqual([]);
  expect(await inventory(runOf(), known, { kinds: sorts })).toEqual([]);
  const { pipelineExecutionSummaries } = await target.clients.codepipeline.send(
    new ListPipelineExecutionsCommand({ pipelineName: theirs.base }),
  );
  expect(pipelineExecutionSummaries?.map(({ status }) => status)).toEqual(['InProgress']);
  expect(empty.length).toBeLessThan(before.length);
});

test('the lease’s function may do all of it, with what its role is allowed and nothing more', async () => {
  const StackName = 'MlaLabs-Deployment';
  const RoleName = `${BASE}-role`;
  const Role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      AssumeRolePolicyDocument: JSON.parse(TRUST) as object,
      Policies: [{ PolicyName: 'Own', PolicyDocument: JSON.parse(EVERYTHING) as object }],
      Tags: TAGS,
    },
  };
  await createStack({
    StackName,
    TemplateBody: JSON.stringify({ Resources: { Role } }),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    Tags: TAGS,
  });
  const own = `arn:aws:iam::${target.account}:role/${RoleName}`;
  const ours = await owner(BASE, TAGS, 'mlalabs-deployment-databucket-abc', own);
  await Promise.all([endpointStack(ours), goingOn(ours), byHand(ours, 'my-endpoint')]);
  const ownership: Ownership = {
    ...NO_NAMES,
    ...identityOf('deployment', 'me', target.account, target.region),
    leaseHours: 8,
    buckets: [ours.bucket],
    roles: [own],
    modelPackageGroups: [BASE],
    pipelines: [BASE],
    buildProjects: [`${BASE}--verify`],
  };
  const RoleArn = await makeRole('lease', [], leasePolicy('deployment', { learner: 'me', ...target }));
  await scale(target, `${BASE}--production`);
  const clients = await clientsOf(RoleArn);
  const run = { ...runOf(), clients };
  const { left, removed } = await sweep(run, ownership);
  clients.destroy();
  expect(left).toEqual([]);
  expect(removed.length).toBeGreaterThan(12);
  expect((await target.denied()).map(({ action, resource }) => `${action} ${resource}`)).toEqual([]);
});
