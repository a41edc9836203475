import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import type { Registry } from '../../../../labs/deployment/runtime/model/version';
import { verifyRelease, type VerifyServices } from '../../../../labs/deployment/runtime/verify/handler';
import { arnOf, GROUP, job, memory, model, modelWith, refusal, source } from './pipeline-fixtures';

const BUCKET = 'bucket';
const PARAMETERS = 'ModelPackageArn,EndpointName,Kind,ExecutionRoleArn,CaptureS3Uri,BakeSeconds,Canary,Learner';
const ENVIRONMENT = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' };

type Version = Partial<DescribeModelPackageOutput>;
const version = (number: number, changes: Version = {}): Version => ({
  ModelPackageArn: arnOf(number),
  ModelPackageVersion: number,
  ModelPackageStatus: 'Completed',
  ModelApprovalStatus: 'Approved',
  CustomerMetadataProperties: { testAuc: '0.771951' },
  InferenceSpecification: {
    Containers: [{ Image: 'i', ModelDataUrl: `s3://${BUCKET}/models/a/model.tar.gz`, Environment: ENVIRONMENT }],
  } as Version['InferenceSpecification'],
  ...changes,
});

const registry = (...versions: Version[]): Registry => ({
  approved: async () =>
    versions
      .filter(({ ModelApprovalStatus }) => ModelApprovalStatus === 'Approved')
      .map((one) => ({ arn: one.ModelPackageArn!, number: one.ModelPackageVersion! })),
  describe: async (arn) => versions.find((one) => one.ModelPackageArn === arn) as DescribeModelPackageOutput,
});

const { kept, keep } = memory();
const by = (changes: Partial<VerifyServices> = {}): VerifyServices => ({
  registry: registry(version(1)),
  validate: async () => undefined,
  read: async () => model(),
  source: async () => source(),
  keep,
  ...changes,
});
const ask = (modelPackageArn: string) =>
  job({ group: GROUP, modelPackageArn, parameters: PARAMETERS, dataBucket: BUCKET, executionId: 'e' });
const refused = (changes: Partial<VerifyServices>, wanted = 'latest') =>
  refusal(verifyRelease(ask(wanted), by(changes)));

beforeEach(() => kept.clear());

describe('the version', () => {
  test('latest is the approved one with the highest number, whatever the order of the list', async () => {
    const known = registry(version(2), version(10), version(11, { ModelApprovalStatus: 'Rejected' }), version(9));
    const variables = await verifyRelease(ask('latest'), by({ registry: known }));
    expect(variables).toEqual({ ModelPackageArn: arnOf(10), Version: '10', Auc: '0.771951' });
  });

  test('one that is named is taken, though a newer one is approved', async () => {
    const variables = await verifyRelease(ask(arnOf(1)), by({ registry: registry(version(1), version(2)) }));
    expect(variables.Version).toBe('1');
  });

  test.each([
    [
      'none is approved',
      registry(version(1, { ModelApprovalStatus: 'PendingManualApproval' })),
      'latest',
      /No version .* is approved yet.*step deployment release/,
    ],
    [
      'it was rejected, with a reason',
      registry(version(1, { ModelApprovalStatus: 'Rejected', ApprovalDescription: 'too old' })),
      arnOf(1),
      /is Rejected \(too old\)/,
    ],
    [
      'nobody decided',
      registry(version(1, { ModelApprovalStatus: 'PendingManualApproval' })),
      arnOf(1),
      /is PendingManualApproval/,
    ],
    ['it was deleted', registry(version(1)), arnOf(7), /does not exist: it was deleted/],
    [
      'it is of another group',
      registry(version(1)),
      arnOf(1, 'mla-labs-training-me'),
      /is no version of the group mla-labs-deployment-me/,
    ],
    [
      'it is not ready',
      registry(version(1, { ModelPackageStatus: 'InProgress' })),
      arnOf(1),
      /is InProgress, not Completed/,
    ],
  ])('is refused when %s', async (_what, known, wanted, said) => {
    expect(await refused({ registry: known }, wanted)).toMatch(said);
    expect(kept.get('verify')).toMatchObject({ ok: false, message: expect.stringMatching(said) });
  });

  test('one that claims no AUC can be released; later stages know that', async () => {
    const known = registry(version(1, { CustomerMetadataProperties: {} }));
    expect((await verifyRelease(ask('latest'), by({ registry: known }))).Auc).toBe('none');
  });
});

