import { runProcessing, runTraining } from '../../../lib/aws/sagemaker';
import type { Step } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { codeCommands, codeVersion, uploadCode } from '../jobs/code';
import { createAndWait } from '../aws-cli';
import { requireData, requireModel, requireJobSuccess, withStartAdvice } from '../jobs/guards';
import { jobName, resourcesOf } from '../resources';
import { scriptProcessingRequest, trainingRequest } from '../jobs/requests';
import { failureReason } from '../models/trained';
import { checkTrain as check } from './train-check';

/** Train the first model, in script mode. */
export const train: Step = {
  id: 'train',
  title: 'Train a first model',
  predict:
    'A logistic regression reaches an AUC of about 0.72 on the validation flights. How far will trees of depth 4 get?',
  awsMinutes: 4,
  hints: [
    'The script is lib/flights/runtime/train.py. It runs on your machine too: its first lines say how.',
    'A failed job’s FailureReason names its command. What the script said is in its log: /aws/sagemaker/TrainingJobs, stream <job>/algo-1-….',
    'ResourceLimitExceeded means that your account’s quota for ml.m5.large training is 0: use `./lab up training --compute processing`.',
    'No metric definitions: the XGBoost image has its own and refuses others, even in script mode.',
  ],
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  await requireData(run, resources);
  const code = await uploadCode(run, resources);
  const name = jobName(run, 'train');
  const waiting = { minutes: 60, next: labCommand(run, 'check', 'train') };
  if (resources.compute === 'processing') {
    const job = await withStartAdvice(
      run,
      () => runProcessing(run, scriptProcessingRequest(run, resources, code, name, 'train'), waiting),
      'processing',
    );
    await requireJobSuccess(run, resources, 'train', {
      by: 'processing',
      name,
      status: job.ProcessingJobStatus,
      reason: job.ExitMessage ?? job.FailureReason,
    });
    await requireModel(run, resources, name, 'processing');
    return;
  }
  const job = await withStartAdvice(run, () => runTraining(run, trainingRequest(run, resources, code, name), waiting));
  await requireJobSuccess(run, resources, 'train', {
    by: 'training',
    name,
    status: job.TrainingJobStatus,
    reason: failureReason(job),
  });
  await requireModel(run, resources, name, 'training');
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const code = codeVersion();
  const name = jobName(run, 'train');
  return [
    ...codeCommands(resources),
    resources.compute === 'processing'
      ? createAndWait('processing', scriptProcessingRequest(run, resources, code, name, 'train'))
      : createAndWait('training', trainingRequest(run, resources, code, name)),
  ];
}
