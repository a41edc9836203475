/** AWS CLI commands that start a job and wait for it, and shell words that find what an earlier step made. */
import { quoted, requestWord } from '../../lib/course/shell';

export { requestWord, variable } from '../../lib/course/shell';

/** Asks until a job has ended. The CLI's own waiters look every one or two minutes, and tuning jobs have none. */
function waitFor(describe: string, status: string): string {
  return `until ${describe} --query ${status} --output text | grep -E 'Completed|Failed|Stopped'; do sleep 2; done`;
}

const VERBS = {
  training: {
    create: 'create-training-job',
    wait: (name: string) =>
      waitFor(`aws sagemaker describe-training-job --training-job-name ${name}`, 'TrainingJobStatus'),
    show: (name: string) =>
      `aws sagemaker describe-training-job --training-job-name ${name} --query '[TrainingJobStatus,FailureReason,FinalMetricDataList]'`,
  },
  processing: {
    create: 'create-processing-job',
    wait: (name: string) =>
      waitFor(`aws sagemaker describe-processing-job --processing-job-name ${name}`, 'ProcessingJobStatus'),
    show: (name: string) =>
      `aws sagemaker describe-processing-job --processing-job-name ${name} --query '[ProcessingJobStatus,FailureReason,ExitMessage]'`,
  },
  tuning: {
    create: 'create-hyper-parameter-tuning-job',
    wait: (name: string) =>
      waitFor(
        `aws sagemaker describe-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name ${name}`,
        'HyperParameterTuningJobStatus',
      ),
    show: (name: string) =>
      `aws sagemaker list-training-jobs-for-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name ${name} --sort-by FinalObjectiveMetricValue --sort-order Descending --query 'TrainingJobSummaries[].[TrainingJobName,FinalHyperParameterTuningJobObjectiveMetric.Value]' --output text`,
  },
} as const;

/** One line: make the job, wait until it ended, show how. */
export function createAndWait(kind: keyof typeof VERBS, request: object): string {
  const { create, wait, show } = VERBS[kind];
  const named = request as Record<string, unknown>;
  const name = quoted(String(named.TrainingJobName ?? named.ProcessingJobName ?? named.HyperParameterTuningJobName));
  return `aws sagemaker ${create} --cli-input-json ${requestWord(request)} && ${wait(name)}; ${show(name)}`;
}

/** Shell words that give the key of the newest object below a prefix that ends so. */
export function newestKey(bucket: string, prefix: string, ending: string): string {
  const query = `sort_by(Contents[?ends_with(Key,'${ending}')],&LastModified)[-1].Key`;
  return `aws s3api list-objects-v2 --bucket ${quoted(bucket)} --prefix ${quoted(prefix)} --query "${query}" --output text`;
}
