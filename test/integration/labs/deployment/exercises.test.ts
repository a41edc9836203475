/** The learner's answers: read without believing, and refused without giving the answer away. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { answerFault, readAnswers, type Answers } from '../../../../labs/deployment/answers/break';
import { readDecision, type Decision } from '../../../../labs/deployment/answers/rollback';
import { figureFault, measuredFigures, sharesIn } from '../../../../labs/deployment/answers/figures';
import { figuresOn } from '../../../../labs/deployment/model/flights';
import { readBooster, flawedArchive } from '../../../../labs/deployment/model/archive';
import { testRows } from '../../../../labs/deployment/model/first-model';
import type { MeasuredVersion } from '../../../../labs/deployment/flawed-models/release';
import type { Booster } from '../../../../lib/flights/booster';
import { model } from '../../../unit/labs/deployment/pipeline-fixtures';

const FOLDER = resolve('labs/deployment');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** What the pipeline says, in both modes. */
const BROKEN = [
  'The model does not load: XGBoostError: Expecting digit. An endpoint of it would fail its health check and never get in service.',
  'The model does not load: Exponent part is missing a number in JSON at position 469399. An endpoint of it would fail its health check.',
];
const WORSE =
  'Staging answers, but not well: AUC 0.2449 on 1000 held-out flights, below the floor of 0.7119 (the version claims 0.7720). The release stops here; production is as it was. Reject the version.';

test('the solution answers what the pipeline says; the template answers nothing', () => {
  const solution = readAnswers(read('solutions/break.json')) as Answers;
  for (const reason of BROKEN) {
    expect(answerFault('broken', solution.broken, { stage: 'Verify', action: 'Verify', reason })).toBeUndefined();
  }
  const worse = { stage: 'SmokeTest', action: 'SmokeTest', reason: WORSE };
  expect(answerFault('worse', solution.worse, worse)).toBeUndefined();
  expect(readAnswers(read('exercises/break.json'))).toMatch(/broken: "" is no stage/);
  expect(readDecision(read('exercises/rollback.json'))).toMatch(/version is 0/);
  expect(readDecision(read('solutions/rollback.json'))).toMatchObject({ version: 1, parameter: 'ModelPackageArn' });
});

test('names are read as a person means them: case and spaces do not matter', () => {
  const reason = 'The model cannot be loaded.';
  expect(
    readAnswers(
      JSON.stringify({
        broken: { stage: ' verify ', action: 'VERIFY', reason },
        worse: { stage: 'Smoke test', action: 'smoketest', reason },
      }),
    ),
  ).toEqual({
    broken: { stage: 'Verify', action: 'Verify', reason },
    worse: { stage: 'SmokeTest', action: 'SmokeTest', reason },
  });
});

const stop = { stage: 'Verify', action: 'Verify', reason: BROKEN[0]! };

test.each([
  ['the model cannot be loaded', undefined],
  ['model.json is truncated', undefined],
  ['the AUC is far too low', /not for an AUC/],
  ['the template, the AUC, a quota and loading', /names 4 causes/],
])('for a model that does not load, %j', (reason, says) => {
  const fault = answerFault('broken', { stage: 'Verify', action: 'Verify', reason }, stop);
  if (says) expect(fault).toMatch(says);
  else expect(fault).toBeUndefined();
});

test('neither the right stage nor the right reason stands in a refusal', () => {
  const wrongStage = answerFault('broken', { stage: 'Staging', action: 'DeployStaging', reason: 'x' }, stop);
  expect(wrongStage).not.toMatch(/Verify/);
  const wrongReason = answerFault('broken', { stage: 'Verify', action: 'Verify', reason: 'its AUC is low' }, stop);
  expect(wrongReason).not.toMatch(/load/);
});

test.each<[string, RegExp]>([
  ['{', /no JSON/],
  ['null', /lacks broken/],
  ['[]', /lacks broken/],
  ['{"broken":"Verify"}', /lacks broken/],
  [
    '{"broken":{"stage":"Verify","action":"Build","reason":"it does not load"}}',
    /"Build" is no action.*Verify has Verify/,
  ],
  [
    '{"broken":{"stage":"production","action":"Deploy","reason":"it does not load"}}',
    /"Deploy" is no action.*Production has StillApproved and DeployProduction/,
  ],
  ['{"broken":{"stage":1,"action":"Verify","reason":"it does not load"}}', /1 is no stage/],
  ['{"broken":{"stage":"Verify","action":"Verify","reason":"load"}}', /"load" is too short.*10 characters/],
  ['{"broken":{"stage":"Verify","action":"Verify","reason":""}}', /the reason is missing/],
  ['not json\n', /^it is no JSON: .*"not json " is not valid JSON$/],
  ['{"broken":{"stage":"Verify","action":"Verify","reason":"because it is bad"}}', /does not say what failed/],
])('break.json with %s', (text, says) => {
  expect(readAnswers(text)).toMatch(says);
});

