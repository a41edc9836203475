/** The checks of data, tune, evaluate, register, approve and rollback, against what learners do wrong. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { makeTarGz } from '../../../../lib/aws/archive';
import { dataPlan } from '../../../../lib/course/data-plan';
import { lab } from '../../../../labs/training/lab';
import { dataFolders } from '../../../../labs/training/data/copy';
import { auc, readRows } from '../../../../lib/flights/rows';
import { parseBooster, scoreTrees } from '../../../../lib/flights/booster';
import { FakeAccount, ROLE } from './fakeAccount';

async function told(account: FakeAccount, id: string): Promise<string> {
  const { done, saw, next } = await lab.steps.find((step) => step.id === id)!.check(account.run);
  return `${done ? 'done' : 'not done'}: ${saw} ${next}`;
}

let account: FakeAccount;
beforeEach(() => {
  account = new FakeAccount();
});

describe('data', () => {
  test('nothing there: every part is named', async () => {
    expect(await told(account, 'data')).toMatch(
      /^not done: s3:\/\/bucket\/data\/ lacks 8 parts of 8: .*step training data/,
    );
  });

  test('a stray file below data/: a training would read it too, so it has to go', async () => {
    for (const { file } of dataFolders()) account.put(file.key, '0\n');
    account.put('data/old/train.csv', '0\n');
    expect(await told(account, 'data')).toMatch(
      /^not done: There is more .*data\/old\/train\.csv.*aws s3 rm s3:\/\/bucket\/data\/old/,
    );
  });

  const row = ['1', ...dataPlan().features.map(() => '0.5')];
  test.each([
    ['too few rows', row.join(), /it has 1 row, the plan gives/],
    ['a column too few', row.slice(1).join(), /has \d+ columns instead of/],
    ['a text', row.with(3, 'NA').join(), /column 4: "NA" is no number/],
    ['a label that is none', row.with(0, '2').join(), /begins with "2", which is no label/],
    ['an empty file', '', /it has 0 rows/],
  ])('a part with %s is named with its fault', async (_what, text, says) => {
    for (const { file } of dataFolders()) account.put(file.key, `${text}\n`);
    expect(await told(account, 'data')).toMatch(says);
  });
});

describe('tune', () => {
  const searched = (values: readonly number[]): void =>
    values.forEach((value, i) => account.training(`search-00${i}-x`, value, { tuning: 'search' }));

  test('nothing searched', async () => {
    account.training('first', 0.75);
    expect(await told(account, 'tune')).toMatch(/^not done: No tuning job has used this lab’s role/);
  });

  test('a search that still runs', async () => {
    account.tuning('search', { HyperParameterTuningJobStatus: 'InProgress' });
    expect(await told(account, 'tune')).toMatch(/^not done: The tuning job search is InProgress.*check training tune/);
  });

  test('a search whose trainings all failed: the reason of one of them', async () => {
    account.tuning('search', {
      HyperParameterTuningJobStatus: 'Failed',
      TrainingJobStatusCounters: { NonRetryableError: 6 },
    });
    account.training('search-001-x', 0, {
      tuning: 'search',
      TrainingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: column 4',
    });
    expect(await told(account, 'tune')).toMatch(/^not done: .*with 0 completed trainings: AlgorithmError: column 4/);
  });

  const asked = {
    Strategy: 'Bayesian',
    HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'validation:auc' },
    ResourceLimits: { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 2 },
    TrainingJobEarlyStoppingType: 'Auto',
  };
  test.each([
    ['another strategy', { Strategy: 'Random' }, /its strategy is Random, not Bayesian/],
    [
      'the metric of the learnt flights',
      { HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'train:auc' } },
      /does not maximize validation:auc \(Maximize train:auc\)/,
    ],
    [
      'the wrong direction',
      { HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'validation:auc' } },
      /\(Minimize validation:auc\)/,
    ],
    [
      'too many trainings',
      { ResourceLimits: { MaxNumberOfTrainingJobs: 50, MaxParallelTrainingJobs: 2 } },
      /may train 50 times; at most 6/,
    ],
    [
      'all at once',
      { ResourceLimits: { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 6 } },
      /trains 6 at a time; 2/,
    ],
    ['no early stopping', { TrainingJobEarlyStoppingType: 'Off' }, /early stopping is off/],
  ])('%s is named', async (_what, change, says) => {
    account.training('first', 0.75);
    searched([0.76, 0.77]);
    account.tuning('search', { HyperParameterTuningJobConfig: { ...asked, ...change } });
    expect(await told(account, 'tune')).toMatch(says);
  });

  // SageMaker's console makes a list of definitions, each with its objective, even for one.
  test.each([
    ['validation:auc', /^done: .*0\.0200 gained/],
    ['train:auc', /does not maximize validation:auc \(Maximize train:auc\)/],
  ])('a search made in the console, for %s, is found and judged', async (MetricName, says) => {
    account.training('first', 0.75);
    searched([0.76, 0.77]);
    const { HyperParameterTuningJobObjective: _objective, ...config } = asked;
    account.tuning('search', {
      TrainingJobDefinition: undefined,
      TrainingJobDefinitions: [{ RoleArn: ROLE, TuningObjective: { Type: 'Maximize', MetricName } }],
      HyperParameterTuningJobConfig: config,
    });
    expect(await told(account, 'tune')).toMatch(says);
  });

  test('a search that found nothing better teaches the space', async () => {
    account.training('first', 0.75);
    searched([0.7, 0.74]);
    account.tuning('search');
    expect(await told(account, 'tune')).toMatch(
      /^not done: 2 searched models, validation:auc 0\.7000 to 0\.7400; the first model has 0\.7500.*Change the space/,
    );
  });

  test('a search that gained something is done, and says how much', async () => {
    account.training('first', 0.75);
    searched([0.76, 0.77]);
    account.tuning('search');
    expect(await told(account, 'tune')).toMatch(/^done: .*0\.0200 gained/);
  });
});

/** One question about the scheduled minute; the second model asks it a little later. */
const model = (minute: number): string =>
  JSON.stringify({
    learner: {
      feature_names: dataPlan().features.map(({ name }) => name),
      objective: { name: 'binary:logistic' },
      gradient_booster: {
        name: 'gbtree',
        model: {
          trees: [
            {
              left_children: [1, -1, -1],
              right_children: [2, -1, -1],
              split_indices: [0, 0, 0],
              split_conditions: [minute, -0.5, 0.5],
              default_left: [1, 0, 0],
            },
          ],
        },
      },
    },
  });

