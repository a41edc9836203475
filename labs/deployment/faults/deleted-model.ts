import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { currentVersion, requireVersion } from '../../../lib/aws/object-versions';
import { parseS3 } from '../../../lib/aws/sagemaker';
import { consumersPick, versionsOf } from '../../../lib/aws/versions';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { loadBooster } from '../model/archive';
import { artifactOf, flawOf } from '../model/versions';
import { resourcesOf, s3Uri } from '../resources';

/** A tidy-up took the model along that a version names. */
export const deletedModel: Fault = {
  id: 'deleted-model',
  title: 'The model.tar.gz of the version was deleted; the bucket is versioned, so a delete marker hides it',
  task: '2.3',
  needs: ['source'],
  async prepare(run) {
    const resources = resourcesOf(run);
    const versions = (await versionsOf(run, resources.group)).filter((version) => flawOf(version) === undefined);
    const picked = consumersPick(versions) ?? versions[0];
    const uri = picked && artifactOf(picked);
    if (!uri?.startsWith(s3Uri(resources, '')))
      throw new LabError(`No version of ${resources.group} has its model in ${resources.bucket}.`, {
        why: 'Only what is the lab’s own is touched.',
        next: labCommand(run, 'step', 'source'),
      });
    const { bucket, key } = parseS3(uri);
    return { key, version: await currentVersion(run, bucket, key), arn: picked!.ModelPackageArn! };
  },
  async inject(run, memory) {
    const { bucket: Bucket } = resourcesOf(run);
    await run.clients.s3.send(new DeleteObjectCommand({ Bucket, Key: memory.key }));
    return `The weekly recovery drill failed: nobody could build the endpoint anew from the registry. The version ${memory.arn} is there, with its figures and its approval as before.`;
  },
  async check(run, { memory }) {
    const uri = s3Uri(resourcesOf(run), modelKey(run, memory));
    return typeof (await loadBooster(run, uri)) === 'string'
      ? stillBroken(run, `An endpoint could not be made of the version ${memory.arn}.`)
      : worksAgain(run, `The model of the version ${memory.arn} can be loaded.`);
  },
  hints: [
    'A version in the registry is a description. What does an endpoint need that is not in the registry itself?',
    'Follow ModelDataUrl of the version: is the object there, and was it ever?',
    'In a bucket with versions, an object that is deleted is still there, behind a delete marker.',
  ],
  async mend(run, memory) {
    const { bucket } = resourcesOf(run);
    await requireVersion(run, bucket, modelKey(run, memory), remembered(run, memory, 'version'), 'source');
  },
  seen(run) {
    const { bucket, group } = resourcesOf(run);
    return [
      `where the model should be: aws sagemaker describe-model-package --query 'InferenceSpecification.Containers[0].ModelDataUrl' --output text --model-package-name "$(aws sagemaker list-model-packages --model-package-group-name ${group} --query 'ModelPackageSummaryList[0].ModelPackageArn' --output text)"`,
      `delete markers: aws s3api list-object-versions --bucket ${bucket} --prefix models/ --query 'DeleteMarkers[].[LastModified,Key,VersionId]' --output text`,
    ];
  },
  prevented:
    'Permissions that let nobody but the sweep delete below models/ (or S3 Object Lock), and a lifecycle rule in place of tidying by hand. A drill that loads each approved version finds it before a release does.',
};

/** Only an archive of a model is touched, whatever the note says. */
function modelKey(run: LabRun, memory: Readonly<Record<string, string>>): string {
  return remembered(run, /^models\/.+\/model\.tar\.gz$/.test(memory.key ?? '') ? memory : {}, 'key');
}
