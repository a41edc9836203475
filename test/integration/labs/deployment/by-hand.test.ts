/** Versions that a learner registered and decided on by hand: each command that a check proposes changes what it saw. */
import { sourceFiles, sourceZip } from '../../../../labs/deployment/source-package/zip';
import { release } from '../../../../labs/deployment/steps/release';
import { source } from '../../../../labs/deployment/steps/source';
import { sha256 } from '../../../../labs/deployment/model/archive';
import { modelKeys } from '../../../../labs/deployment/model/versions';
import { SERVING } from '../../../../lib/flights/serving';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '../../../../lib/course/model';
import { fakeRun, GROUP, named, objects, type Operations } from '../../../unit/labs/deployment/fakes';

const ROOT = join(__dirname, '..', '..', '..', '..');
const GOOD = readFileSync(join(ROOT, 'data/prepared/model/model.tar.gz'));
/** Where the step puts the same archive. */
const KEY = modelKeys(sha256(GOOD)).archive;
const OUTPUTS = {
  LogPrefix: '/mla-labs/deployment/me',
  DataBucket: 'bucket',
  SourceBucket: 'source',
  ModelPackageGroup: 'group',
  Pipeline: 'pipeline',
  BuildProject: 'verify',
  EndpointRole: 'arn:aws:iam::123456789012:role/endpoint',
  DeployRole: 'arn:aws:iam::123456789012:role/deploy',
  StagingEndpoint: 'staging',
  StagingStack: 'staging-stack',
  ProductionEndpoint: 'production',
  ProductionStack: 'production-stack',
  XgboostImage: 'image',
  ReleaseFunction: 'release',
};

interface Version {
  readonly ModelPackageArn: string;
  readonly ModelPackageVersion: number;
  ModelApprovalStatus: string;
  ApprovalDescription?: string;
  readonly InferenceSpecification: { Containers: object[] };
  readonly CustomerMetadataProperties?: Record<string, string>;
}

/** A registry, two buckets and a pipeline that stops at Verify as long as nothing is approved. */
class Cloud {
  readonly versions: Version[] = [];
  readonly files: Record<string, string | Buffer> = {
    'source/source.zip': sourceZip(),
    [`bucket/${KEY}`]: GOOD,
  };
  private uploads = 0;
  private readonly releases: { id: string; source?: string; asked?: string }[] = [];

  /** What a learner registers in the console: a model and an image, and nothing else. */
  register(uri = `s3://bucket/${KEY}`, more: Partial<Version> = {}): Version {
    const number = this.versions.length + 1;
    const made = {
      ModelPackageArn: `${GROUP}/${number}`,
      ModelPackageVersion: number,
      ModelApprovalStatus: 'PendingManualApproval',
      InferenceSpecification: { Containers: [{ Image: 'image', ModelDataUrl: uri, Environment: { ...SERVING } }] },
      ...more,
    };
    this.versions.push(made);
    return made;
  }

  /** Approves, which starts a release. */
  approve(version: Version, why: string): void {
    Object.assign(version, { ModelApprovalStatus: 'Approved', ApprovalDescription: why });
    this.releases.unshift({ id: `of-${version.ModelPackageVersion}`, asked: version.ModelPackageArn });
  }

  /** Types the AWS CLI commands for the registry that a text proposes, as they stand there. */
  type(text: string): number {
    const commands = [...text.matchAll(/aws sagemaker update-model-package ((?:'[^']*'|[^;,'])*)/g)];
    for (const [, words] of commands) {
      const option = (name: string): string | undefined =>
        new RegExp(`--${name} ('[^']*'|\\S+)`).exec(words!)?.[1]?.replaceAll("'", '');
      const found = this.versions.find(({ ModelPackageArn }) => ModelPackageArn === option('model-package-arn'))!;
      const status = option('model-approval-status');
      if (status !== undefined) found.ModelApprovalStatus = status;
      found.ApprovalDescription = option('approval-description');
    }
    return commands.length;
  }

  readonly operations: Operations = {
    ...objects(this.files),
    HeadObject: () => ({ VersionId: `v${this.uploads}` }),
    PutObject: ({ Bucket, Key, Body }) => {
      this.files[`${Bucket}/${Key}`] = Body!;
      if (Key !== 'source.zip') return {};
      this.uploads += 1;
      this.releases.unshift({ id: `release-${this.uploads}`, source: `v${this.uploads}` });
      this.files[`bucket/evidence/release-${this.uploads}/verify.json`] = JSON.stringify({
        message: 'No version of group is approved yet, so there is nothing to release.',
        checks: [{ check: 'version', ok: false }],
      });
      return { VersionId: `v${this.uploads}` };
    },
    DescribeStacks: () => {
      throw named('ValidationError', 'Stack with id MlaLabs-Training does not exist');
    },
    ListModelPackages: () => ({
      ModelPackageSummaryList: this.versions.map(({ ModelPackageArn }) => ({ ModelPackageArn })),
    }),
    DescribeModelPackage: ({ ModelPackageName }) =>
      this.versions.find(({ ModelPackageArn }) => ModelPackageArn === ModelPackageName),
    CreateModelPackage: (input) => {
      const { ModelApprovalStatus, InferenceSpecification, CustomerMetadataProperties } = input as unknown as Version;
      const made = this.register('', { ModelApprovalStatus, InferenceSpecification, CustomerMetadataProperties });
      return { ModelPackageArn: made.ModelPackageArn };
    },
    UpdateModelPackage: ({ ModelPackageArn, ModelApprovalStatus, ApprovalDescription }) => {
      const found = this.versions.find((one) => one.ModelPackageArn === ModelPackageArn)!;
      if (ModelApprovalStatus === 'Approved') this.approve(found, ApprovalDescription!);
      else Object.assign(found, { ModelApprovalStatus, ApprovalDescription });
      return {};
    },
    ListPipelineExecutions: () => ({
      pipelineExecutionSummaries: this.releases.map(({ id, source: revisionId }) => ({
        pipelineExecutionId: id,
        startTime: new Date(0),
        trigger: { triggerType: 'CloudWatchEvent' },
        sourceRevisions: revisionId ? [{ revisionId }] : [],
      })),
    }),
    GetPipelineExecution: ({ pipelineExecutionId }) => {
      const { asked } = this.releases.find(({ id }) => id === pipelineExecutionId)!;
      const variables = asked ? [{ name: 'ModelPackageArn', resolvedValue: asked }] : [];
      return { pipelineExecution: { status: asked ? 'InProgress' : 'Failed', variables } };
    },
    ListActionExecutions: ({ filter }) => {
      const id = (filter as unknown as { pipelineExecutionId: string }).pipelineExecutionId;
      const at = { startTime: new Date(0), lastUpdateTime: new Date(0) };
      const verify = { stageName: 'Verify', actionName: 'Verify', status: 'Failed', ...at };
      return { actionExecutionDetails: id.startsWith('of-') ? [] : [verify] };
    },
  };

  private run() {
    return fakeRun(this.operations, { outputs: OUTPUTS }).run;
  }

  check = (step: typeof release): Promise<Verdict> => step.check(this.run());
  act = (step: typeof release): Promise<void> => step.act(this.run());
}