describe('evaluate', () => {
  const test_ = gunzipSync(readFileSync(join(lab.folder, '../../data/prepared/test.csv.gz')))
    .toString()
    .split('\n')
    .slice(0, 2000)
    .join('\n');
  const rows = readRows([{ name: 'test', text: test_ }], dataPlan().features.length);
  const own = (minute: number): number => auc(rows.labels, scoreTrees(parseBooster(model(minute)), rows));
  const months = Object.fromEntries(
    ['2013-06', '2013-07', '2013-08', '2013-09', '2013-10'].map((m) => [m, { auc: 0.7 }]),
  );
  const REPORT = '<svg/> ROC Calibration Feature importance AUC by month';

  beforeEach(() => {
    account.put('data/test/test.csv', test_);
    account.training('first', 0.75);
    account.training('search-001-x', 0.77, { tuning: 'search' });
    account.training('search-002-x', 0.76, { tuning: 'search' });
    for (const [name, minute] of [
      ['first', 900],
      ['search-001-x', 960],
      ['search-002-x', 960],
    ] as const) {
      const files = { 'model.json': model(minute), 'code/inference.py': 'pass' };
      account.put(
        `models/${name}/output/model.tar.gz`,
        makeTarGz(Object.entries(files).map(([file, content]) => ({ name: file, content: Buffer.from(content) }))),
      );
    }
  });

  const leave = (
    candidate = 'search-001-x',
    change: { auc?: number; rows?: number; months?: object; report?: string } = {},
  ): void => {
    account.evaluation('eval', { baseline: 'first', candidate });
    const figures = (minute: number): object => ({
      auc: own(minute),
      rows: rows.rows,
      byMonth: change.months ?? months,
    });
    const models = {
      baseline: figures(900),
      candidate: { ...figures(960), ...(change.auc && { auc: change.auc }), ...(change.rows && { rows: change.rows }) },
      logistic: { auc: 0.72 },
    };
    account.put('evaluation/eval/evaluation.json', JSON.stringify({ models }));
    account.put('evaluation/eval/report.html', change.report ?? REPORT);
  };

  test('nothing evaluated', async () => {
    expect(await told(account, 'evaluate')).toMatch(
      /^not done: No Processing job with this lab’s role has scored models/,
    );
  });

  test('an evaluation that failed gives its reason', async () => {
    account.evaluation(
      'eval',
      { baseline: 'first', candidate: 'search-001-x' },
      { ProcessingJobStatus: 'Failed', ExitMessage: 'no rows in test' },
    );
    expect(await told(account, 'evaluate')).toMatch(
      /^not done: The processing job eval ended as Failed .*no rows in test/,
    );
  });

  test('the worse model of the search: named with both of its figures', async () => {
    leave('search-002-x');
    expect(await told(account, 'evaluate')).toMatch(
      /^not done: You chose search-002-x: train:auc 0\.8100, validation:auc 0\.7600. Another job/,
    );
  });

  test('a first model that was trained since: the evaluation is about an old one', async () => {
    leave();
    account.training('first-again', 0.751);
    expect(await told(account, 'evaluate')).toMatch(
      /^not done: eval did not score the newest first model, first-again/,
    );
  });

  test.each([
    ['an AUC that the model does not have', { auc: 0.95 }, /says AUC 0\.95 .* scored here/],
    ['fewer flights than there are', { rows: 10 }, /on 10 flights for candidate; scored here/],
    ['months left out', { months: { '2013-06': { auc: 0.7 } } }, /lacks the months .*2013-07/],
    ['a report without its pictures', { report: 'ROC' }, /The report of eval lacks/],
  ])('%s is not believed', async (_what, change, says) => {
    leave(undefined, change);
    expect(await told(account, 'evaluate')).toMatch(says);
    expect(await told(account, 'evaluate')).toMatch(/^not done/);
  });

  test('the better model, scored as it can: done', async () => {
    leave();
    expect(await told(account, 'evaluate')).toMatch(
      /^done: AUC on the test slice, computed again here: baseline 0\.\d{4}, candidate/,
    );
  });
});

