/** What this lab, or a learner at work in it, can leave behind: ids of teardown kinds. */
export const TRAINING_KINDS = [
  'sagemaker:tuning-run',
  'sagemaker:training-run',
  'sagemaker:processing-run',
  'sagemaker:stream',
  'sagemaker:tuning-job',
  'sagemaker:training-job',
  'sagemaker:processing-job',
  'sagemaker:model',
  'sagemaker:model-package',
  'sagemaker:model-package-group',
  's3:objects',
  's3:upload',
  's3:bucket',
  'logs:group',
  'iam:role',
  'ssm:record',
] as const;
