/** The registry is asked again right before production, and what it says is told with the learner's own commands. */
import { stillApproved } from '../../../../labs/deployment/runtime/still-approved/handler';
import { stepCommand } from '../../../../labs/deployment/runtime/pipeline-action/command';
import type { Registry } from '../../../../labs/deployment/runtime/model/version';
import { arnOf, GROUP, job, refusal } from './pipeline-fixtures';

function registry(version: Awaited<ReturnType<Registry['describe']>>): Registry {
  return { approved: () => Promise.reject(new Error('it is told which one')), describe: async () => version };
}

const asked = job({ group: GROUP, modelPackageArn: arnOf(2) });
const VERSION = { ModelPackageVersion: 2, ModelPackageStatus: 'Completed' as const };

test('a version that is approved still goes on', async () => {
  const found = registry({ ...VERSION, ModelApprovalStatus: 'Approved' } as never);
  expect(await stillApproved(asked, found)).toEqual({ Version: '2' });
});

test.each([
  [
    'rejected meanwhile',
    { ...VERSION, ModelApprovalStatus: 'Rejected', ApprovalDescription: 'On second thoughts.' },
    /^Version 2 of \S+ is Rejected \(On second thoughts\.\)\. Only an approved version is released/,
  ],
  ['undecided again', { ...VERSION, ModelApprovalStatus: 'PendingManualApproval' }, /is PendingManualApproval\./],
  ['deleted', undefined, /\/2 does not exist: it was deleted/],
])('one that was %s does not', async (_what, version, says) => {
  expect(await refusal(stillApproved(asked, registry(version as never)))).toMatch(says);
});

describe('commands in messages', () => {
  afterEach(() => void delete process.env.LEARNER);

  test.each([
    [undefined, './lab step deployment source'],
    ['me', './lab step deployment source'],
    ['ana', './lab step deployment source --learner ana'],
  ])('for the learner %s', (learner, command) => {
    if (learner) process.env.LEARNER = learner;
    expect(stepCommand('source')).toBe(command);
  });

  test('a refusal of another learner’s release names that learner', async () => {
    process.env.LEARNER = 'ana';
    const elsewhere = job({ group: GROUP, modelPackageArn: arnOf(2, 'another') });
    expect(await refusal(stillApproved(elsewhere, registry(undefined)))).toContain(
      '(./lab step deployment source --learner ana)',
    );
  });
});
