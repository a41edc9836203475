import { ownPolicy, putOwnPolicy, withoutResource } from '../../../lib/aws/role-policy';
import { runProcessing, runTraining } from '../../../lib/aws/sagemaker';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { uploadCode } from '../jobs/code';
import { scriptProcessingRequest, trainingRequest } from '../jobs/requests';
import { trainedModels } from '../models/trained';
import { DATA, jobName, resourcesOf } from '../resources';

/** Least privilege, taken too far: the jobs' role may not read what they learn from. */
export const deniedData: Fault = {
  id: 'denied-data',
  title: 'The role of the jobs lost s3:GetObject on data/',
  task: '4.3',
  needs: ['train'],
  async prepare(run) {
    const policy = await ownPolicy(run, resourcesOf(run).role);
    return { policy, narrower: withoutResource(run, policy, 's3:GetObject', `/${DATA}*`) };
  },
  async inject(run, memory) {
    const { role } = resourcesOf(run);
    await putOwnPolicy(run, role, memory.narrower!);
    return `The nightly training ${await train(run)}. Yesterday’s completed, with the same script and the same flights.`;
  },
  async check(run, { since }) {
    const resources = resourcesOf(run);
    const later = (await trainedModels(run, resources)).filter(({ created }) => created >= since);
    const completed = later.find(({ status }) => status === 'Completed');
    if (completed) return worksAgain(run, `The training ${completed.name} has completed since.`);
    const [last] = later;
    return stillBroken(
      run,
      last === undefined
        ? 'No training has completed since.'
        : `The last training ${last.name} is ${last.status}; none that began later has completed.`,
    );
  },
  hints: [
    'A job that failed has a FailureReason, and its log says what it was doing then.',
    'Everything that a job reads and writes, it reads and writes as its role. Which of its prefixes does the role have?',
    'The role’s policy has a statement for s3:GetObject. What a job needs of the bucket is data/, code/ and models/. Then train again.',
  ],
  async mend(run, memory) {
    await putOwnPolicy(run, resourcesOf(run).role, remembered(run, memory, 'policy'));
  },
  seen(run) {
    const { compute, role } = resourcesOf(run);
    const newest = '--status-equals Failed --sort-by CreationTime --sort-order Descending --max-results 1';
    return [
      compute === 'processing'
        ? `why it failed: aws sagemaker describe-processing-job --query FailureReason --processing-job-name "$(aws sagemaker list-processing-jobs ${newest} --query 'ProcessingJobSummaries[0].ProcessingJobName' --output text)"`
        : `why it failed: aws sagemaker describe-training-job --query FailureReason --training-job-name "$(aws sagemaker list-training-jobs ${newest} --query 'TrainingJobSummaries[0].TrainingJobName' --output text)"`,
      `what the role may do: aws iam get-role-policy --role-name ${quoted(role.replace(/.*\//, ''))} --policy-name Own --query PolicyDocument`,
      'CloudTrail: who called PutRolePolicy, and when',
    ];
  },
  prevented:
    'Roles that change in the stack alone, where a change is reviewed; and whoever takes a right away waits until all that uses the role has run once. An EventBridge rule on trainings that failed would have told at once.',
};

/** Trains as the step does. @returns what came of it */
async function train(run: LabRun): Promise<string> {
  const resources = resourcesOf(run);
  const code = await uploadCode(run, resources);
  const name = jobName(run, 'train');
  const waiting = { minutes: 60, next: labCommand(run, 'mend') };
  try {
    const status =
      resources.compute === 'processing'
        ? (await runProcessing(run, scriptProcessingRequest(run, resources, code, name, 'train'), waiting))
            .ProcessingJobStatus
        : (await runTraining(run, trainingRequest(run, resources, code, name), waiting)).TrainingJobStatus;
    return `${name} ended as ${status}`;
  } catch (error) {
    // SageMaker may look at its inputs before it takes a job.
    if ((error as Error).name !== 'ValidationException') throw error;
    return `${name} was refused by SageMaker`;
  }
}
