/** Verifies a release in a function, for accounts whose builds are held: `--build lambda`. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { TEMPLATE_FILE } from '../../names';
import { requireFile, readSourceArtifact, type SourceFiles } from '../pipeline-action/artifact';
import { s3Config } from '../environment';
import { evidenceWriter, type WriteEvidence } from '../pipeline-action/evidence';
import { runJob, jobParameter, type Job, type JobEvent, type LambdaContext } from '../pipeline-action/job';
import { checkModel, NOT_CHECKED, type ReadObject } from './model';
import { readSample } from '../model/sample';
import { checkTemplate, templateValidator, type ValidateTemplate } from './template';
import { sageMakerRegistry, resolveVersion, type Registry } from '../model/version';

export interface VerifyServices {
  readonly registry: Registry;
  readonly validate: ValidateTemplate;
  readonly read: ReadObject;
  readonly source: () => Promise<SourceFiles>;
  readonly keep: WriteEvidence;
}

export async function handler(event: JobEvent, context: LambdaContext): Promise<void> {
  await runJob(event, context, async (job) =>
    verifyRelease(job, {
      registry: sageMakerRegistry(new SageMakerClient({})),
      validate: templateValidator(new CloudFormationClient({})),
      read: reader(jobParameter(job, 'dataBucket')),
      source: () => readSourceArtifact(job),
      keep: evidenceWriter(jobParameter(job, 'dataBucket'), jobParameter(job, 'executionId')),
    }),
  );
}

/**
 * @returns the variables for later stages: ModelPackageArn, Version, Auc
 * @throws ReleaseError saying what is wrong; the evidence is kept in either case
 */
export async function verifyRelease(job: Job, by: VerifyServices): Promise<Record<string, string>> {
  const checks: Record<string, unknown>[] = [];
  const facts: Record<string, unknown> = { by: 'lambda', checks, notChecked: NOT_CHECKED };
  try {
    const version = await step(checks, 'version', () =>
      resolveVersion(by.registry, jobParameter(job, 'group'), jobParameter(job, 'modelPackageArn')),
    );
    Object.assign(facts, { modelPackageArn: version.arn, version: version.number, claimedAuc: version.claimedAuc });
    const files = await step(checks, 'template', async () => {
      const source = await by.source();
      const template = requireFile(source, TEMPLATE_FILE).toString('utf8');
      await checkTemplate(template, jobParameter(job, 'parameters').split(','), by.validate);
      return source;
    });
    const model = await step(checks, 'model', () =>
      checkModel(version, jobParameter(job, 'dataBucket'), by.read, readSample(files)),
    );
    const message = `Version ${version.number} is approved, its template can be deployed, and its ${model.trees} trees score ${model.flights} flights (AUC ${model.auc.toFixed(4)}). Not checked here: ${NOT_CHECKED.join('; ')}.`;
    await by.keep('verify', { ok: true, message, ...facts, auc: model.auc, flights: model.flights });
    const Auc = version.claimedAuc === undefined ? 'none' : version.claimedAuc.toFixed(6);
    return { ModelPackageArn: version.arn, Version: String(version.number), Auc };
  } catch (error) {
    await by.keep('verify', { ok: false, message: (error as Error).message, ...facts });
    throw error;
  }
}

async function step<T>(checks: Record<string, unknown>[], check: string, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    checks.push({ check, ok: true });
    return result;
  } catch (error) {
    checks.push({ check, ok: false, message: (error as Error).message });
    throw error;
  }
}

function reader(Bucket: string): ReadObject {
  const s3 = new S3Client(s3Config());
  return async (Key) => {
    try {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from(await answer.Body!.transformToByteArray());
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  };
}
