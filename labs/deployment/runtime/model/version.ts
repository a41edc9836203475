/** Which version is to be released, and may it be? The same rules and words as source/checks/version.py. */
import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  SageMakerClient,
  type DescribeModelPackageOutput,
} from '@aws-sdk/client-sagemaker';
import { isNotFound } from '../../../../lib/aws/not-found';
import { everyPage } from '../../../../lib/target/pages';
import { LATEST } from '../../names';
import { stepCommand } from '../pipeline-action/command';
import { parseClaimedAuc } from './auc-threshold';
import { ReleaseError } from '../pipeline-action/release-error';

export interface Registry {
  /** ARNs and numbers of the approved versions of a group. */
  approved(group: string): Promise<readonly { readonly arn: string; readonly number: number }[]>;
  /** Undefined for one that does not exist. */
  describe(arn: string): Promise<DescribeModelPackageOutput | undefined>;
}

export interface Version {
  readonly arn: string;
  readonly number: number;
  /** The AUC that it was registered with. */
  readonly claimedAuc: number | undefined;
  readonly container: { readonly model: string; readonly environment: Readonly<Record<string, string>> };
}

/** @throws ReleaseError when it may not be released, saying why */
export async function resolveVersion(registry: Registry, group: string, wanted: string): Promise<Version> {
  const arn = wanted === LATEST ? await newest(registry, group) : wanted;
  if (!arn.includes(`:model-package/${group}/`)) {
    throw new ReleaseError(
      `${arn} is no version of the group ${group}. A release names a version of this lab’s own group; register a copy of the model there (${stepCommand('source')}).`,
    );
  }
  const found = await registry.describe(arn);
  if (found === undefined) {
    throw new ReleaseError(
      `${arn} does not exist: it was deleted, or never was. List the versions: aws sagemaker list-model-packages --model-package-group-name ${group}`,
    );
  }
  const number = found.ModelPackageVersion ?? 0;
  if (found.ModelPackageStatus !== 'Completed') {
    throw new ReleaseError(`Version ${number} of ${group} is ${found.ModelPackageStatus}, not Completed: wait for it.`);
  }
  if (found.ModelApprovalStatus !== 'Approved') {
    const reason = found.ApprovalDescription ? ` (${found.ApprovalDescription})` : '';
    throw new ReleaseError(
      `Version ${number} of ${group} is ${found.ModelApprovalStatus}${reason}. Only an approved version is released: approve it, or start the pipeline with another one.`,
    );
  }
  const container = found.InferenceSpecification?.Containers?.[0];
  return {
    arn,
    number,
    claimedAuc: parseClaimedAuc(found.CustomerMetadataProperties?.testAuc),
    container: { model: container?.ModelDataUrl ?? 'nowhere', environment: container?.Environment ?? {} },
  };
}

async function newest(registry: Registry, group: string): Promise<string> {
  const [first] = [...(await registry.approved(group))].sort((a, b) => b.number - a.number);
  if (first === undefined) {
    throw new ReleaseError(
      `No version of ${group} is approved yet, so there is nothing to release. Approve one: the pipeline then starts by itself (${stepCommand('release')}).`,
    );
  }
  return first.arn;
}

export function sageMakerRegistry(sagemaker: SageMakerClient): Registry {
  return {
    async approved(ModelPackageGroupName) {
      const found = await everyPage(async (NextToken) => {
        const page = await sagemaker.send(
          new ListModelPackagesCommand({ ModelPackageGroupName, ModelApprovalStatus: 'Approved', NextToken }),
        );
        return { items: page.ModelPackageSummaryList, next: page.NextToken };
      });
      return found.map(({ ModelPackageArn: arn = '', ModelPackageVersion: number = 0 }) => ({ arn, number }));
    },
    async describe(ModelPackageName) {
      try {
        return await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName }));
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
  };
}
