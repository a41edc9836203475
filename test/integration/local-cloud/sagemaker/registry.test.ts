import { Caller, FakeCloud, ROLE, XGBOOST } from './fakeCloud';

const GROUP = 'mla-labs-training-me';
const ARN = 'arn:aws:sagemaker:us-east-1:000000000000';
const spec = {
  InferenceSpecification: {
    Containers: [{ Image: XGBOOST, ModelDataUrl: 's3://data/models/a/output/model.tar.gz' }],
    SupportedContentTypes: ['text/csv'],
    SupportedResponseMIMETypes: ['text/csv'],
  },
};

let cloud: FakeCloud;
let caller: Caller;

beforeEach(async () => {
  // Nothing here runs a container.
  cloud = new FakeCloud('/bin/false');
  caller = new Caller(cloud);
  await caller.call('CreateModelPackageGroup', {
    ModelPackageGroupName: GROUP,
    Tags: [{ Key: 'mla-labs:lab', Value: 'training' }],
  });
});

afterEach(async () => {
  await caller.service.stop();
  cloud.dispose();
});

const version = (change: object = {}) =>
  caller.call('CreateModelPackage', { ModelPackageGroupName: GROUP, ...spec, ...change });
const versions = async (input: object = {}) =>
  (await caller.call('ListModelPackages', { ModelPackageGroupName: GROUP, ...input })).ModelPackageSummaryList.map(
    (one: { ModelPackageVersion: number }) => one.ModelPackageVersion,
  );

