/** Patterns for what requests name. PARTITION, ACCOUNT and REGION are filled in when somebody asks for the policy. */

const here = (service: string, ...resources: string[]): string[] =>
  resources.map((resource) => `arn:PARTITION:${service}:REGION:ACCOUNT:${resource}`);

/** By the names that the project gives, and those that CloudFormation makes of a stack's: the first that fits counts. */
export const OURS: readonly string[] = [
  'arn:PARTITION:s3:::mlalabs-*/*',
  'arn:PARTITION:s3:::mlalabs-*',
  // The roles that steps hand to jobs, before those that they only look at.
  ...['Quality', 'Train', 'Monitor', 'Retrain', 'Endpoint'].map(
    (role) => `arn:PARTITION:iam::ACCOUNT:role/MlaLabs-*-${role}Role*`,
  ),
  'arn:PARTITION:iam::ACCOUNT:role/MlaLabs-*',
  // Those of `cdk bootstrap` that a deployment is done with.
  ...['deploy', 'file-publishing', 'lookup'].map(
    (role) => `arn:PARTITION:iam::ACCOUNT:role/cdk-hnb659fds-${role}-role-ACCOUNT-REGION`,
  ),
  ...here('cloudformation', 'stack/MlaLabs-*', 'stack/mla-labs-*'),
  ...here('ssm', 'parameter/mla-labs/*', 'parameter/cdk-bootstrap/hnb659fds/version'),
  ...here('athena', 'workgroup/mla-labs-*'),
  ...here('glue', 'catalog', 'database/mla_labs_*', 'table/mla_labs_*/*'),
  ...here('glue', 'crawler/mla-labs-*', 'job/mla-labs-*', 'dataQualityRuleset/mla-labs-*'),
  ...['/mla-labs/*', '/aws/codebuild/mla-labs-*', '/aws/sagemaker/Endpoints/mla-labs-*'].flatMap((group) =>
    here('logs', `log-group:${group}`),
  ),
  ...['training-job', 'processing-job', 'hyper-parameter-tuning-job'].flatMap((type) =>
    here('sagemaker', `${type}/mla-*`),
  ),
  ...['endpoint', 'endpoint-config', 'model', 'model-package', 'model-package-group'].flatMap((type) =>
    here('sagemaker', `${type}/mla-labs-*`),
  ),
  // Model Monitor names its own jobs.
  ...here('sagemaker', 'processing-job/data-quality-monitoring-*'),
  ...here('sagemaker', 'monitoring-schedule/mla-labs-*', 'data-quality-job-definition/mla-labs-*'),
  ...here('codepipeline', 'mla-labs-*'),
  ...here('codebuild', 'project/mla-labs-*'),
  ...here('lambda', 'function:mla-labs-*', 'function:MlaLabs-*'),
  ...here('events', 'rule/mla-labs-*', 'rule/MlaLabs-*'),
  ...here('scheduler', 'schedule/*/mla-labs-*', 'schedule-group/mla-labs-*'),
  ...here('sns', 'mla-labs-*', 'MlaLabs-*'),
  ...here('sqs', 'mla-labs-*', 'MlaLabs-*'),
  ...here('cloudwatch', 'alarm:mla-labs-*'),
  'arn:PARTITION:cloudwatch::ACCOUNT:dashboard/mla-labs-*',
  'arn:PARTITION:budgets::ACCOUNT:budget/mla-labs',
];

/** AWS shares these groups among all jobs of an account; the code takes the streams of its own. */
const SHARED = ['/aws/sagemaker/TrainingJobs*', '/aws/sagemaker/ProcessingJobs*', '/aws-glue/*'].flatMap((group) =>
  here('logs', `log-group:${group}`),
);

const asRegExp = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

const KNOWN = [...OURS, ...SHARED].map((pattern) => ({ pattern, fits: asRegExp(pattern) }));

/** Whether one pattern allows all that another does. */
export const covers = (wide: string, narrow: string): boolean => wide === '*' || asRegExp(wide).test(narrow);

/** An ARN of a local cloud, or a pattern, as the pattern that a policy has for it; itself where none of ours fits. */
export function patternOf(arn: string): string {
  const general = arn
    .replace(/^arn:aws:/, 'arn:PARTITION:')
    .replaceAll('000000000000', 'ACCOUNT')
    .replaceAll('us-east-1', 'REGION');
  return KNOWN.find(({ fits }) => fits.test(general))?.pattern ?? general;
}

/** The patterns of ours for things of the type that a pattern has, whatever they are called. */
export function oursOfType(pattern: string): string[] {
  const type = pattern.replace(/\*$/, '');
  return type === '' ? [] : OURS.filter((one) => one.startsWith(type) && one !== pattern);
}
