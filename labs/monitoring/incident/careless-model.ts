/** A version that errors in production: the same trees with a careless line in its script, registered as approved. */
import { CreateModelPackageCommand, DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { makeTarGz, readTarGz } from '../../../lib/aws/archive';
import { putObject } from '../../../lib/aws/s3';
import { versionsOf } from '../../../lib/aws/versions';
import type { LabRun } from '../../../lib/course/run';
import { archiveOf, artifactOf, sha256, type Version } from '../endpoint/models';
import { MODELS } from '../names';
import { s3Uri, type LabResources } from '../resources';

/** What is added to the script of a model: harmless on the machine of whoever wrote it, where every flight had gusts. */
export const CARELESS_CODE = `

# Tells the service desk how gusty it is.
_answer = transform_fn


def transform_fn(model, body, content_type, accept):
    for fields in fields_of(body, content_type):
        print(f"gusts of {float(fields[10]):.0f} mph", flush=True)
    return _answer(model, body, content_type, accept)
`;

/** A model that answers health checks and fails on flights without gusts: the same trees, another script. */
export function carelessArchive(archive: Buffer): Buffer {
  const script = 'code/inference.py';
  const files = [...readTarGz(archive)];
  return makeTarGz(
    files.map(([name, content]) => ({
      name,
      content: name === script ? Buffer.concat([content, Buffer.from(CARELESS_CODE)]) : content,
    })),
  );
}

/** Property of a version that was made to fail. */
export const FLAW_PROPERTY = 'practice';
const ABOUT = 'The same trees; the script also tells how gusty it is.';
/** A version's properties take letters, digits, spaces and _ . : / = + - @, and neither comma nor semicolon. */
export const APPROVAL_REASON = 'Approved: same trees and same AUC. Only a line in the log is new.';

export const isCareless = (version: Version): boolean =>
  version.CustomerMetadataProperties?.[FLAW_PROPERTY] === 'careless';

/** What a careless version is, as a request. */
export function carelessRequest(resources: LabResources, good: Version, key: string) {
  const container = good.InferenceSpecification!.Containers![0]!;
  const { SupportedContentTypes, SupportedResponseMIMETypes, SupportedRealtimeInferenceInstanceTypes } =
    good.InferenceSpecification!;
  return {
    ModelPackageGroupName: resources.group,
    ModelPackageDescription: ABOUT,
    ModelApprovalStatus: 'Approved' as const,
    InferenceSpecification: {
      Containers: [{ Image: container.Image, ModelDataUrl: s3Uri(resources, key), Environment: container.Environment }],
      SupportedContentTypes,
      SupportedResponseMIMETypes,
      SupportedRealtimeInferenceInstanceTypes,
    },
    CustomerMetadataProperties: {
      [FLAW_PROPERTY]: 'careless',
      madeFrom: good.ModelPackageArn!,
      approved: APPROVAL_REASON,
    },
  };
}

export const carelessKey = (archive: Buffer): string => `${MODELS}${sha256(archive).slice(0, 16)}/model.tar.gz`;

/** Registers the careless version of a good one as approved, unless one is. */
export async function registerCareless(run: LabRun, resources: LabResources, good: Version): Promise<Version> {
  const archive = carelessArchive(await archiveOf(run, good));
  const key = carelessKey(archive);
  const find = async (): Promise<Version | undefined> =>
    (await versionsOf(run, resources.group)).find(
      (one) => artifactOf(one) === s3Uri(resources, key) && one.ModelApprovalStatus === 'Approved',
    );
  const known = await find();
  if (known) return known;
  await putObject(run, resources.bucket, key, archive, 'application/gzip');
  const { sagemaker } = run.clients;
  const { ModelPackageArn } = await sagemaker.send(
    new CreateModelPackageCommand(carelessRequest(resources, good, key)),
  );
  // By its own name: the list of versions may be a moment behind.
  return sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn }));
}