describe('versions', () => {
  it('are numbered, and a number is not used again while the group lives', async () => {
    expect((await version()).ModelPackageArn).toBe(`${ARN}:model-package/${GROUP}/1`);
    await version();
    await caller.call('DeleteModelPackage', { ModelPackageName: `${ARN}:model-package/${GROUP}/2` });
    await version();
    expect(await versions()).toEqual([1, 3]);
  });

  it('wait for approval, are approved or rejected with a reason, and say so on the event bus', async () => {
    const { ModelPackageArn } = await version({ CustomerMetadataProperties: { auc: '0.77', old: 'x' } });
    const describe = () => caller.call('DescribeModelPackage', { ModelPackageName: ModelPackageArn });
    expect(await describe()).toMatchObject({
      ModelApprovalStatus: 'PendingManualApproval',
      ModelPackageStatus: 'Completed',
      ModelPackageVersion: 1,
    });
    await caller.call('UpdateModelPackage', {
      ModelPackageArn,
      ModelApprovalStatus: 'Rejected',
      ApprovalDescription: 'calibration',
      CustomerMetadataProperties: { note: 'y' },
      CustomerMetadataPropertiesToRemove: ['old'],
    });
    expect(await describe()).toMatchObject({
      ModelApprovalStatus: 'Rejected',
      ApprovalDescription: 'calibration',
      CustomerMetadataProperties: { auc: '0.77', note: 'y' },
    });
    expect(cloud.events.at(-1)).toMatchObject({
      detailType: 'SageMaker Model Package State Change',
      resources: [ModelPackageArn],
      detail: {
        ModelPackageName: `${GROUP}/1`,
        ModelPackageGroupName: GROUP,
        ModelApprovalStatus: 'Rejected',
        UpdatedModelPackageFields: expect.arrayContaining(['ModelApprovalStatus']),
      },
    });
  });

  it('are listed by approval, newest first where that is asked', async () => {
    await version({ ModelApprovalStatus: 'Approved' });
    await version();
    await version({ ModelApprovalStatus: 'Approved' });
    expect(
      await versions({ ModelApprovalStatus: 'Approved', SortBy: 'CreationTime', SortOrder: 'Descending' }),
    ).toEqual([3, 1]);
    const first = await caller.call('ListModelPackages', { ModelPackageGroupName: GROUP, MaxResults: 2 });
    expect(await versions({ MaxResults: 2, NextToken: first.NextToken })).toEqual([3]);
  });

  it('take no tags', async () => {
    const words = {
      code: 'ValidationException',
      message: 'Tags are not supported in Model Package versions. Please add them to the Model Package Group',
    };
    await expect(version({ Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toMatchObject(words);
    const { ModelPackageArn } = await version();
    await expect(
      caller.call('AddTags', { ResourceArn: ModelPackageArn, Tags: [{ Key: 'a', Value: 'b' }] }),
    ).rejects.toMatchObject(words);
  });

  it('are made once for one client token', async () => {
    await version({ ClientToken: 'once' });
    await version({ ClientToken: 'once' });
    expect(await versions()).toEqual([1]);
  });

  it('need a group that exists', async () => {
    await expect(version({ ModelPackageGroupName: 'none' })).rejects.toMatchObject({
      message: `ModelPackageGroup ${ARN}:model-package-group/none does not exist.`,
    });
    expect(await versions()).toEqual([]);
  });
});

describe('a group', () => {
  it('cannot be deleted while it has versions', async () => {
    const { ModelPackageArn } = await version();
    const gone = () => caller.call('DeleteModelPackageGroup', { ModelPackageGroupName: GROUP });
    await expect(gone()).rejects.toMatchObject({ code: 'ConflictException' });
    await caller.call('DeleteModelPackage', { ModelPackageName: ModelPackageArn });
    await gone();
    expect(caller.service.inventory()).toEqual([]);
    expect(caller.service.tags!()).toEqual({});
  });

  it('is named once', async () => {
    await expect(caller.call('CreateModelPackageGroup', { ModelPackageGroupName: GROUP })).rejects.toMatchObject({
      message: expect.stringContaining('already exists'),
    });
  });

  it('has tags, which can be added and removed', async () => {
    const ResourceArn = `${ARN}:model-package-group/${GROUP}`;
    await caller.call('AddTags', { ResourceArn, Tags: [{ Key: 'mla-labs:learner', Value: 'me' }] });
    await caller.call('DeleteTags', { ResourceArn, TagKeys: ['mla-labs:lab'] });
    expect((await caller.call('ListTags', { ResourceArn })).Tags).toEqual([{ Key: 'mla-labs:learner', Value: 'me' }]);
    await expect(caller.call('ListTags', { ResourceArn: `${ResourceArn}x` })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});

describe('a model', () => {
  const create = (change: object = {}) =>
    caller.call('CreateModel', {
      ModelName: 'model',
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: XGBOOST, ModelDataUrl: 's3://data/model.tar.gz' },
      ...change,
    });

  it('is made of data that its role can read', async () => {
    await expect(create()).rejects.toMatchObject({ message: 'Could not find model data at s3://data/model.tar.gz.' });
    cloud.put('data/model.tar.gz', 'x');
    cloud.denied.add('s3:GetObject');
    await expect(create()).rejects.toMatchObject({ message: expect.stringContaining('Could not access model data') });
    cloud.denied.clear();
    expect((await create()).ModelArn).toBe(`${ARN}:model/model`);
    await expect(create()).rejects.toMatchObject({
      message: expect.stringContaining('Cannot create already existing model'),
    });
    await caller.call('DeleteModel', { ModelName: 'model' });
    await expect(caller.call('DescribeModel', { ModelName: 'model' })).rejects.toMatchObject({
      message: `Could not find model "${ARN}:model/model".`,
    });
  });

  it('is made of a version', async () => {
    const { ModelPackageArn } = await version();
    await expect(create({ PrimaryContainer: { ModelPackageName: ModelPackageArn } })).rejects.toMatchObject({
      message: expect.stringContaining('its approval status is PendingManualApproval'),
    });
    await caller.call('UpdateModelPackage', { ModelPackageArn, ModelApprovalStatus: 'Approved' });
    await create({ PrimaryContainer: { ModelPackageName: ModelPackageArn } });
    expect((await caller.call('ListModels')).Models).toHaveLength(1);
    await expect(
      create({ ModelName: 'b', PrimaryContainer: { ModelPackageName: `${ModelPackageArn}9` } }),
    ).rejects.toMatchObject({ code: 'ValidationException' });
  });
});
