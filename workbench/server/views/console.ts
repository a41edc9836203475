/** Pages of the AWS console, by what is shown there. */
import { partitionOf } from '../../../lib/aws/partition';
import type { Link, ViewId } from '../../api';

export interface Place {
  readonly target: 'aws' | 'local';
  readonly account: string;
  readonly region: string;
}

const e = encodeURIComponent;
/** In the address of a CloudWatch page a dollar stands for the percent sign of a name that is encoded twice. */
const cloudWatchName = (name: string): string => e(e(name)).replaceAll('%', '$');
const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

type Page = (id: string, place: Place) => string;
const catalog =
  (path: string): Page =>
  (id, { region }) =>
    `glue/home?region=${region}#/v2/data-catalog/${path}/view/${e(id)}`;
const sagemaker =
  (path: string): Page =>
  (id, { region }) =>
    `sagemaker/home?region=${region}#/${path}/${e(nameOf(id))}`;
const bucket: Page = (id, { region }) => `s3/buckets/${e(id.replace(/^s3:\/\//, ''))}?region=${region}&tab=objects`;
const logGroup: Page = (id, { region }) =>
  `cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${cloudWatchName(id.split(' ')[0]!)}`;
const athena: Page = (_id, { region }) => `athena/home?region=${region}#/query-editor/history`;
const registry: Page = (_id, { region }) => `sagemaker/home?region=${region}#/models`;

/** Types of CloudFormation that teardown has a kind of its own for. */
const KINDS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 's3:bucket',
  'AWS::Glue::Database': 'glue:database',
  'AWS::Glue::Crawler': 'glue:crawler',
  'AWS::Glue::Job': 'glue:job',
  'AWS::Glue::DataQualityRuleset': 'glue:ruleset',
  'AWS::Athena::WorkGroup': 'athena:workgroup',
  'AWS::Athena::NamedQuery': 'athena:named-query',
  'AWS::Logs::LogGroup': 'logs:group',
  'AWS::SageMaker::Endpoint': 'sagemaker:endpoint',
  'AWS::SageMaker::ModelPackageGroup': 'sagemaker:model-package-group',
  'AWS::CodePipeline::Pipeline': 'codepipeline:pipeline',
  'AWS::CodeBuild::Project': 'codebuild:project',
  'AWS::CloudWatch::Alarm': 'cloudwatch:alarm',
  'AWS::CloudWatch::Dashboard': 'cloudwatch:dashboard',
  'AWS::IAM::Role': 'iam:role',
  'AWS::SNS::Topic': 'sns:topic',
  'AWS::Events::Rule': 'events:rule',
};

