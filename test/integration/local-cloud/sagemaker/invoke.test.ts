/** InvokeEndpoint, and what is kept of it: errors as callers see them, algorithm mode's traps, capture, metrics. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readTarGz } from '../../../../lib/aws/archive';
import { until } from './fakeCloud';
import { SCRIPT_MODE, Serving } from './serving';

const SERVERLESS = { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 1 } };
const CAPTURE = {
  DataCaptureConfig: {
    EnableCapture: true,
    InitialSamplingPercentage: 100,
    DestinationS3Uri: 's3://data/capture',
    CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
    CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'] },
  },
};

/** What inference code may do with a request. */
const SCRIPT = `
import time
from flask import Response

def model_fn(model_dir):
    return "model"

def input_fn(body, content_type):
    return body

def predict_fn(data, model):
    if data == "raise":
        raise ValueError("the reason stands in the log")
    if data == "hang":
        time.sleep(600)
    return data

def output_fn(prediction, accept):
    if prediction == "refuse":
        return Response("Column 3 is no number.", status=400, mimetype="text/plain")
    if prediction == "plain":
        return "0.5"
    return f"{accept}|{prediction}", "text/csv"
`;

function modelJson(): Buffer {
  return readTarGz(readFileSync(resolve('data/prepared/model/model.tar.gz'))).get('model.json')!;
}

