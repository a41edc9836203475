/** The check of the step train, against jobs that claim more than they did. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { makeTarGz } from '../../../../lib/aws/archive';
import { dataPlan } from '../../../../lib/course/data-plan';
import type { LabRun } from '../../../../lib/course/run';
import { lab } from '../../../../labs/training/lab';
import { auc, readRows } from '../../../../lib/flights/rows';
import { parseBooster, scoreTrees } from '../../../../lib/flights/booster';
import { checkTrain } from '../../../../labs/training/steps/train-check';

const FEATURES = dataPlan().features.map(({ name }) => name);
const ROLE = 'arn:aws:iam::123456789012:role/train';
const MODEL = 'models/job/output/model.tar.gz';
const LINES = gunzipSync(readFileSync(join(lab.folder, '../../data/prepared/validation.csv.gz')))
  .toString()
  .trim()
  .split('\n')
  .filter((_line, i) => i % 8 === 0);

/** One question about the scheduled minute: later flights are late more often. */
const STUMP = {
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  split_indices: [0, 0, 0],
  split_conditions: [900, -0.5, 0.5],
  default_left: [1, 0, 0],
};
const MODEL_JSON = JSON.stringify({
  learner: {
    feature_names: FEATURES,
    objective: { name: 'binary:logistic' },
    gradient_booster: { name: 'gbtree', model: { trees: [STUMP] } },
  },
});

/** A bucket and one training job, as a completed step leaves them. */
class Place {
  objects = new Map<string, Buffer>();
  modified = new Date('2026-11-01T10:00:00Z');
  job: Record<string, unknown> | undefined;

  constructor(lines: readonly string[] = LINES) {
    const text = Buffer.from(`${lines.join('\n')}\n`);
    this.objects.set('data/train/a', text);
    this.objects.set('data/validation/a', text);
    this.model({ 'model.json': MODEL_JSON, 'code/inference.py': 'pass' });
    const rows = readRows([{ name: 'a', text: text.toString() }], FEATURES.length);
    this.job = this.completed(auc(rows.labels, scoreTrees(parseBooster(MODEL_JSON), rows)));
  }

  model(files: Record<string, string>): void {
    const all = Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) }));
    this.objects.set(MODEL, makeTarGz(all));
  }

  completed(value: number): Record<string, unknown> {
    const channel = (ChannelName: string): object => ({
      ChannelName,
      DataSource: { S3DataSource: { S3Uri: `s3://bucket/data/${ChannelName}/` } },
    });
    return {
      TrainingJobName: 'job',
      TrainingJobArn: 'arn:job',
      TrainingJobStatus: 'Completed',
      RoleArn: ROLE,
      CreationTime: new Date('2026-11-01T11:00:00Z'),
      InputDataConfig: [channel('train'), channel('validation')],
      ModelArtifacts: { S3ModelArtifacts: `s3://bucket/${MODEL}` },
      FinalMetricDataList: [{ MetricName: 'validation:auc', Value: value }],
    };
  }

  get run(): LabRun {
    const send = async (command: { readonly input: Record<string, string> }): Promise<unknown> => {
      const { input } = command;
      switch (command.constructor.name) {
        case 'ListTrainingJobsCommand':
          return { TrainingJobSummaries: this.job ? [{ TrainingJobName: 'job' }] : [] };
        case 'DescribeTrainingJobCommand':
          return this.job;
        case 'ListProcessingJobsCommand':
          return {};
        case 'ListObjectsV2Command':
          return {
            Contents: [...this.objects]
              .filter(([key]) => key.startsWith(input.Prefix ?? ''))
              .map(([Key, body]) => ({ Key, Size: body.length, ETag: 'e', LastModified: this.modified })),
          };
        case 'GetObjectCommand':
          return { Body: { transformToByteArray: async () => this.objects.get(input.Key!) } };
        default:
          throw new Error(`The fake lacks ${command.constructor.name}.`);
      }
    };
    return {
      lab: 'training',
      learner: 'me',
      target: 'local',
      account: '123456789012',
      region: 'us-east-1',
      stackName: 'MlaLabs-Training',
      outputs: { DataBucket: 'bucket', TrainRole: ROLE, ModelPackageGroup: 'group' },
      modes: { compute: 'training', spot: 'off' },
      clients: { s3: { send }, sagemaker: { send }, pollMs: 0 },
      progress: () => undefined,
    } as unknown as LabRun;
  }

  async saw(): Promise<string> {
    const { done, saw } = await checkTrain(this.run);
    return `${done ? 'done' : 'not done'}: ${saw}`;
  }
}

