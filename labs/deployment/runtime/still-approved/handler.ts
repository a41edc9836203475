/**
 * Asks the registry once more, right before production: hours may lie between Verify and an approval in the pipeline, and
 * a version that was rejected meanwhile must not go on.
 */
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { runJob, jobParameter, type Job, type JobEvent, type LambdaContext } from '../pipeline-action/job';
import { sageMakerRegistry, resolveVersion, type Registry } from '../model/version';

export async function handler(event: JobEvent, context: LambdaContext): Promise<void> {
  await runJob(event, context, (job) => stillApproved(job, sageMakerRegistry(new SageMakerClient({}))));
}

/** @throws ReleaseError when the version is not approved any more, or is gone */
export async function stillApproved(job: Job, registry: Registry): Promise<Record<string, string>> {
  const { number } = await resolveVersion(registry, jobParameter(job, 'group'), jobParameter(job, 'modelPackageArn'));
  return { Version: String(number) };
}
