import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guideFor } from '../../../lib/course/guide';
import { LAB_IDS } from '../../../lib/course/names';

const ROOT = join(__dirname, '../../..');

test.each([
  ['a resource', 'stack `mla-labs-deployment-me--staging`', 'stack `mla-labs-deployment-ana--staging`'],
  ['a pipeline', '--pipeline-name mla-labs-deployment-me --max', '--pipeline-name mla-labs-deployment-ana --max'],
  ['a log group', '/mla-labs/data-prep/me/jobs/', '/mla-labs/data-prep/ana/jobs/'],
  ['a command', '`./lab step training data`', '`./lab step training data --learner ana`'],
  [
    'a command inside another',
    '$(./lab outputs training DataBucket)/x',
    '$(./lab outputs training DataBucket --learner ana)/x',
  ],
  [
    'a command before a comment',
    './lab up training --target local   # or',
    './lab up training --target local --learner ana   # or',
  ],
  [
    'a command with more of a shell',
    './lab env; x && ./lab down training | y',
    './lab env --learner ana; x && ./lab down training --learner ana | y',
  ],
  ['a command that has it', "./lab down --all --learner '*'", "./lab down --all --learner '*'"],
  ['a placeholder', './lab hint data-prep <step>` gives', './lab hint data-prep <step> --learner ana` gives'],
])('%s gets the learner', (_what, text, expected) => {
  expect(guideFor(text, 'ana', ' --learner ana')).toBe(expected);
});

test.each(['mla-labs-deployment-mean', 'for me/you', './lab guide training', './lab list', 'me'])(
  '%s is no name of a learner, or about none',
  (text) => {
    expect(guideFor(text, 'ana', ' --learner ana')).toBe(text);
  },
);

test('every option of the place is added once', () => {
  expect(guideFor('./lab check training --region eu-west-1', 'ana', ' --region eu-west-1 --learner ana')).toBe(
    './lab check training --region eu-west-1 --learner ana',
  );
});

test.each(LAB_IDS)('the guide of %s is as it stands for the learner me', (lab) => {
  const text = readFileSync(join(ROOT, 'labs', lab, 'README.md'), 'utf8');
  expect(guideFor(text, 'me', '')).toBe(text);
  expect(guideFor(text, 'ana', ' --learner ana')).not.toMatch(/mla-labs-[a-z-]+-me\b|\/me\//);
});