describe('a version without figures, approved by hand', () => {
  test.each(['', 'Looks good to me.', 'Approved'])(
    'with the reason %j: what the check proposes is accepted',
    async (why) => {
      const cloud = new Cloud();
      cloud.approve(cloud.register(), why);
      const before = await cloud.check(release);
      expect(before).toMatchObject({ done: false, saw: expect.stringContaining('names no figure') });
      expect(cloud.type(before.next)).toBe(1);
      expect(cloud.versions[0]!.ApprovalDescription).toMatch(/^AUC 0\.77\d+ on the test slice\.$/);
      expect(await cloud.check(release)).toMatchObject({ done: true });
    },
  );

  test('whose model is gone: it is rejected, and another is to be brought', async () => {
    const cloud = new Cloud();
    cloud.approve(cloud.register('s3://bucket/models/gone.tar.gz'), 'Why not.');
    const before = await cloud.check(release);
    expect(cloud.type(before.next)).toBe(1);
    expect(await cloud.check(release)).toMatchObject({
      done: false,
      next: expect.stringContaining('step deployment source'),
    });
    await cloud.act(source);
    expect((await cloud.check(release)).next).toContain('step deployment release');
    await cloud.act(release);
    expect(await cloud.check(release)).toMatchObject({ done: true });
  });
});

describe('the step `source` brings a version that its check accepts', () => {
  test.each<[string, (cloud: Cloud) => void]>([
    ['registered by hand, with the model and without figures', (cloud) => cloud.register()],
    ['approved by hand, of the same archive', (cloud) => cloud.approve(cloud.register(), 'AUC 0.77')],
    ['of another lab’s bucket', (cloud) => cloud.register('s3://elsewhere/model.tar.gz')],
    [
      'without what its container needs',
      (cloud) =>
        cloud.register(undefined, {
          InferenceSpecification: { Containers: [{ Image: 'image', ModelDataUrl: `s3://bucket/${KEY}` }] },
        }),
    ],
    ['without any model', (cloud) => cloud.register('')],
    ['rejected', (cloud) => Object.assign(cloud.register(), { ModelApprovalStatus: 'Rejected' })],
  ])('where the newest is one %s', async (_what, prepare) => {
    const cloud = new Cloud();
    prepare(cloud);
    expect(await cloud.check(source)).toMatchObject({
      done: false,
      next: expect.stringContaining('step deployment source'),
    });
    await cloud.act(source);
    expect(await cloud.check(source)).toMatchObject({ done: true });
    const registered = cloud.versions.length;
    await cloud.act(source);
    expect(cloud.versions).toHaveLength(registered);
  });

  test('and one that was registered by hand after it does not undo that', async () => {
    const cloud = new Cloud();
    await cloud.act(source);
    cloud.register();
    expect(await cloud.check(source)).toMatchObject({ done: true, saw: expect.stringContaining('Version 1 ') });
  });
});

test('a version that was registered by hand is approved on what its model does', async () => {
  const cloud = new Cloud();
  cloud.register();
  await cloud.act(release);
  expect(cloud.versions[0]!.ApprovalDescription).toMatch(/^AUC 0\.77\d+ on flights/);
  expect(await cloud.check(release)).toMatchObject({ done: true });
});

test('a source whose files lie in a folder is told as such, with what it has', async () => {
  const cloud = new Cloud();
  await cloud.act(source);
  const inFolder = Object.entries(sourceFiles()).map(([name, file]) => [`source/${name}`, file]);
  cloud.files['source/source.zip'] = sourceZip(Object.fromEntries(inFolder) as Record<string, Buffer>);
  expect((await cloud.check(source)).saw).toMatch(
    /lacks buildspec\.yml, endpoint\.template\.yaml and tests\/flights\.csv at its root; it has source\/.*Zip the files themselves, not their folder/,
  );
});
