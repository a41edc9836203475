/** A step that was broken off leaves its bad version approved: every other step sends the learner back to it. */
import {
  refuseFlawedVersion,
  withFlawedVersionNote,
  type ApprovedVersion,
} from '../../../../labs/deployment/release/approved-version';
import { approveRelease } from '../../../../labs/deployment/approval/approve';
import { fakeRun, GROUP, named, PLACE } from './fakes';

const picked = (practice?: string): ApprovedVersion =>
  ({
    version: practice ? { CustomerMetadataProperties: { practice } } : {},
    arn: `${GROUP}/4`,
    number: 4,
  }) as ApprovedVersion;
const { run } = fakeRun({});

test.each([
  ['broken', 'break'],
  ['worse', 'break'],
  ['thin', 'rollback'],
])('a %s version belongs to the step %s', (flaw, step) => {
  expect(() => refuseFlawedVersion(run, picked(flaw))).toThrow(`bad on purpose: the step ${step} made it`);
  const verdict = { done: false, saw: 'It failed.', next: './lab step deployment release' };
  expect(withFlawedVersionNote(run, picked(flaw), verdict)).toEqual({
    done: false,
    saw: `It failed. Version 4 is bad on purpose: the step ${step} made it, and is not over.`,
    next: `Go on with it: ./lab step deployment ${step} --target local`,
  });
});

test('a sound version is released and judged as ever', () => {
  const verdict = { done: true, saw: 'Fine.', next: 'on' };
  expect(() => refuseFlawedVersion(run, picked())).not.toThrow();
  expect(withFlawedVersionNote(run, picked(), verdict)).toBe(verdict);
});

describe('approving a release that waits', () => {
  const release = {
    id: 'exec-1',
    status: 'InProgress',
    started: new Date(0),
    trigger: 'test',
    requestedVersion: `${GROUP}/2`,
  };
  const smoke = { Auc: '0.77', Requests: '20', P50Ms: '9' };
  const at = { status: 'Succeeded', started: new Date(0), updated: new Date(0), message: '' };
  const seen = { release, actions: [{ ...at, stage: 'SmokeTest', action: 'SmokeTest', outputs: smoke }] };
  const waiting = {
    stageName: 'Approval',
    latestExecution: { pipelineExecutionId: 'exec-1' },
    actionStates: [{ actionName: 'Approve', latestExecution: { token: 'token' } }],
  };

  /** Approves it where the registry answers so. @returns what the pipeline was told, and what the learner is */
  async function approving(describe: () => object): Promise<{ given: object[]; said: string }> {
    const given: object[] = [];
    const { run } = fakeRun({
      GetPipelineState: () => ({ stageStates: [waiting] }),
      DescribeModelPackage: describe,
      PutApprovalResult: (input) => given.push(input),
    });
    try {
      await approveRelease(run, PLACE, seen, 'promote');
      return { given, said: '' };
    } catch (error) {
      const { message, why, next } = error as Error & { why: string; next: string };
      return { given, said: `${message} ${why} ${next}` };
    }
  }

  test('of a version that is approved', async () => {
    const { given, said } = await approving(() => ({ ModelApprovalStatus: 'Approved' }));
    expect(said).toBe('');
    expect(given).toMatchObject([{ token: 'token', result: { status: 'Approved' } }]);
  });

  test.each<[string, () => object, RegExp]>([
    [
      'rejected meanwhile',
      () => ({ ModelPackageVersion: 2, ModelApprovalStatus: 'Rejected', ApprovalDescription: 'No.' }),
      /^Version 2 is Rejected \("No\."\), and its release exec-1 waits.*stop-pipeline-execution .*exec-1 --abandon.*step deployment release/,
    ],
    [
      'deleted meanwhile',
      () => {
        throw named('ValidationException', 'ModelPackage does not exist.');
      },
      /\/2 is gone, and its release exec-1 waits/,
    ],
  ])('of one that was %s: nothing is approved', async (_what, describe, says) => {
    const { given, said } = await approving(describe);
    expect(said).toMatch(says);
    expect(given).toEqual([]);
  });
});
