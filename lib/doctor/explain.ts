/** The questions to AWS that `doctor` asks, as commands of the AWS CLI. */
import { TAG_LEARNER } from '../course/names';
import { quoted } from '../course/shell';
import type { Lab } from '../course/model';
import { isOnByDefault } from '../facts/regions';
import { BOOTSTRAP_PARAMETER } from '../target/bootstrap';

export function explainLooks(
  labs: readonly Lab[],
  { region, profile, learner }: { readonly region?: string; readonly profile?: string; readonly learner: string },
): string[] {
  const rest = profile === undefined ? '' : ` --profile ${quoted(profile)}`;
  const place = `${region === undefined ? '' : ` --region ${region}`}${rest}`;
  const quotas = new Map(labs.flatMap((lab) => lab.quotas ?? []).map(({ quota }) => [quota.code, quota]));
  return [
    `aws sts get-caller-identity${rest}`,
    `aws freetier get-account-plan-state --region us-east-1${rest}`,
    ...(region === undefined || isOnByDefault(region)
      ? []
      : [`aws account get-region-opt-status --region-name ${region}${rest}`]),
    `aws ssm get-parameter --name ${BOOTSTRAP_PARAMETER}${place}`,
    ...[...quotas.values()].flatMap(({ service, code }) => [
      `aws service-quotas get-service-quota --service-code ${service} --quota-code ${code}${place}`,
      `aws service-quotas list-requested-service-quota-change-history-by-quota --service-code ${service} --quota-code ${code}${place}`,
    ]),
    `aws sagemaker list-endpoints${place}`,
    `aws lambda get-account-settings${place}`,
    `aws codebuild list-builds${place}`,
    `aws sagemaker list-data-quality-job-definitions${place}`,
    `aws cloudformation describe-stacks${place}`,
    `aws resourcegroupstaggingapi get-resources --tag-filters Key=${TAG_LEARNER},Values=${learner}${place}`,
  ];
}
