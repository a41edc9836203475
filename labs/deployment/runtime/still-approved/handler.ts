/**
 * Asks the registry once more, right before production: hours may lie between Verify and an approval in the pipeline, and
 * a version that was rejected meanwhile must not go on.
 */
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { answerJob, parameter, type Job, type JobEvent, type LambdaContext } from '../pipeline-action/job';
import { registryOf, resolveVersion, type Registry } from '../model/version';

export async function handler(event: JobEvent, context: LambdaContext): Promise<void> {
  await answerJob(event, context, (job) => stillApproved(job, registryOf(new SageMakerClient({}))));
}

/** @throws Refused when the version is not approved any more, or is gone */
export async function stillApproved(job: Job, registry: Registry): Promise<Record<string, string>> {
  const { number } = await resolveVersion(registry, parameter(job, 'group'), parameter(job, 'modelPackageArn'));
  return { Version: String(number) };
}
