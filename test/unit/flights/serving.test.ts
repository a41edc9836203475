/** What labs that hand models on to each other say of a version: the same, whichever lab registers it. */
import { captureUri, servedBy } from '../../../lib/flights/serving';
import { versionRequest as deploymentRequest } from '../../../labs/deployment/model/versions';
import { versionRequest as trainingRequest } from '../../../labs/training/models/versions';
import type { LabRun } from '../../../lib/course/run';

const run = { region: 'eu-west-1' } as LabRun;
const version = {
  about: 'a',
  artifact: 's3://b/models/m.tar.gz',
  statistics: 's3://b/q.json',
  auc: 0.7,
  calibrationError: 0,
};
const wanted = servedBy('image', version.artifact, 'eu-west-1');

test.each([
  ['training', () => trainingRequest(run, { image: 'image', group: 'g' } as never, version as never, {} as never)],
  [
    'deployment',
    () => deploymentRequest(run, { image: 'image', group: 'g' } as never, { ...version, lineage: {} } as never),
  ],
])('a version of lab %s is served as those of the others', (_lab, request) => {
  expect(request().InferenceSpecification).toEqual(wanted);
});

test('a container answers with the script of the archive, in one worker, installed where it may write', () => {
  expect(wanted.Containers![0]!.Environment).toEqual({
    SAGEMAKER_PROGRAM: 'inference.py',
    SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
    SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
    SAGEMAKER_MODEL_SERVER_WORKERS: '1',
    PIP_TARGET: '/tmp/inference',
    PYTHONPATH: '/opt/ml/model/code:/tmp/inference',
    SAGEMAKER_REGION: 'eu-west-1',
  });
});

test.each(['capture', 'capture/'])('what is captured goes below %s without a slash at its end', (prefix) => {
  expect(captureUri('b', prefix)).toBe('s3://b/capture');
});
