/** Where the first model comes from, and what is said when training has none to give. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { findFirstModel } from '../../../../labs/deployment/model/first-model';
import { fakeRun, named, objects, type Operations } from '../../../unit/labs/deployment/fakes';

const MODEL = readFileSync(resolve('data/prepared/model/model.tar.gz'));
const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:model-package/training/2';

const STACK = {
  StackStatus: 'CREATE_COMPLETE',
  Tags: [
    { Key: 'mla-labs:lab', Value: 'training' },
    { Key: 'mla-labs:learner', Value: 'me' },
  ],
  Outputs: [{ OutputKey: 'ModelPackageGroup', OutputValue: 'training' }],
};

function training(status: string, files: Readonly<Record<string, string | Buffer>> = {}): Operations {
  return {
    ...objects(files),
    DescribeStacks: () => ({ Stacks: [STACK] }),
    ListModelPackages: () => ({ ModelPackageSummaryList: [{ ModelPackageArn: ARN }] }),
    DescribeModelPackage: () => ({
      ModelPackageArn: ARN,
      ModelPackageVersion: 2,
      ModelApprovalStatus: status,
      InferenceSpecification: { Containers: [{ ModelDataUrl: 's3://training/models/model.tar.gz' }] },
      ModelMetrics: { ModelQuality: { Statistics: { S3Uri: 's3://training/quality.json' } } },
      CustomerMetadataProperties: { job: 'mla-hpo-me', codeSha256: 'c', testAuc: '0.77' },
    }),
  };
}

test('without the lab training, the model of the project, with the figures of its manifest', async () => {
  const { run, said } = fakeRun({
    DescribeStacks: () => {
      throw named('ValidationError', 'Stack with id MlaLabs-Training does not exist');
    },
  });
  expect(await findFirstModel(run)).toMatchObject({ auc: 0.771951, lineage: { copiedFrom: 'prepared' } });
  expect(said.join()).toMatch(/training is not deployed: taking the model that comes with the project/);
});

test('training with nothing approved: the model of the project, and how to take one’s own', async () => {
  const { run, said } = fakeRun(training('PendingManualApproval'));
  expect(await findFirstModel(run)).toMatchObject({ lineage: { copiedFrom: 'prepared' } });
  expect(said.join()).toMatch(/1 version and none is approved.*lab step training approve.*lab step deployment source/);
});

test('training’s approved version is copied with its report and its lineage', async () => {
  const quality = '{"binary_classification_metrics":{"auc":{"value":0.77}},"mla_labs":{"calibrationError":0.01}}';
  const files = { 'training/models/model.tar.gz': MODEL, 'training/quality.json': quality };
  expect(await findFirstModel(fakeRun(training('Approved', files)).run)).toMatchObject({
    auc: 0.77,
    calibrationError: 0.01,
    quality,
    lineage: { copiedFrom: ARN, job: 'mla-hpo-me', codeSha256: 'c' },
  });
});

test('a version without a report is measured here', async () => {
  const origin = await findFirstModel(fakeRun(training('Approved', { 'training/models/model.tar.gz': MODEL })).run);
  expect(origin.auc).toBeCloseTo(0.771951, 4);
  expect(origin.quality).toMatch(/binary_classification_metrics/);
});

test.each<[string, Readonly<Record<string, string | Buffer>>, RegExp]>([
  ['whose model is gone', {}, /model\.tar\.gz does not exist/],
  ['whose model is none', { 'training/models/model.tar.gz': 'hello' }, /of its model\.tar\.gz, /],
])('an approved version %s: refused, with both ways on', async (_what, files, says) => {
  const error = await findFirstModel(fakeRun(training('Approved', files)).run).catch((thrown: unknown) => thrown);
  expect((error as Error).message).toMatch(says);
  expect((error as { next: string }).next).toMatch(/check training approve.*down training.*step deployment source/);
});