/** By kinds of teardown, and by types of CloudFormation that it leaves to the stack. */
const PAGES: Readonly<Record<string, Page>> = {
  's3:bucket': bucket,
  's3:objects': bucket,
  'cloudformation:stack': (id, { region }) => `cloudformation/home?region=${region}#/stacks?filteringText=${e(id)}`,
  'glue:database': catalog('databases'),
  'glue:table': (id, { region }) => {
    const [database = '', table = ''] = id.split('.');
    return `glue/home?region=${region}#/v2/data-catalog/tables/view/${e(table)}?database=${e(database)}`;
  },
  'glue:crawler': catalog('crawlers'),
  'glue:job': (id, { region }) => `gluestudio/home?region=${region}#/editor/job/${e(id)}/runs`,
  'glue:job-run': (id, { region }) => `gluestudio/home?region=${region}#/editor/job/${e(id.split('/')[0]!)}/runs`,
  'athena:workgroup': (id, { region }) => `athena/home?region=${region}#/workgroups/details/${e(id)}`,
  'athena:query': athena,
  'athena:named-query': (_id, { region }) => `athena/home?region=${region}#/query-editor/saved-queries`,
  'logs:group': logGroup,
  'logs:service-group': logGroup,
  'logs:stream': logGroup,
  'sagemaker:stream': logGroup,
  'sagemaker:training-job': sagemaker('jobs'),
  'sagemaker:training-run': sagemaker('jobs'),
  'sagemaker:processing-job': sagemaker('processing-jobs'),
  'sagemaker:processing-run': sagemaker('processing-jobs'),
  'sagemaker:tuning-job': sagemaker('hyper-tuning-jobs'),
  'sagemaker:tuning-run': sagemaker('hyper-tuning-jobs'),
  'sagemaker:endpoint': sagemaker('endpoints'),
  'sagemaker:endpoint-config': sagemaker('endpointConfig'),
  'sagemaker:model': sagemaker('models'),
  'sagemaker:model-package': registry,
  'sagemaker:model-package-group': registry,
  'codepipeline:pipeline': (id, { region }) => `codesuite/codepipeline/pipelines/${e(id)}/view?region=${region}`,
  'codebuild:project': (id, { account, region }) =>
    `codesuite/codebuild/${account}/projects/${e(id)}/history?region=${region}`,
  'cloudwatch:alarm': (id, { region }) => `cloudwatch/home?region=${region}#alarmsV2:alarm/${e(id)}`,
  'cloudwatch:dashboard': (id, { region }) => `cloudwatch/home?region=${region}#dashboards/dashboard/${e(id)}`,
  'AWS::Lambda::Function': (id, { region }) => `lambda/home?region=${region}#/functions/${e(id)}`,
  'iam:role': (id) => `iam/home#/roles/details/${e(nameOf(id))}`,
  'sns:topic': (id, { region }) => `sns/v3/home?region=${region}#/topic/${e(id)}`,
  'AWS::SQS::Queue': (id, { region }) => `sqs/v3/home?region=${region}#/queues/${e(id)}`,
  'events:rule': (id, { region }) => `events/home?region=${region}#/eventbus/default/rules/${e(nameOf(id))}`,
  'ssm:record': (id, { region }) => `systems-manager/parameters/${e(id)}/description?region=${region}`,
};

/** Where the local target shows it. */
const VIEWS: Readonly<Record<string, ViewId>> = {
  's3:bucket': 'objects',
  's3:objects': 'objects',
  'glue:database': 'tables',
  'glue:table': 'tables',
  'glue:job': 'jobs',
  'glue:job-run': 'jobs',
  'glue:ruleset': 'quality',
  'logs:group': 'logs',
  'athena:workgroup': 'query',
  'athena:query': 'query',
  'sagemaker:training-job': 'jobs',
  'sagemaker:training-run': 'jobs',
  'sagemaker:processing-job': 'jobs',
  'sagemaker:processing-run': 'jobs',
  'sagemaker:tuning-job': 'tuning',
  'sagemaker:tuning-run': 'tuning',
  'sagemaker:endpoint': 'endpoints',
  'sagemaker:model-package': 'versions',
  'sagemaker:model-package-group': 'versions',
  'codepipeline:pipeline': 'pipeline',
  'cloudformation:stack': 'stacks',
  'cloudwatch:alarm': 'alarms',
  'cloudwatch:dashboard': 'dashboard',
};

/** Domains of the console. @see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html */
const DOMAINS: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/**
 * Where a thing is shown; undefined where no page is known.
 *
 * @param what a kind of teardown or a type of CloudFormation
 * @param id its name as those call it
 */
export function linkOf(place: Place, what: string, id: string): Link | undefined {
  const own = <T>(of: Readonly<Record<string, T>>, name: string): T | undefined =>
    Object.hasOwn(of, name) ? of[name] : undefined;
  const kind = own(KINDS, what) ?? what;
  if (place.target === 'local') {
    const view = own(VIEWS, kind);
    return view && { view, ...(kind === 'glue:table' && { of: id.slice(id.indexOf('.') + 1) }) };
  }
  const page = own(PAGES, kind);
  const domain = DOMAINS[partitionOf(place.region)] ?? DOMAINS.aws!;
  return page && { href: `https://${place.region}.${domain}/${page(id, place)}` };
}
