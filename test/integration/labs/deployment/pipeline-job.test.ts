import { zipSync } from 'fflate';
import { requireFile, unzipSource } from '../../../../labs/deployment/runtime/pipeline-action/artifact';
import {
  runJob,
  jobParameter,
  type JobReporter,
  type JobEvent,
} from '../../../../labs/deployment/runtime/pipeline-action/job';
import { ReleaseError } from '../../../../labs/deployment/runtime/pipeline-action/release-error';
import { readSample } from '../../../../labs/deployment/runtime/model/sample';
import { sourceFiles, sourceZip } from '../../../../labs/deployment/source-package/zip';
import { job, source } from '../../../unit/labs/deployment/pipeline-fixtures';

const event = (UserParameters?: string): JobEvent => ({
  'CodePipeline.job': {
    id: 'job-1',
    data: {
      actionConfiguration: { configuration: { UserParameters } },
      inputArtifacts: [],
      artifactCredentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' },
    },
  },
});
const context = { getRemainingTimeInMillis: () => 60_000 };

/** What the pipeline was told. */
function listener(): JobReporter & { told: unknown[] } {
  const told: unknown[] = [];
  return {
    told,
    succeeded: async (id, variables) => void told.push([id, 'succeeded', variables]),
    failed: async (id, message) => void told.push([id, 'failed', message]),
  };
}

describe('a job', () => {
  beforeEach(() => {
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => jest.restoreAllMocks());

  test('that is done is answered once, with its variables', async () => {
    const pipeline = listener();
    await runJob(event('{"a":"b"}'), context, async (given) => ({ A: jobParameter(given, 'a') }), pipeline);
    expect(pipeline.told).toEqual([['job-1', 'succeeded', { A: 'b' }]]);
  });

  test('that is refused fails with the reason alone', async () => {
    const pipeline = listener();
    await runJob(event('{}'), context, async () => Promise.reject(new ReleaseError('No.')), pipeline);
    expect(pipeline.told).toEqual([['job-1', 'failed', 'No.']]);
  });

  test('that breaks fails with the error’s name, and within what CodePipeline takes', async () => {
    const pipeline = listener();
    const broken = Object.assign(new Error('x'.repeat(9000)), { name: 'AccessDenied' });
    await runJob(event('{}'), context, async () => Promise.reject(broken), pipeline);
    const [, , message] = pipeline.told[0] as [string, string, string];
    expect(message).toMatch(/^AccessDenied: xxx/);
    expect(message).toHaveLength(5000);
  });

  test.each([undefined, 'no json', '"text"', 'null'])('with the parameters %s fails and says so', async (text) => {
    const pipeline = listener();
    await runJob(event(text), context, async () => ({}), pipeline);
    expect(pipeline.told).toEqual([['job-1', 'failed', expect.stringContaining('no JSON object')]]);
  });

  test('that a variable left empty names it', () => {
    expect(() => jobParameter(job({ arn: '' }), 'arn')).toThrow('have no arn');
  });

  test('whose answer does not get through lets the function fail, and is not answered twice', async () => {
    const pipeline = { ...listener(), succeeded: () => Promise.reject(new Error('throttled')) };
    await expect(runJob(event('{}'), context, async () => ({}), pipeline)).rejects.toThrow('throttled');
    expect(pipeline.told).toEqual([]);
  });
});

describe('the source package', () => {
  test('is the same to the byte each time, and holds what the build runs', () => {
    expect(sourceZip().equals(sourceZip())).toBe(true);
    expect(Object.keys(sourceFiles())).toEqual(
      expect.arrayContaining([
        'buildspec.yml',
        'endpoint.template.yaml',
        'verify.py',
        'requirements.txt',
        'tests/flights.csv',
      ]),
    );
    expect(Object.keys(sourceFiles()).filter((name) => /pycache|\.pyc/.test(name))).toEqual([]);
  });

  test('is read as it was written', () => {
    const files = unzipSource(sourceZip());
    expect(Object.fromEntries(files)).toEqual(sourceFiles());
  });

  test('that is no zip is refused with what to do', () => {
    expect(() => unzipSource(Buffer.from('hello'))).toThrow(/cannot be read as a zip.*step deployment source/);
  });

  test('that is a bomb is refused before it is unpacked', () => {
    const bomb = zipSync({ 'a.bin': new Uint8Array(70 * 1024 * 1024) }, { level: 9 });
    expect(() => unzipSource(bomb)).toThrow(/holds more than/);
  });

  test('zipped with its folder says what it has at its root', () => {
    const nested = unzipSource(zipSync({ 'source/endpoint.template.yaml': new Uint8Array(1) }));
    expect(() => requireFile(nested, 'endpoint.template.yaml')).toThrow(
      /it has source\/endpoint.template.yaml\. Zip the files/,
    );
  });

  test.each([
    ['no flights', undefined, /has no tests\/flights.csv/],
    ['too few flights', '1,2,3\n', /holds 1 flights; fewer than 500/],
    ['words for numbers', '1,two\n'.repeat(600), /"two" is no number/],
  ])('with %s is refused', (_what, text, said) => {
    expect(() => readSample(source({ 'tests/flights.csv': text }))).toThrow(said);
  });
});