describe('the template', () => {
  const text = source().get('endpoint.template.yaml')!.toString();
  const changed = (from: string, to: string) => source({ 'endpoint.template.yaml': text.replace(from, to) });

  test.each([
    [
      'is not in the zip',
      source({ 'endpoint.template.yaml': undefined }),
      /source.zip has no endpoint.template.yaml at its root/,
    ],
    ['is neither YAML nor JSON', source({ 'endpoint.template.yaml': 'a: [1,\n  b: }' }), /neither YAML nor JSON/],
    ['is plain text', source({ 'endpoint.template.yaml': 'hello' }), /neither YAML nor JSON/],
    ['has no resources', source({ 'endpoint.template.yaml': 'Parameters: {}' }), /has no Resources/],
    ['lacks a parameter', changed('  BakeSeconds:', '  Bake:'), /lacks the parameters BakeSeconds/],
    [
      'lacks the endpoint',
      changed('Type: AWS::SageMaker::Endpoint\n', 'Type: AWS::SageMaker::Project\n'),
      /has 0 resources of the type AWS::SageMaker::Endpoint;/,
    ],
    [
      'names its model',
      changed('      PrimaryContainer:', '      ModelName: mine\n      PrimaryContainer:'),
      /the fixed ModelName "mine"/,
    ],
    [
      'renames the variant',
      changed('- VariantName: AllTraffic', '- VariantName: Blue'),
      /names its variants \["Blue"\]/,
    ],
  ])('is refused when it %s', async (_what, files, said) => {
    expect(await refused({ source: async () => files })).toMatch(said);
  });

  test('is refused with CloudFormation’s own words', async () => {
    const validate = () =>
      Promise.reject(Object.assign(new Error('Unresolved resource dependencies'), { name: 'ValidationError' }));
    expect(await refused({ validate })).toMatch(/CloudFormation finds a fault .* Unresolved resource dependencies/);
  });

  test('a permission that lacks is no fault of the template', async () => {
    const validate = () => Promise.reject(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));
    await expect(verifyRelease(ask('latest'), by({ validate }))).rejects.toThrow('not authorized');
  });
});

describe('the model', () => {
  test.each<[string, () => Promise<Buffer | undefined>, RegExp]>([
    ['is not there', async () => undefined, /s3:\/\/bucket\/models\/a\/model.tar.gz does not exist/],
    ['is no archive', async () => Buffer.from('no'), /cannot be unpacked/],
    ['has no code', async () => modelWith({ 'code/inference.py': undefined }), /has no code\/inference.py/],
    ['has no trees file', async () => modelWith({ 'model.json': undefined }), /has no model.json/],
    [
      'is cut off',
      async () => modelWith({ 'model.json': '{"learner": {"gradient_boo' }),
      /The model does not load: .*never get in service/,
    ],
  ])('is refused when it %s', async (_what, read, said) => {
    expect(await refused({ read })).toMatch(said);
  });

  test('is refused in another bucket, which the endpoint may not read', async () => {
    const containers = {
      Containers: [{ Image: 'i', ModelDataUrl: 's3://other/model.tar.gz', Environment: ENVIRONMENT }],
    };
    const known = registry(version(1, { InferenceSpecification: containers as Version['InferenceSpecification'] }));
    expect(await refused({ registry: known })).toMatch(/at s3:\/\/other\/model.tar.gz, outside the lab’s bucket/);
  });

  test('is refused in algorithm mode, which scores anything', async () => {
    const containers = { Containers: [{ Image: 'i', ModelDataUrl: `s3://${BUCKET}/m`, Environment: {} }] };
    const known = registry(version(1, { InferenceSpecification: containers as Version['InferenceSpecification'] }));
    expect(await refused({ registry: known })).toMatch(/lacks SAGEMAKER_PROGRAM=inference.py .* algorithm mode/);
  });

  test('how well it does is for the smoke test: Verify notes its AUC beside the claim', async () => {
    const known = registry(version(1, { CustomerMetadataProperties: { testAuc: '0.99' } }));
    await verifyRelease(ask('latest'), by({ registry: known }));
    const { auc, claimedAuc } = kept.get('verify') as unknown as { auc: number; claimedAuc: number };
    // As XGBoost itself scores these flights.
    expect(auc).toBeCloseTo(0.75515, 4);
    expect(claimedAuc).toBe(0.99);
  });

  test('says what a function could not check', async () => {
    await verifyRelease(ask('latest'), by());
    expect(kept.get('verify')).toMatchObject({ ok: true, by: 'lambda', flights: 1000 });
    expect(String(kept.get('verify')!.message)).toContain('cannot run');
    expect(kept.get('verify')!.notChecked).toHaveLength(3);
  });
});
