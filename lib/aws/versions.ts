/** Model versions in a group of SageMaker's registry. */
import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
  type DescribeModelPackageOutput,
} from '@aws-sdk/client-sagemaker';
import type { LabRun } from '../course/run';
import { everyPage } from '../target/pages';

/** All versions of a group, newest first, described. */
export async function versionsOf(run: LabRun, group: string): Promise<DescribeModelPackageOutput[]> {
  const { sagemaker } = run.clients;
  const summaries = await everyPage(async (NextToken) => {
    const page = await sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: group, MaxResults: 50, NextToken }),
    );
    return { items: page.ModelPackageSummaryList, next: page.NextToken };
  });
  const versions: DescribeModelPackageOutput[] = [];
  for (const { ModelPackageArn } of summaries)
    versions.push(await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn })));
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
