/** What is switched on a moment ago tells nobody for a while: uploads and approvals that no event follows. */
import { awaitRelease } from '../../../../labs/deployment/release/start';
import { uploadSource } from '../../../../labs/deployment/source-package/upload';
import { fakeRun, GROUP, PLACE, type Operations } from './fakes';

const ARN = `${GROUP}/2`;

interface Begun {
  readonly id: string;
  readonly source?: string;
  readonly asked?: string;
}

/** A pipeline in which releases begin by events, and by hand. */
class Pipeline {
  readonly begun: Begun[] = [];
  readonly uploads: string[] = [];
  asked = 0;

  /** @param told from which upload on S3 tells of them */
  constructor(
    private readonly told: number,
    /** Questions for which the source of a new release is not known. */
    private readonly slow = 0,
  ) {}

  readonly operations: Operations = {
    PutObject: () => {
      const version = `v${this.uploads.length + 1}`;
      this.uploads.push(version);
      if (this.uploads.length >= this.told) this.begun.push({ id: `release-${version}`, source: version });
      return { VersionId: version };
    },
    ListPipelineExecutions: () => {
      this.asked += 1;
      return {
        pipelineExecutionSummaries: this.begun.map(({ id, source }) => ({
          pipelineExecutionId: id,
          startTime: new Date(0),
          trigger: { triggerType: 'CloudWatchEvent' },
          sourceRevisions: source && this.asked > this.slow ? [{ revisionId: source }] : [],
        })),
      };
    },
    GetPipelineExecution: ({ pipelineExecutionId }) => {
      const { asked } = this.begun.find(({ id }) => id === pipelineExecutionId)!;
      const variables = asked ? [{ name: 'ModelPackageArn', resolvedValue: asked }] : [];
      return { pipelineExecution: { status: 'InProgress', variables } };
    },
    ListActionExecutions: () => ({ actionExecutionDetails: [] }),
    StartPipelineExecution: () => {
      this.begun.push({ id: 'by-hand', asked: ARN });
      return { pipelineExecutionId: 'by-hand' };
    },
  };
}

test('an upload that is told starts its release, and is not repeated', async () => {
  const pipeline = new Pipeline(1);
  expect((await uploadSource(fakeRun(pipeline.operations).run, PLACE, 'zip', 'source')).id).toBe('release-v1');
  expect(pipeline.uploads).toEqual(['v1']);
});

test.each([2, 6])(
  'where S3 tells of the %dth upload first, the source is uploaded until then, and it is said',
  async (told) => {
    const pipeline = new Pipeline(told);
    const { run, said } = fakeRun(pipeline.operations);
    expect((await uploadSource(run, PLACE, 'zip', 'source')).source).toBe(`v${told}`);
    expect(pipeline.uploads).toHaveLength(told);
    expect(
      said.filter((line) => /begins about five minutes after a bucket was made.*Uploaded again/.test(line)),
    ).toHaveLength(told - 1);
  },
);

test('a release that has begun and does not know its source yet is waited for', async () => {
  const pipeline = new Pipeline(1, 40);
  expect((await uploadSource(fakeRun(pipeline.operations).run, PLACE, 'zip', 'source')).id).toBe('release-v1');
  expect(pipeline.uploads).toEqual(['v1']);
});

test('where S3 never tells, the advice starts the pipeline without it', async () => {
  const pipeline = new Pipeline(Infinity);
  const { run } = fakeRun(pipeline.operations);
  await expect(uploadSource(run, PLACE, 'zip', 'source')).rejects.toMatchObject({
    message: expect.stringContaining('15 minutes'),
    next: expect.stringMatching(
      /aws codepipeline start-pipeline-execution --name pipeline; then .*check deployment source/,
    ),
  });
});

test('an approval that no event follows is released by hand, once', async () => {
  const pipeline = new Pipeline(1);
  const { run, said } = fakeRun(pipeline.operations);
  expect((await awaitRelease(run, PLACE, ARN, 'release')).id).toBe('by-hand');
  expect(pipeline.begun).toHaveLength(1);
  expect(said).toContainEqual(expect.stringContaining('starting it by hand'));
});
