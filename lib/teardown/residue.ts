/** What AWS keeps, lets nobody remove, and does not bill: named in the receipt, so that nobody looks for it in vain. */
import { LAB_KINDS } from '../course/kinds';
import type { LabId } from '../course/names';
import { ATTACHMENTS } from './attachments';

export interface Residue {
  readonly what: string;
  /** Why it stays and when it goes. */
  readonly why: string;
  /** USD a month. All of these are free. */
  readonly usd: 0;
  readonly source: string;
}

const BOOTSTRAP: Residue = {
  what: 'The CDKToolkit stack of this Region, with its asset bucket (this lab’s template and code, a few hundred KB)',
  why: 'Every CDK app of the account shares it; `cdk gc` removes assets that no stack uses any more.',
  usd: 0,
  source: 'https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html',
};
const METRICS: Residue = {
  what: 'CloudWatch metrics of functions, buckets and queries',
  why: 'Metrics cannot be deleted; they expire 15 months after their last value.',
  usd: 0,
  source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html',
};
const EVENTS: Residue = {
  what: 'CloudFormation’s and CloudTrail’s memory of what happened',
  why: 'The deleted stack stays listed for 90 days, and so do the events.',
  usd: 0,
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-view-deleted-stacks.html',
};

const UNCONFIRMED: Residue = {
  what: 'An e-mail subscription that nobody confirmed, where the lab was to send e-mail',
  why: 'AWS removes it by itself after 48 hours; it cannot be deleted before.',
  usd: 0,
  source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html',
};

const SERVICE_ROLES: Residue = {
  what: 'Service-linked roles that AWS made on first use, if it did',
  why: 'They belong to the account, and other things may use them; IAM lets an administrator remove unused ones.',
  usd: 0,
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html',
};

/** Made by SageMaker itself for each job, version and endpoint; no deletion of those takes it along. */
const LINEAGE: Residue = {
  what: 'SageMaker’s lineage of what ran: trial components, artifacts, contexts and actions, and an experiment of each tuning job',
  why: 'SageMaker writes it by itself and keeps it; it names our jobs and S3 URIs, holds no data, and has no limit. `aws sagemaker list-trial-components` and `list-artifacts` show it.',
  usd: 0,
  source: 'https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html',
};

const OF_LAB: Readonly<Record<LabId, readonly Residue[]>> = {
  'data-prep': [
    {
      what: 'Data Quality results and evaluation runs',
      why: 'Glue has no operation that deletes a result.',
      usd: 0,
      source: 'https://docs.aws.amazon.com/glue/latest/webapi/API_ListDataQualityResults.html',
    },
    {
      what: 'Athena’s query history',
      why: 'It goes by itself after 45 days.',
      usd: 0,
      source: 'https://docs.aws.amazon.com/athena/latest/ug/queries-viewing-history.html',
    },
    {
      what: 'The log group /aws-glue/crawlers, empty of our streams',
      why: 'All crawlers of the account share it; Glue makes it again when it is gone.',
      usd: 0,
      source: 'https://docs.aws.amazon.com/glue/latest/dg/monitor-crawler.html',
    },
  ],
  training: [
    LINEAGE,
    {
      what: 'The log groups /aws/sagemaker/TrainingJobs and /aws/sagemaker/ProcessingJobs, empty of our streams',
      why: 'All jobs of the account share them; SageMaker makes them again when they are gone.',
      usd: 0,
      source: 'https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html',
    },
  ],
  deployment: [SERVICE_ROLES, LINEAGE],
  monitoring: [
    SERVICE_ROLES,
    LINEAGE,
    {
      what: 'The log groups /aws/sagemaker/ProcessingJobs and /aws/sagemaker/TrainingJobs, empty of our streams',
      why: 'All jobs of the account share them; SageMaker makes them again when they are gone.',
      usd: 0,
      source: 'https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html',
    },
    {
      what: 'History of alarms, and of the executions of monitoring schedules',
      why: 'CloudWatch keeps an alarm’s history for 30 days; SageMaker keeps the executions of a deleted schedule.',
      usd: 0,
      source: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteMonitoringSchedule.html',
    },
  ],
};

/** Things of others that were joined to ours. */
function ofOthers(lab: LabId): Residue {
  const named = ATTACHMENTS.filter(({ decision, on }) => decision === 'named' && LAB_KINDS[lab].includes(on));
  return {
    what: `Somebody’s own things that used ours, if there are any: ${named.map(({ what }) => what).join('; ')}`,
    why: 'They are not ours to remove.',
    usd: 0,
    source: named[0]!.source,
  };
}

/** What stays of a lab after everything that can be removed is removed. */
export function residueOf(lab: LabId): readonly Residue[] {
  return [...OF_LAB[lab], ofOthers(lab), UNCONFIRMED, METRICS, EVENTS, BOOTSTRAP];
}
