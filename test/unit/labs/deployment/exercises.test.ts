/** The learner's answers: read without believing, and refused without giving the answer away. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { answerFault, readAnswers, type Answers } from '../../../../labs/deployment/shared/answers';
import { readDecision } from '../../../../labs/deployment/shared/decision';

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
