import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { readTarGz } from '../../../lib/aws/archive';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import { currentVersion, requireVersion } from '../../../lib/aws/object-versions';
import { copyObject, readObject } from '../../../lib/aws/s3';
import { parseS3 } from '../../../lib/aws/sagemaker';
import { consumersPick, numberOf, versionsOf } from '../../../lib/aws/versions';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { parseBooster, probabilities } from '../../../lib/flights/booster';
import { auc } from '../../../lib/flights/rows';
import { objectsByFolder, rowsOf } from '../data/copy';
import { figuresOf } from '../models/versions';
import { MODELS, resourcesOf, s3Uri } from '../resources';

/** AUC that two ways of adding up may differ by. */
const SAME_AUC = 0.001;

/** Somebody copied a model over another one’s place: the registry tells of one model, and the bucket has another. */
export const replacedModel: Fault = {
  id: 'replaced-model',
  title: 'The model.tar.gz that a version names was overwritten with another model',
  task: '2.3',
  needs: ['register'],
  async prepare(run) {
    const resources = resourcesOf(run);
    const versions = (await versionsOf(run, resources.group)).filter((version) => keyOf(run, version) !== undefined);
    const picked = consumersPick(versions) ?? versions[0];
    const key = picked && keyOf(run, picked);
    const other = versions.map((version) => keyOf(run, version)).find((one) => one !== key);
    if (!key || !other)
      throw new LabError(`The group ${resources.group} has no two models in ${resources.bucket}.`, {
        why: 'One takes the place of another on this game day.',
        next: labCommand(run, 'step', 'register'),
      });
    const version = await currentVersion(run, resources.bucket, key);
    return { key, version, other, number: String(numberOf(picked!)) };
  },
  async inject(run, memory) {
    const { bucket, group } = resourcesOf(run);
    await copyObject(run, { bucket, key: memory.other! }, { bucket, key: memory.key! });
    const { claimed, measured } = await aucs(run, memory.number!);
    return `Whoever deploys version ${memory.number} of ${group} measures an AUC of ${measured?.toFixed(4)} on the test flights. Its quality report says ${claimed?.toFixed(4)}. Nobody trained or registered anything since.`;
  },
  async check(run, { memory }) {
    const number = remembered(run, memory, 'number');
    const { claimed, measured } = await aucs(run, number);
    const saw = `The model of version ${number} has an AUC of ${measured?.toFixed(4) ?? 'nothing, as it cannot be read'} on the test flights; its quality report says ${claimed?.toFixed(4) ?? 'nothing'}.`;
    return claimed !== undefined && measured !== undefined && Math.abs(claimed - measured) <= SAME_AUC
      ? worksAgain(run, saw)
      : stillBroken(run, saw);
  },
  hints: [
    'A version’s figures were measured once, and stay. What they were measured on is an object in S3, and objects can change.',
    'Look at the object that ModelDataUrl names: when was it last written, and when was the version registered?',
    'The bucket has versions: the model that was registered is still there.',
  ],
  async mend(run, memory) {
    const { bucket } = resourcesOf(run);
    const key = remembered(run, memory.key?.startsWith(MODELS) ? memory : {}, 'key');
    await requireVersion(run, bucket, key, remembered(run, memory, 'version'), 'train');
  },
  seen(run) {
    const { bucket, group } = resourcesOf(run);
    return [
      `where the models are, and when they were registered: aws sagemaker list-model-packages --model-package-group-name ${group} --query 'ModelPackageSummaryList[].[ModelPackageArn,CreationTime]' --output text`,
      `objects that were written twice: aws s3api list-object-versions --bucket ${bucket} --prefix ${MODELS} --query 'Versions[].[LastModified,Key,VersionId]' --output text`,
    ];
  },
  prevented:
    'A key that has the hash of its content in it, as the lab deployment has, and permissions that let nobody write below models/ but jobs. A consumer that compares a checksum with the registry’s before it loads a model.',
};

/** Key of a version's model; undefined where it is not in the lab's bucket. */
function keyOf(run: LabRun, version: DescribeModelPackageOutput): string | undefined {
  const uri = version.InferenceSpecification?.Containers?.[0]?.ModelDataUrl;
  return uri?.startsWith(s3Uri(resourcesOf(run), MODELS)) ? parseS3(uri).key : undefined;
}

/** AUC of a version's model on the test flights, as its report says and as it is. */
async function aucs(run: LabRun, number: string): Promise<{ readonly claimed?: number; readonly measured?: number }> {
  const resources = resourcesOf(run);
  const version = (await versionsOf(run, resources.group)).find((one) => String(numberOf(one)) === number);
  const key = version && keyOf(run, version);
  if (!version || !key) return {};
  const claimed = (await figuresOf(run, version))?.auc;
  try {
    const model = readTarGz(await readObject(run, resources.bucket, key)).get('model.json');
    const rows = await rowsOf(run, resources, (await objectsByFolder(run, resources)).get('test') ?? []);
    return { claimed, measured: auc(rows.labels, probabilities(parseBooster(model!.toString('utf8')), rows)) };
  } catch (error) {
    if (isInconclusive(error)) throw error;
    return { claimed };
  }
}
