/** Endpoints: states, failures, quotas, and what a configuration may not be. Model servers really run. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { groupIsGone, until } from './fakeCloud';
import { Serving } from './serving';

const MODEL = readFileSync(resolve('data/prepared/model/model.tar.gz'));

describe('endpoints', () => {
  let serving: Serving;
  const at = (): Serving => serving;
  beforeEach(async () => void (serving = await new Serving().open()));
  afterEach(() => serving.close());

  test("serves the project's model, and writes its log", async () => {
    at().cloud.put('models/flights', MODEL);
    await at().config('flights');
    const shown = await at().create('air', 'flights');
    expect(shown).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'flights' });
    expect(shown.ProductionVariants[0]).toMatchObject({ VariantName: 'AllTraffic', CurrentInstanceCount: 1 });
    const lines = gunzipSync(readFileSync(resolve('data/prepared/test.csv.gz')))
      .toString()
      .trim()
      .split('\n');
    const flight = lines[1]!.split(',').slice(1).join(',');
    const answer = await at().invoke('air', flight);
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^0\.\d{6}\n$/);
    expect(answer.headers.get('x-amzn-invoked-production-variant')).toBe('AllTraffic');
    expect(at().statuses()).toEqual(['CREATING', 'IN_SERVICE']);
    await at().caller.call('DeleteEndpoint', { EndpointName: 'air' });
    await at().gone('air');
    expect(at().logged('air')).toContain('"POST /invocations HTTP/1.1" 200');
    expect(at().cloud.tracked.slice(-1).every(groupIsGone)).toBe(true);
    expect(
      at()
        .caller.service.inventory()
        .filter((name) => name.includes('endpoint/')),
    ).toEqual([]);
  });

  test('fails where the model does not load, with the reason in the log only', async () => {
    at().archive('bad', { 'code/inference.py': 'def model_fn(model_dir):\n    raise OSError("no model.json here")\n' });
    await at().config('bad');
    const shown = await at().create('bad', 'bad');
    expect(shown.EndpointStatus).toBe('Failed');
    expect(shown.FailureReason).toBe(
      'The primary container for production variant AllTraffic did not pass the ping health check. Please check CloudWatch logs for this endpoint.',
    );
    expect(at().logged('bad')).toContain('no model.json here');
    expect(at().logged('bad')).not.toContain(at().cloud.folder);
    expect((await at().invoke('bad', '1')).error).toBe('ValidationError');
    await expect(
      at().caller.call('UpdateEndpoint', { EndpointName: 'bad', EndpointConfigName: 'bad' }),
    ).rejects.toThrow(/Cannot update failed endpoint/);
    await at().caller.call('DeleteEndpoint', { EndpointName: 'bad' });
    await at().gone('bad');
  });

  test('fails where the role may not read the model any more', async () => {
    await at().saying('one');
    at().cloud.denied.add('s3:GetObject');
    const shown = await at().create('one', 'one');
    expect(shown.EndpointStatus).toBe('Failed');
    expect(shown.FailureReason).toMatch(
      /^Failed to download model data for container .* from URL: "s3:\/\/models\/one"/,
    );
  });

  test('fails where the archive is none', async () => {
    at().cloud.put('models/none', 'not a tar');
    await at().config('none');
    expect((await at().create('none', 'none')).EndpointStatus).toBe('Failed');
    expect(at().logged('none')).toContain('cannot be unpacked');
  });

  test('starts a model server again that ended by itself', async () => {
    at().archive('frail', {
      'code/inference.py':
        'import os\ndef model_fn(d):\n    return 1\ndef transform_fn(m, body, c, a):\n    if body == "end": os._exit(3)\n    return "alive"\n',
    });
    await at().config('frail');
    await at().create('frail', 'frail');
    const ended = await at().invoke('frail', 'end');
    expect([ended.status, ended.error]).toEqual([424, 'ModelError']);
    const again = await until(async () => {
      const answer = await at().invoke('frail', '1');
      return answer.status === 200 ? answer : undefined;
    });
    expect(again.text).toBe('alive');
  });

  test('refuses to delete or update what is in progress, and a second endpoint of the name', async () => {
    await at().saying('one');
    const input = { EndpointName: 'one', EndpointConfigName: 'one' };
    await at().caller.call('CreateEndpoint', input);
    for (const operation of ['DeleteEndpoint', 'UpdateEndpoint']) {
      await expect(at().caller.call(operation, input)).rejects.toThrow(
        'Cannot update in-progress endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/one".',
      );
    }
    await expect(at().caller.call('CreateEndpoint', input)).rejects.toThrow(/Cannot create already existing endpoint/);
    expect((await at().settled('one')).EndpointStatus).toBe('InService');
  });

  test('has the quota of a fresh account, and the face of none', async () => {
    await at().saying('two', { InitialInstanceCount: 2 });
    await at().saying('one');
    await at().saying('big', { InstanceType: 'ml.m5.large' });
    await at().create('first', 'two');
    await expect(at().create('second', 'one')).rejects.toThrow(
      "The account-level service limit 'ml.t2.medium for endpoint usage' is 2 Instances, with current utilization of 2 Instances and a request delta of 1 Instances.",
    );
    await expect(at().create('third', 'big')).rejects.toThrow(/'ml.m5.large for endpoint usage' is 0 Instances/);
    // The new fleet of a blue/green update stands beside the old one.
    await expect(at().update('first', 'one')).rejects.toThrow(/request delta of 1 Instances/);
    at().cloud.faces.add('endpoint-quota-0');
    await expect(at().create('second', 'one')).rejects.toThrow(/'ml.t2.medium for endpoint usage' is 0 Instances/);
  });

  test('refuses configurations as AWS does', async () => {
    await at().saying('one');
    const config = (variant: object, more: object = {}): Promise<unknown> =>
      at().caller.call('CreateEndpointConfig', {
        EndpointConfigName: 'wrong',
        ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: 'one', ...variant }],
        ...more,
      });
    const one = { InstanceType: 'ml.t2.medium', InitialInstanceCount: 1 };
    await expect(config({ ...one, ModelName: 'other' })).rejects.toThrow(/Could not find model ".*:model\/other"/);
    await expect(config({})).rejects.toThrow(/either a ServerlessConfig or both/);
    await expect(config({ ServerlessConfig: { MemorySizeInMB: 1500, MaxConcurrency: 1 } })).rejects.toThrow(
      /1024, 2048/,
    );
    const capture = {
      DataCaptureConfig: {
        EnableCapture: true,
        InitialSamplingPercentage: 100,
        DestinationS3Uri: 's3://models/c',
        CaptureOptions: [{ CaptureMode: 'Input' }],
      },
    };
    const serverless = { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 2 } };
    await expect(config(serverless, capture)).rejects.toThrow(/not supported .* serverless/);
    const key = { DataCaptureConfig: { ...capture.DataCaptureConfig, KmsKeyId: 'k' } };
    await expect(config(one, key)).rejects.toThrow(/KmsKeyId of DataCaptureConfig/);
    await expect(config(one, { EndpointConfigName: 'one' })).rejects.toThrow(/already existing endpoint configuration/);
  });

  test('serves a version of a group only when it is approved, and fails where it is gone', async () => {
    at().archive('v', {
      'code/inference.py': 'def model_fn(d):\n    return 1\ndef transform_fn(m, b, c, a):\n    return "v"\n',
    });
    await at().caller.call('CreateModelPackageGroup', { ModelPackageGroupName: 'g' });
    const { ModelPackageArn } = await at().caller.call('CreateModelPackage', {
      ModelPackageGroupName: 'g',
      InferenceSpecification: {
        Containers: [
          {
            Image: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0',
            ModelDataUrl: 's3://models/v',
            Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
          },
        ],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
    });
    const model = {
      ModelName: 'v',
      ExecutionRoleArn: 'arn:aws:iam::000000000000:role/training',
      PrimaryContainer: { ModelPackageName: ModelPackageArn },
    };
    await expect(at().caller.call('CreateModel', model)).rejects.toThrow(/approval status is PendingManualApproval/);
    await at().caller.call('UpdateModelPackage', { ModelPackageArn, ModelApprovalStatus: 'Approved' });
    await at().caller.call('CreateModel', model);
    await at().caller.call('CreateEndpointConfig', {
      EndpointConfigName: 'v',
      ProductionVariants: [
        { VariantName: 'AllTraffic', ModelName: 'v', InstanceType: 'ml.t2.medium', InitialInstanceCount: 1 },
      ],
    });
    await at().create('v', 'v');
    expect((await at().invoke('v', '1')).text).toBe('v');
    await at().caller.call('DeleteModelPackage', { ModelPackageName: ModelPackageArn });
    const late = await at().create('late', 'v');
    expect([late.EndpointStatus, late.FailureReason]).toEqual([
      'Failed',
      `ModelPackage ${ModelPackageArn} does not exist.`,
    ]);
  });
});
