/** A version that was approved a moment ago: its release is listed seconds later, and steps wait for it; checks do not. */
import { releasedVersionOrVerdict, requireReleased } from '../../../../labs/deployment/release/approved-version';
import { fakeRun, GROUP, PLACE, type Operations } from './fakes';

const ARN = `${GROUP}/1`;

/** A registry with one version, whose release is listed from a question on. */
function listedAt(question: number, status = 'Approved'): Operations {
  let asked = 0;
  const version = { ModelPackageArn: ARN, ModelPackageVersion: 1, ModelApprovalStatus: status };
  return {
    ListModelPackages: () => ({ ModelPackageSummaryList: [version] }),
    DescribeModelPackage: () => version,
    ListPipelineExecutions: () => {
      asked += 1;
      const summary = { pipelineExecutionId: 'one', startTime: new Date(0), trigger: {} };
      return { pipelineExecutionSummaries: asked < question ? [] : [summary] };
    },
    GetPipelineExecution: () => ({
      pipelineExecution: { status: 'InProgress', variables: [{ name: 'ModelPackageArn', resolvedValue: ARN }] },
    }),
  };
}

test.each([1, 2, 5])('a release that the list shows at question %d is waited for', async (question) => {
  const { run } = fakeRun(listedAt(question));
  expect((await requireReleased(run, PLACE)).release.id).toBe('one');
});

test('one that never comes is named, with the step that starts it', async () => {
  const { run } = fakeRun(listedAt(100));
  await expect(requireReleased(run, PLACE)).rejects.toMatchObject({
    message: 'Version 1 is approved, and no release of it has begun.',
    next: expect.stringContaining('step deployment release'),
  });
});

test('nothing approved is said at once', async () => {
  const { run, said } = fakeRun(listedAt(100, 'PendingManualApproval'));
  await expect(requireReleased(run, PLACE)).rejects.toMatchObject({
    message: expect.stringMatching(/^No version of .* is approved\.$/),
  });
  expect(said).toEqual([]);
});

test('a check does not wait', async () => {
  const { run, said } = fakeRun(listedAt(2));
  expect(await releasedVersionOrVerdict(run, PLACE)).toMatchObject({
    done: false,
    saw: 'Version 1 is approved, and no release of it has begun.',
  });
  expect(said).toEqual([]);
});