/** The same flights with labels that belong to others. */
function shuffled(): string[] {
  const labels = LINES.map((line) => line[0]!);
  let state = 7;
  for (let i = labels.length - 1; i > 0; i -= 1) {
    state = (state * 48271) % 2147483647;
    const j = state % (i + 1);
    [labels[i], labels[j]] = [labels[j]!, labels[i]!];
  }
  return LINES.map((line, i) => labels[i]! + line.slice(1));
}

test('nothing was trained: not done', async () => {
  const place = new Place();
  place.job = undefined;
  expect(await place.saw()).toContain('not done: No job with this lab’s role');
});

test('a job of somebody else’s role does not count', async () => {
  const place = new Place();
  place.job = { ...place.job, RoleArn: 'arn:aws:iam::123456789012:role/theirs' };
  expect(await place.saw()).toContain('not done: No job with this lab’s role');
});

test('labels of other flights: hardly better than chance, and refused though the job tells the truth', async () => {
  const said = await new Place(shuffled()).saw();
  expect(said).toMatch(/^not done: A logistic regression .* hardly better than chance: are the labels those/);
});

test('a model that does not beat the logistic regression is refused', async () => {
  const said = await new Place().saw();
  expect(said).toMatch(/^not done: A logistic regression on the same rows has AUC 0\.7/);
  expect(said).not.toContain('chance');
});

test('a job that claims more than its model can is refused', async () => {
  const place = new Place();
  place.job = place.completed(0.9);
  expect(await place.saw()).toMatch(/^not done: The job says validation:auc 0\.9000, but scored here on the 2,538/);
});

test('a job whose figure is lower than its model’s is not accused of anything: SageMaker may show an average', async () => {
  const place = new Place();
  place.job = place.completed(0.51);
  // Its one question is no match for the logistic regression; that is said, and not that the job claims too much.
  expect(await place.saw()).toMatch(/^not done: A logistic regression on the same rows/);
});

test('a job whose metric is not there yet is told to be looked at again, and its script is not blamed', async () => {
  const place = new Place();
  place.job = { ...place.job, FinalMetricDataList: undefined };
  expect(await place.saw()).toMatch(/^not done: SageMaker shows no validation:auc of job; .*may take a minute/);
});

test('data that changed after the job: not done', async () => {
  const place = new Place();
  place.modified = new Date('2026-11-01T12:00:00Z');
  expect(await place.saw()).toContain('began before the data changed');
});

test('a job on other data: not done', async () => {
  const place = new Place();
  const elsewhere = { ChannelName: 'train', DataSource: { S3DataSource: { S3Uri: 's3://other/' } } };
  place.job = { ...place.job, InputDataConfig: [elsewhere] };
  expect(await place.saw()).toContain('read train from s3://other/, expected s3://bucket/data/train/');
});

test.each([
  ['without a model', { 'code/inference.py': '' }, 'model.tar.gz has no model.json, but code/inference.py'],
  ['without serving code', { 'model.json': MODEL_JSON }, 'has no code/inference.py'],
  ['with another model', { 'model.json': '{}', 'code/inference.py': '' }, 'its objective is missing'],
  ['that is no JSON', { 'model.json': 'pickled', 'code/inference.py': '' }, 'JSON'],
])('an archive %s is refused', async (_what, files, said) => {
  const place = new Place();
  place.model(files as Record<string, string>);
  expect(await place.saw()).toContain(said);
});

test('a job that failed gives SageMaker’s reason', async () => {
  const place = new Place();
  place.job = { ...place.job, TrainingJobStatus: 'Failed', FailureReason: 'AlgorithmError: column distance' };
  expect(await place.saw()).toBe('not done: The training job job ended as Failed: AlgorithmError: column distance');
});