test.each<[string, RegExp]>([
  ['1', /version is undefined/],
  ['null', /version is undefined/],
  ['no', /no JSON/],
  ['{"version":"1"}', /version is "1"/],
  ['{"version":1.5}', /version is 1\.5/],
  ['{"version":1}', /parameter is missing/],
  ['{"version":1,"parameter":"ModelPackageArn","reason":"AUC 0.77"}', /has 8 characters.*10 to 1,000/],
  ['{"version":1,"parameter":"ModelPackageArn","reason":" "}', /the reason is missing/],
  ['{"version":1,"parameter":"ModelPackageArn","reason":"it is much worse"}', /names no figure/],
])('rollback.json with %s', (text, says) => {
  expect(readDecision(text)).toMatch(says);
});

describe('the figure in the reason of rollback.json', () => {
  const judged = (number: number, auc: number, testAuc: number, error: number): MeasuredVersion =>
    ({
      number,
      auc,
      version: { CustomerMetadataProperties: { testAuc: `${testAuc}`, testCalibrationError: `${error}` } },
    }) as unknown as MeasuredVersion;
  const measured = measuredFigures(judged(1, 0.7735, 0.7719, 0.0083), judged(4, 0.7282, 0.7251, 0.0712));

  test.each([
    'AUC 0.73 where it was 0.77.',
    'AUC 0,7251 instead of 0,7719',
    'An AUC of .728 on the smoke flights, version 1 has .774',
    'it is worse by 0.05',
    'AUC fell from 77 % to 73%',
    'Version 4 has three trees of 200: calibration error 0.07 on 1,000 flights at 10:05.',
  ])('%j is of what was measured', (reason) => expect(figureFault(reason, measured)).toBeUndefined());

  test.each<[string, RegExp]>([
    ['AUC 0.99 where it was 0.77.', /the reason says 0\.99, which is not within 0\.01 of anything that was measured/],
    ['AUC 0.70, before 0.80', /says 0\.70 and 0\.80/],
    ['AUC 0.715, before 0.77', /says 0\.715/],
    ['it has 3 trees', /names no figure that was measured/],
    ['version 4 was bad on 2026-11-01', /names no figure that was measured/],
    ['1,000 callers, 1.5 hours', /names no figure that was measured/],
    ['100 % of callers', /names no figure that was measured/],
  ])('%j is not', (reason, says) => {
    const fault = figureFault(reason, measured);
    expect(fault).toMatch(says);
    expect(fault).not.toMatch(/0\.77[13]|0\.72[58]/);
  });

  test('a figure is as near as the guide says, and no nearer', () => {
    expect(figureFault('AUC 0.51', [0.5])).toBeUndefined();
    expect(figureFault('AUC 0.511', [0.5])).toMatch(/0\.511/);
    expect(read('README.md').replace(/\s+/g, ' ')).toContain('within 0.01 of what was measured');
  });

  test('a version that claims nothing has nothing to be measured by', () => {
    const bare = { number: 2, version: {} } as unknown as MeasuredVersion;
    expect(measuredFigures(bare, bare)).toEqual([]);
  });

  test('the solution’s figures are those of the models that the step makes', () => {
    const figures = ['good', 'thin'].map((which) => {
      const { auc, calibrationError } = figuresOn(
        readBooster(which === 'thin' ? flawedArchive(model(), 'thin') : model()) as Booster,
        testRows(),
      );
      return judged(1, NaN, auc, calibrationError);
    });
    const { reason } = readDecision(read('solutions/rollback.json')) as Decision;
    expect(sharesIn(reason).map(({ said }) => said)).toEqual(['0.73', '0.07', '0.77', '0.01']);
    expect(figureFault(reason, measuredFigures(figures[0]!, figures[1]!))).toBeUndefined();
  });
});