describe('register', () => {
  beforeEach(() => {
    account.training('job-1', 0.75);
    account.training('job-2', 0.77, { tuning: 'search' });
    account.evaluation('eval', { baseline: 'job-1', candidate: 'job-2' });
    account.put(
      'evaluation/eval/evaluation.json',
      JSON.stringify({ models: { baseline: { auc: 0.75 }, candidate: { auc: 0.77 } } }),
    );
    account.version(1);
  });

  test('one of two', async () => {
    expect(await told(account, 'register')).toMatch(
      /^not done: The group group has 1 versions; not among them: candidate/,
    );
  });

  const container = (change: object): object => ({
    InferenceSpecification: {
      Containers: [
        {
          ...(new FakeAccount().version(2).InferenceSpecification as { Containers: object[] }).Containers[0],
          ...change,
        },
      ],
    },
  });
  test.each<[string, object, RegExp]>([
    ['another image', container({ Image: 'mine:1' }), /has the image mine:1, expected/],
    ['no serving script', container({ Environment: {} }), /lacks SAGEMAKER_PROGRAM=inference\.py/],
    ['no lineage', { CustomerMetadataProperties: { job: 'job-2' } }, /does not say its codeSha256, dataVersion/],
    ['no figures', { ModelMetrics: undefined }, /has no quality report/],
    ['figures of another evaluation', { auc: 0.9 }, /says AUC 0\.9, the evaluation 0\.77/],
  ])('a version with %s: named, with the command that removes it', async (_what, change, says) => {
    account.version(2, { auc: 0.77, ...change });
    const said = await told(account, 'register');
    expect(said).toMatch(says);
    expect(said).toMatch(
      /^not done: Version 2 \(candidate\).*delete-model-package --model-package-name arn:aws:sagemaker/,
    );
  });

  test('both, complete: done', async () => {
    account.version(2, { auc: 0.77 });
    expect(await told(account, 'register')).toMatch(
      /^done: version 1 is baseline \(job-1\), version 2 is candidate \(job-2\)/,
    );
  });
});

