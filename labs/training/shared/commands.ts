/** AWS CLI commands that start a job and wait for it. */
import { quoted } from '../../../lib/course/shell';

const VERBS = {
  training: {
    create: 'create-training-job',
    wait: (name: string) => `aws sagemaker wait training-job-completed-or-stopped --training-job-name ${name}`,
    show: (name: string) =>
      `aws sagemaker describe-training-job --training-job-name ${name} --query '[TrainingJobStatus,FailureReason,FinalMetricDataList]'`,
  },
  processing: {
    create: 'create-processing-job',
    wait: (name: string) => `aws sagemaker wait processing-job-completed-or-stopped --processing-job-name ${name}`,
    show: (name: string) =>
      `aws sagemaker describe-processing-job --processing-job-name ${name} --query '[ProcessingJobStatus,FailureReason,ExitMessage]'`,
  },
  tuning: {
    create: 'create-hyper-parameter-tuning-job',
    // The CLI has no waiter for tuning jobs.
    wait: (name: string) =>
      `until aws sagemaker describe-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name ${name} --query HyperParameterTuningJobStatus --output text | grep -E 'Completed|Failed|Stopped'; do sleep 15; done`,
    show: (name: string) =>
      `aws sagemaker list-training-jobs-for-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name ${name} --sort-by FinalObjectiveMetricValue --sort-order Descending --query 'TrainingJobSummaries[].[TrainingJobName,FinalHyperParameterTuningJobObjectiveMetric.Value]' --output text`,
  },
} as const;

/** One line: make the job, wait until it ended, show how. */
export function createAndWait(kind: keyof typeof VERBS, request: object): string {
  const { create, wait, show } = VERBS[kind];
  const named = request as Record<string, unknown>;
  const name = quoted(String(named.TrainingJobName ?? named.ProcessingJobName ?? named.HyperParameterTuningJobName));
  return `aws sagemaker ${create} --cli-input-json ${quoted(JSON.stringify(request))} && ${wait(name)}; ${show(name)}`;
}
