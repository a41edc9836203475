import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type LabId, leaseTopic, recordName } from '../course/names';
import { logGroupArns } from '../teardown/arns';
import type { LabNames } from '../teardown/kind';
import { kindsOf } from '../teardown/kinds';
import { bucketPattern, DATA_BUCKET } from './data-bucket';

/** @param additionalBuckets logical ids of the lab's buckets besides the data bucket */
export function labNamesOf(
  lab: LabId,
  learner: string,
  stackName: string,
  additionalBuckets: readonly string[] = [],
): LabNames {
  return {
    partition: Aws.PARTITION,
    account: Aws.ACCOUNT_ID,
    region: Aws.REGION,
    lab,
    learner,
    stackName,
    buckets: [DATA_BUCKET, ...additionalBuckets].map((id) => bucketPattern(Aws.PARTITION, stackName, id)),
  };
}

/**
 * What the lease's function may do: what the lab's kinds say that they need, its record, its own stack, itself.
 * Nothing on IAM: CloudFormation deletes the stack with the role that the CDK gave it.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
 */
export function leaseStatements(place: LabNames, functionName: string, logGroupName: string): iam.PolicyStatement[] {
  const here = (service: string, resource: string): string =>
    `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;
  const kinds = kindsOf(place.lab).flatMap((kind) =>
    kind.permissions.map(
      (permission) =>
        new iam.PolicyStatement({
          actions: [...permission.actions],
          resources: [...permission.resources(place)],
          ...(permission.conditions && { conditions: { ...permission.conditions(place) } }),
        }),
    ),
  );
  return [
    new iam.PolicyStatement({
      actions: [
        'ssm:GetParameter',
        'ssm:PutParameter',
        'ssm:DeleteParameter',
        'ssm:AddTagsToResource',
        'ssm:ListTagsForResource',
      ],
      resources: [here('ssm', `parameter${recordName(place.lab, place.learner)}`)],
    }),
    new iam.PolicyStatement({
      actions: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources', 'cloudformation:DeleteStack'],
      resources: [here('cloudformation', `stack/${place.stackName}/*`)],
    }),
    new iam.PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [here('lambda', `function:${functionName}`)],
    }),
    new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: logGroupArns(place, logGroupName),
    }),
    new iam.PolicyStatement({
      actions: ['sns:Publish'],
      resources: [here('sns', leaseTopic(place.lab, place.learner))],
    }),
    ...kinds,
  ];
}
