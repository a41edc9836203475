/** Training on spot capacity, and a lease that is over while versions and a running job stand. */
import {
  CreateTrainingJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  ListHyperParameterTuningJobsCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { makeTarGz } from '../../lib/aws/archive';
import { putObject } from '../../lib/aws/s3';
import { resourcesOf } from '../../labs/training/resources';
import { uploadCode } from '../../labs/training/jobs/code';
import { trainingRequest } from '../../labs/training/jobs/requests';
import { Lease } from './lease';
import { Stage } from './stage';
import { until } from './until';

/** What SageMaker lets a job without checkpoints wait at most. https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html */
const MOST_WAIT_WITHOUT_CHECKPOINTS = 3600;

let stage: Stage;
let before: readonly string[];
beforeAll(async () => {
  stage = await Stage.open('training');
  before = await stage.target.inventory();
  await stage.up('me', { spot: 'on' });
  await stage.act('data');
});
afterAll(() => stage?.close());

test('--spot on: the first training is a managed spot training, with a wait that SageMaker takes', async () => {
  await stage.act('train');
  expect(await stage.check('train')).toMatchObject({ done: true });
  const { sagemaker } = stage.target.clients;
  const { TrainingJobSummaries } = await sagemaker.send(new ListTrainingJobsCommand({}));
  const TrainingJobName = TrainingJobSummaries![0]!.TrainingJobName;
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
  expect(job).toMatchObject({ TrainingJobStatus: 'Completed', EnableManagedSpotTraining: true });
  const { MaxRuntimeInSeconds = 0, MaxWaitTimeInSeconds = 0 } = job.StoppingCondition!;
  expect(MaxWaitTimeInSeconds).toBeGreaterThanOrEqual(MaxRuntimeInSeconds);
  expect(job.CheckpointConfig).toBeUndefined();
  expect(MaxWaitTimeInSeconds).toBeLessThanOrEqual(MOST_WAIT_WITHOUT_CHECKPOINTS);
  // Nobody takes a machine away here: the whole time counts.
  expect(job.BillableTimeInSeconds).toBe(job.TrainingTimeInSeconds);
});

test('--spot on: the trainings of the tuning job are on spot too', async () => {
  await stage.act('tune');
  expect(await stage.check('tune')).toMatchObject({ done: true });
  const { sagemaker } = stage.target.clients;
  const { HyperParameterTuningJobSummaries } = await sagemaker.send(new ListHyperParameterTuningJobsCommand({}));
  const HyperParameterTuningJobName = HyperParameterTuningJobSummaries![0]!.HyperParameterTuningJobName;
  const tuning = await sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
  expect(tuning.TrainingJobDefinition).toMatchObject({ EnableManagedSpotTraining: true });
  const { TrainingJobSummaries = [] } = await sagemaker.send(new ListTrainingJobsCommand({}));
  expect(TrainingJobSummaries.length).toBeGreaterThanOrEqual(4);
  for (const { TrainingJobName } of TrainingJobSummaries) {
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    expect(job.EnableManagedSpotTraining).toBe(true);
  }
});

test('a lease that is over ends running jobs, removes versions and all else, and deletes its own stack', async () => {
  await stage.act('evaluate', 'register', 'approve');
  const run = await stage.run();
  const place = resourcesOf(run);
  const hang = [{ name: 'train.py', content: Buffer.from('import time\ntime.sleep(3600)\n') }];
  await putObject(run, place.bucket, 'code/hang/source.tar.gz', makeTarGz(hang), 'application/gzip');
  const hanging = { ...(await uploadCode(run, place)), archive: 'code/hang/source.tar.gz' };
  const { sagemaker } = stage.target.clients;
  await sagemaker.send(new CreateTrainingJobCommand(trainingRequest(run, place, hanging, 'still-running')));

  const lease = await Lease.of(stage);
  await lease.act();
  expect(await stage.stackIsGone()).toBe(false);
  await lease.end();
  await lease.act();
  await until(() => stage.stackIsGone());
  const now = await stage.target.inventory();
  expect(now.filter((one) => !before.includes(one))).toEqual([]);
  expect(before.filter((one) => !now.includes(one))).toEqual([]);
});