describe('InvokeEndpoint', () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await new Serving({ answerMs: 1500 }).open();
    serving.cloud.faces.add('endpoint-quota-4');
    serving.archive('script', { 'code/inference.py': SCRIPT });
    await serving.config('script', {}, CAPTURE);
    await serving.create('e', 'script');
  });
  afterAll(() => serving.close());

  test('gives back what the script answers, its content type, the variant', async () => {
    const answer = await serving.invoke('e', '1,2');
    expect([answer.status, answer.text]).toEqual([200, 'text/csv|1,2']);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    // Without a wish the container asks the script for JSON.
    expect((await serving.invoke('e', '1', { accept: '*/*' })).text).toBe('application/json|1');
    // A plain string is HTML to Flask.
    expect((await serving.invoke('e', 'plain')).headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  test('a refusal of the script is a ModelError 424 with its status and words', async () => {
    const answer = await serving.invoke('e', 'refuse');
    expect([answer.status, answer.error]).toEqual([424, 'ModelError']);
    expect(JSON.parse(answer.text)).toEqual({
      ErrorCode: 'CLIENT_ERROR_FROM_MODEL',
      LogStreamArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/e',
      OriginalMessage: 'Column 3 is no number.',
      OriginalStatusCode: 400,
      Message:
        'Received client error (400) from primary with message "Column 3 is no number.". See https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logEventViewer:group=/aws/sagemaker/Endpoints/e in account 000000000000 for more information.',
    });
  });

  test('an exception of the script is a 500 that says nothing; the log has the traceback', async () => {
    const found = JSON.parse((await serving.invoke('e', 'raise')).text);
    expect(found.OriginalStatusCode).toBe(500);
    expect(found.OriginalMessage).toContain('<title>500 Internal Server Error</title>');
    expect(found.OriginalMessage).not.toContain('the reason');
    await until(() => serving.logged('e').includes('the reason stands in the log'));
  });

  test('a model that hangs is timed out, and its container started again', async () => {
    const found = JSON.parse((await serving.invoke('e', 'hang')).text);
    expect(found.OriginalStatusCode).toBe(0);
    expect(found.OriginalMessage).toMatch(/^Your invocation timed out while waiting for a response/);
    await until(async () => (await serving.invoke('e', '1')).status === 200);
  });

  test('unknown endpoints, too much, and what no lab uses are refused', async () => {
    expect(JSON.parse((await serving.invoke('nope', '1')).text).Message).toBe(
      'Endpoint nope of account 000000000000 not found.',
    );
    const big = await serving.invoke('e', 'x'.repeat(6 * 1024 * 1024 + 1));
    expect([big.status, big.error]).toEqual([400, 'ValidationError']);
    expect(JSON.parse(big.text).Message).toMatch(/has oversize body/);
    const variant = await serving.invoke('e', '1', { 'x-amzn-sagemaker-target-variant': 'B' });
    expect(variant.error).toBe('ValidationError');
    const model = await serving.invoke('e', '1', { 'x-amzn-sagemaker-target-model': 'm' });
    expect(JSON.parse(model.text).Message).toContain('does not have x-amzn-sagemaker-target-model');
  });

  test("captures requests and answers in AWS's layout", async () => {
    serving.cloud.objects.clear();
    await serving.invoke('e', 'a,b', { 'x-amzn-sagemaker-inference-id': 'flight-7' });
    await serving.invoke('e', 'plain');
    const key = await until(() => [...serving.cloud.objects].find(([, content]) => content.includes('flight-7'))?.[0]);
    expect(key).toMatch(
      /^data\/capture\/e\/AllTraffic\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl$/,
    );
    const lines = serving.cloud.objects.get(key)!.toString().trim().split('\n');
    const all = lines.map((line) => JSON.parse(line));
    const first = all.find(({ eventMetadata }) => eventMetadata.inferenceId === 'flight-7');
    const second = all[all.indexOf(first) + 1];
    expect(first).toEqual({
      captureData: {
        endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: 'a,b', encoding: 'CSV' },
        endpointOutput: {
          observedContentType: 'text/csv; charset=utf-8',
          mode: 'OUTPUT',
          data: 'text/csv|a,b',
          encoding: 'CSV',
        },
      },
      eventMetadata: {
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        inferenceId: 'flight-7',
        inferenceTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
      eventVersion: '0',
    });
    const { endpointOutput } = second.captureData;
    expect([endpointOutput.encoding, Buffer.from(endpointOutput.data, 'base64').toString()]).toEqual(['BASE64', '0.5']);
  });

  test('publishes counts and latencies by endpoint and variant', async () => {
    await serving.invoke('e', '1');
    await serving.invoke('e', 'refuse');
    const of = (name: string) => serving.cloud.metrics.filter((one) => one.name === name);
    await until(() => of('Invocation4XXErrors').some(({ values }) => values?.includes(1)));
    const latency = of('ModelLatency')[0]!;
    expect(latency).toMatchObject({
      namespace: 'AWS/SageMaker',
      dimensions: { EndpointName: 'e', VariantName: 'AllTraffic' },
      unit: 'Microseconds',
    });
    expect(latency.values![0]).toBeGreaterThan(0);
    const sum = of('Invocations').reduce((total, { values }) => total + values!.length, 0);
    expect(sum).toBe(of('Invocation5XXErrors').reduce((total, { values }) => total + values!.length, 0));
  });

  test('a serverless endpoint takes less at a time, and 4 MB at most', async () => {
    serving.archive('slow', {
      'code/inference.py':
        'import time\ndef model_fn(d):\n    return 1\ndef transform_fn(m, b, c, a):\n    time.sleep(0.3)\n    return "done"\n',
    });
    await serving.config('slow', SERVERLESS);
    const shown = await serving.create('slow', 'slow');
    expect(shown.ProductionVariants[0].CurrentServerlessConfig).toEqual(SERVERLESS.ServerlessConfig);
    const both = await Promise.all([serving.invoke('slow', '1'), serving.invoke('slow', '2')]);
    expect(both.map(({ error }) => error).sort()).toEqual(['ThrottlingException', null]);
    expect((await serving.invoke('slow', 'x'.repeat(4 * 1024 * 1024 + 1))).error).toBe('ValidationError');
  });

  test('a serverless container installs its program below /tmp, and fails where it would install into the image', async () => {
    const { PIP_TARGET, PYTHONPATH, ...left } = SCRIPT_MODE;
    serving.archive('target', {
      'code/inference.py': 'def model_fn(d):\n    return 1\ndef transform_fn(m, b, c, a):\n    return "v"\n',
    });
    await serving.config('target', SERVERLESS, {}, { ...left, PIP_TARGET, PYTHONPATH });
    expect(await serving.create('target', 'target')).toMatchObject({ EndpointStatus: 'InService' });
    serving.archive('image', { 'code/inference.py': 'def model_fn(d):\n    return 1\n' });
    await serving.config('image', SERVERLESS, {}, left);
    const failed = await serving.create('image', 'image');
    expect(failed).toMatchObject({
      EndpointStatus: 'Failed',
      FailureReason: expect.stringContaining('did not pass the ping health check') as string,
    });
    const said = [...serving.cloud.logs].filter(([stream]) => stream.includes('/image:')).flatMap(([, lines]) => lines);
    expect(said.join('\n')).toContain(
      "[Errno 13] Permission denied: '/opt/venv/lib/python3/site-packages/inference.py'",
    );
  });

  test('algorithm mode loads every file, scores rows that are too short, and answers nothing to nothing', async () => {
    const model = modelJson();
    const shifted = model.toString().replace(/"base_score":"\[?[^"]*"/, '"base_score":"[9E-1]"');
    serving.archive('plain', {
      'model.json': model,
      '.hidden': 'no model',
      'code/inference.py': 'raise OSError("not read")',
    });
    serving.archive('pair', { 'model.json': model, 'second.json': shifted });
    serving.archive('stray', { 'model.json': model, 'notes.txt': 'no model' });
    for (const name of ['plain', 'pair', 'stray']) await serving.config(name, {}, {}, false);
    await serving.create('plain', 'plain');
    const short = await serving.invoke('plain', '360,1,0\n538,1,0');
    expect([short.status, short.text.trim().split('\n').map(Number).length]).toEqual([200, 2]);
    const empty = await serving.invoke('plain', '');
    expect([empty.status, empty.text]).toEqual([204, '']);
    const words = JSON.parse((await serving.invoke('plain', 'a,b,c')).text);
    expect(words.OriginalStatusCode).toBe(415);
    await serving.create('pair', 'pair');
    // The mean of two models, not the answer of one.
    const [alone, mean] = [short.text.split('\n')[0], (await serving.invoke('pair', '360,1,0')).text];
    expect(Number(mean)).toBeGreaterThan(Number(alone));
    const stray = await serving.create('stray', 'stray');
    expect(stray.EndpointStatus).toBe('Failed');
    expect(serving.logged('stray')).toContain('Model /opt/ml/model/notes.txt cannot be loaded');
  });
});
