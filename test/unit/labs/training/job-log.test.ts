/** What a learner is told of a job that failed, where SageMaker names its command and nothing more. */
import { logCommand, reasonWithWords } from '../../../../lib/aws/job-log';
import type { LabRun } from '../../../../lib/course/run';
import { requireJobSuccess } from '../../../../labs/training/jobs/guards';
import type { LabResources } from '../../../../labs/training/resources';

/** As the XGBoost image writes it: https://github.com/aws/amazon-sagemaker-examples/issues/1705 */
const REASON =
  'AlgorithmError: ExecuteUserScriptError:\nCommand "/opt/venv/bin/python3 -m train --eta 0.3 --max_depth 4 --num_round 60 --seed 2013 --early_stopping_rounds 10", exit code: 1';
const PLACE = { bucket: 'bucket' } as LabResources;
const JOB = { by: 'training', name: 'mla-train-me--0abcde' } as const;

/** @param streams lines by the names of the log's streams; without any, the log cannot be read */
function runWith(streams?: Readonly<Record<string, readonly string[]>>): LabRun {
  const send = async (command: { input: { logStreamName?: string; logStreamNamePrefix?: string } }) => {
    if (streams === undefined) throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const { logStreamName, logStreamNamePrefix } = command.input;
    if (logStreamName !== undefined) return { events: streams[logStreamName]!.map((message) => ({ message })) };
    const names = Object.keys(streams).filter((name) => name.startsWith(logStreamNamePrefix!));
    return { logStreams: names.map((name) => ({ logStreamName: name })) };
  };
  return { lab: 'training', learner: 'me', target: 'aws', clients: { logs: { send } } } as unknown as LabRun;
}

const LINES = [
  'Invoking user training script.',
  'Nothing was trained. The file train.csv of the channel train, line 8, column temp: morning is no number.',
  '2026-11-24 04:00:00,000 sagemaker-containers ERROR    ExecuteUserScriptError:',
  'Command "/opt/venv/bin/python3 -m train"',
];

test('the last line of the script, before what the container says after its end', async () => {
  const told = await reasonWithWords(runWith({ [`${JOB.name}/algo-1-1`]: LINES }), JOB, REASON);
  expect(told).toMatch(/^Nothing was trained\. .*line 8.* \(the last line of its log; SageMaker says no more than:/);
  expect(told).toContain('AlgorithmError: ExecuteUserScriptError: Command "/opt/venv/bin/python3 -m train');
  expect(told).not.toContain('\n');
});

test('a job that spot capacity was taken from has several streams: the latest counts, and no neighbour’s', async () => {
  const streams = {
    [`${JOB.name}/algo-1-1`]: ['[3] train-auc:0.7'],
    [`${JOB.name}/algo-1-2`]: LINES,
    [`${JOB.name}x/algo-1-3`]: ['another job'],
  };
  expect(await reasonWithWords(runWith(streams), JOB, REASON)).toMatch(/^Nothing was trained/);
});

test.each([
  ['the log cannot be read', undefined],
  ['there is no log yet', {}],
  ['the script said nothing', { [`${JOB.name}/algo-1-1`]: LINES.slice(2) }],
])('%s: the reason stays as it is', async (_what, streams) => {
  expect(await reasonWithWords(runWith(streams), JOB, REASON)).toBe(REASON);
});

test('a reason that says something is not added to', async () => {
  const run = runWith({ [`${JOB.name}/algo-1-1`]: LINES });
  const reason = 'ClientError: Data download failed';
  expect(await reasonWithWords(run, JOB, reason)).toBe(reason);
  expect(await reasonWithWords(run, JOB, undefined)).toBeUndefined();
});

test('the step says the script’s words, and shows the log with what both versions of the AWS CLI have', async () => {
  const run = runWith({ [`${JOB.name}/algo-1-1`]: LINES });
  await expect(
    requireJobSuccess(run, PLACE, 'train', { ...JOB, status: 'Failed', reason: REASON }),
  ).rejects.toMatchObject({
    message: `The training job ${JOB.name} ended as Failed.`,
    why: expect.stringMatching(/^Nothing was trained/) as string,
    next: expect.stringContaining('aws logs filter-log-events --log-group-name /aws/sagemaker/TrainingJobs') as string,
  });
  expect(logCommand({ by: 'processing', name: 'a' })).toContain('--log-stream-name-prefix a/ ');
});

test('no machine free is no failure of the script: try again', async () => {
  const reason = 'CapacityError: Unable to provision requested ML compute capacity.';
  await expect(
    requireJobSuccess(runWith(), PLACE, 'train', { ...JOB, status: 'Failed', reason }),
  ).rejects.toMatchObject({
    message: `AWS had no machine free for the training job ${JOB.name}.`,
    next: expect.stringContaining('again in some minutes') as string,
  });
});
