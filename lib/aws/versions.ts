/** Model versions in a group of SageMaker's registry. */
import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
  type DescribeModelPackageOutput,
} from '@aws-sdk/client-sagemaker';
import type { LabRun } from '../course/run';

/** All versions of a group, newest first, described. */
export async function versionsOf(run: LabRun, group: string): Promise<DescribeModelPackageOutput[]> {
  const arns: string[] = [];
  let token: string | undefined;
  do {
    const page = await run.clients.sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: group, MaxResults: 50, NextToken: token }),
    );
    arns.push(...(page.ModelPackageSummaryList ?? []).map(({ ModelPackageArn }) => ModelPackageArn!));
    token = page.NextToken;
  } while (token);
  const versions: DescribeModelPackageOutput[] = [];
  for (const arn of arns) {
    versions.push(await run.clients.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn })));
  }
  return versions.sort((a, b) => numberOf(b) - numberOf(a));
}

export function numberOf({ ModelPackageVersion = 0 }: Pick<DescribeModelPackageOutput, 'ModelPackageVersion'>): number {
  return ModelPackageVersion;
}

/** What a consumer takes: the newest approved version. */
export function consumersPick(versions: readonly DescribeModelPackageOutput[]): DescribeModelPackageOutput | undefined {
  return versions
    .filter(({ ModelApprovalStatus }) => ModelApprovalStatus === 'Approved')
    .sort((a, b) => numberOf(b) - numberOf(a))[0];
}

/** Approves or rejects a version, with a reason. */
export async function decide(
  run: LabRun,
  version: DescribeModelPackageOutput,
  status: 'Approved' | 'Rejected',
  reason: string,
): Promise<void> {
  await run.clients.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: version.ModelPackageArn,
      ModelApprovalStatus: status,
      ApprovalDescription: reason,
    }),
  );
}
