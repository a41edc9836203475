/** Statements of the roles behind endpoints: what CloudFormation does for their stacks, and what they do themselves. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  allow,
  anyAlarm,
  deregisterScaling,
  describeVersions,
  arnInStack,
  listBucket,
  passRole,
  pullImages,
  putMetrics,
  versionsOf,
  writeSageMakerLogs,
  type Conditions,
  type ImageSource,
} from './statements';

export interface EndpointNames {
  readonly endpoints: readonly string[];
  readonly alarms: readonly string[];
  /** The group of the versions that they serve. */
  readonly group: string;
}

/** Requests that make tagged things, while which SageMaker asks for sagemaker:AddTags. */
type TaggingCall =
  'CreateModel' | 'CreateEndpointConfig' | 'CreateEndpoint' | 'CreateTrainingJob' | 'CreateProcessingJob';

/**
 * Tagging what is being made, and nothing that is there already: with `sagemaker:AddTags` alone, a role could make its own
 * what anybody made.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSageMakerHyperPodInferenceAccess.html
 */
export function tagWhile(calls: readonly TaggingCall[], resources: readonly string[]): iam.PolicyStatement {
  return allow(['sagemaker:AddTags'], [...resources], { StringEquals: { 'sagemaker:TaggingAction': [...calls] } });
}

/**
 * What CloudFormation may do for the stacks of endpoints. Models and configurations have generated names; only those that
 * carry the lab's tags may be made, changed or deleted. All these types are tagged as they are made, says their schema,
 * and its handlers' permissions are all here.
 *
 * @param tags the lab's and learner's
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
 * @see https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers
 */
export function deployEndpoints(
  endpointRoleArn: string,
  names: EndpointNames,
  tags: Readonly<Record<string, string>>,
): iam.PolicyStatement[] {
  const tagged = (key: string): Conditions => ({
    StringEquals: Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`aws:${key}/${tag}`, value])),
  });
  const models = arnInStack('sagemaker', 'model/*');
  const configs = arnInStack('sagemaker', 'endpoint-config/*');
  const endpoints = names.endpoints.map((name) => arnInStack('sagemaker', `endpoint/${name}`));
  return [
    allow(['sagemaker:CreateModel'], [models], tagged('RequestTag')),
    // A model made of a version is made on the version, too: so do the groups' own policies say it for other accounts.
    allow(['sagemaker:CreateModel'], [versionsOf(names.group)]),
    describeVersions(names.group),
    // An endpoint is made and updated on its own ARN and on that of its configuration.
    allow(['sagemaker:CreateEndpointConfig', 'sagemaker:CreateEndpoint'], [configs], tagged('RequestTag')),
    allow(['sagemaker:UpdateEndpoint', 'sagemaker:DeleteEndpointConfig'], [configs], tagged('ResourceTag')),
    allow(['sagemaker:DeleteModel'], [models], tagged('ResourceTag')),
    allow(['sagemaker:DescribeModel'], [models]),
    allow(['sagemaker:DescribeEndpointConfig'], [configs]),
    allow(
      [
        'sagemaker:CreateEndpoint',
        'sagemaker:UpdateEndpoint',
        'sagemaker:DescribeEndpoint',
        'sagemaker:DeleteEndpoint',
      ],
      endpoints,
    ),
    deregisterScaling(),
    tagWhile(['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint'], [models, configs, ...endpoints]),
    allow(['sagemaker:AddTags', 'sagemaker:DeleteTags'], [models, configs, ...endpoints], tagged('ResourceTag')),
    allow(['sagemaker:ListTags'], [models, configs, ...endpoints]),
    passRole(endpointRoleArn, 'sagemaker'),
    allow(
      [
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:DeleteAlarms',
        // CloudFormation marks with its own tags what it makes.
        'cloudwatch:TagResource',
        'cloudwatch:UntagResource',
        'cloudwatch:ListTagsForResource',
      ],
      names.alarms.map((name) => arnInStack('cloudwatch', `alarm:${name}`)),
    ),
    anyAlarm(),
  ];
}

export interface ServingProps {
  readonly bucket: IBucket;
  /** Prefixes of the bucket: where models are, and where requests and answers are kept. */
  readonly models: string;
  readonly capture: string;
  readonly endpoints: readonly string[];
  readonly image: ImageSource;
}

/**
 * What endpoints may do as their role.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
 */
export function serveModels({ bucket, models, capture, endpoints, image }: ServingProps): iam.PolicyStatement[] {
  return [
    allow(['s3:GetObject'], [bucket.arnForObjects(`${models}*`)]),
    allow(['s3:PutObject'], [bucket.arnForObjects(`${capture}*`)]),
    listBucket(bucket),
    ...pullImages(image),
    writeSageMakerLogs(...endpoints.map((name) => `Endpoints/${name}`)),
    putMetrics('/aws/sagemaker/*'),
    // While a release bakes, SageMaker asks for its alarms as this role.
    anyAlarm(),
  ];
}