describe('approve', () => {
  const WHY = { ApprovalDescription: 'AUC 0.77, calibration error 0.01' };
  const decided = (one: string, two: string, figures: { auc?: number; calibrationError?: number } = {}): void => {
    account.version(1, { auc: 0.75, status: one, ...WHY });
    account.version(2, { auc: 0.77, status: two, ...figures, ...WHY });
  };

  test.each<[string, () => void, RegExp]>([
    ['one version', () => account.version(1), /has 1 versions with figures; two are needed/],
    ['a version that waits', () => decided('Rejected', 'PendingManualApproval'), /1 of 2 versions wait for a decision/],
    [
      'the one with the lower AUC',
      () => decided('Approved', 'Rejected'),
      /By the rule of the guide it should be another one/,
    ],
    [
      'the one with the higher AUC that is badly calibrated',
      () => decided('Rejected', 'Approved', { calibrationError: 0.05 }),
      /By the rule of the guide it should be another one/,
    ],
    ['both', () => decided('Approved', 'Approved'), /2 versions are approved. A consumer takes the newest/],
    ['both rejected', () => decided('Rejected', 'Rejected'), /Approved: none/],
    [
      'no well calibrated one',
      () => {
        account.version(1, { calibrationError: 0.03 });
        account.version(2, { calibrationError: 0.05 });
      },
      /No version is well calibrated/,
    ],
  ])('%s: not done, and it says why', async (_what, make, says) => {
    make();
    const said = await told(account, 'approve');
    expect(said).toMatch(says);
    expect(said).toMatch(/^not done/);
  });

  test('a decision without a reason', async () => {
    account.version(1, { status: 'Rejected', ApprovalDescription: 'bad' });
    account.version(2, { auc: 0.77, status: 'Approved', ...WHY });
    expect(await told(account, 'approve')).toMatch(/^not done: Version 1 is Rejected without a reason/);
  });

  test.each([
    ['the higher AUC', () => decided('Rejected', 'Approved')],
    [
      'the lower AUC, where the other is badly calibrated',
      () => decided('Approved', 'Rejected', { calibrationError: 0.05 }),
    ],
  ])('%s by the rule: done', async (_what, make) => {
    make();
    expect(await told(account, 'approve')).toMatch(/^done: Version \d is approved/);
  });
});

describe('rollback: what a consumer would pick now', () => {
  const make = (one: string, two: string, why = 'Rolled back: errors rose.'): void => {
    account.version(1, { status: one, ApprovalDescription: 'In use again, 0.75' });
    account.version(2, { status: two, ApprovalDescription: why });
  };

  test.each<[string, () => void, RegExp]>([
    [
      'nothing approved yet',
      () => make('Rejected', 'PendingManualApproval'),
      /No version is approved.*step training approve/,
    ],
    [
      'the newer one still in use',
      () => make('Rejected', 'Approved'),
      /A consumer takes version 2 .*No newer version was rolled back/,
    ],
    [
      'the older one approved again, and the newer one too',
      () => make('Approved', 'Approved'),
      /so is 2, and a consumer takes the newest: 2/,
    ],
    [
      'the newer one rejected, and nothing approved',
      () => make('Rejected', 'Rejected'),
      /No version is approved: a consumer would find nothing\. Approve the earlier one/,
    ],
    [
      'the newer one rejected, without saying that it was rolled back',
      () => make('Approved', 'Rejected', 'It was never any good, 0.7'),
      /No newer version was rolled back/,
    ],
  ])('%s: not done', async (_what, prepare, says) => {
    prepare();
    const said = await told(account, 'rollback');
    expect(said).toMatch(says);
    expect(said).toMatch(/^not done/);
  });

  test('the older one approved, the newer one rejected with its reason: done', async () => {
    make('Approved', 'Rejected');
    expect(await told(account, 'rollback')).toMatch(/^done: .* takes 1; version 2 is rejected: "Rolled back:/);
  });
});
