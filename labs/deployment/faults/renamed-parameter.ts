import { currentVersion, returnToVersion } from '../../../lib/aws/object-versions';
import { putObject } from '../../../lib/aws/s3';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { SOURCE_KEY, TEMPLATE_FILE } from '../names';
import { actionsOf, hasEnded, releasesOf, stagePassed } from '../release/releases';
import { waitForStage } from '../release/wait';
import { resourcesOf } from '../resources';
import { uploadSource } from '../source-package/upload';
import { sourceFiles, sourceZip } from '../source-package/zip';

/** A colleague tidies the endpoints' template up, and does not know who else uses its names. */
export const renamedParameter: Fault = {
  id: 'renamed-parameter',
  title: `The source that was uploaded has a parameter of ${TEMPLATE_FILE} under another name than the pipeline passes`,
  task: '3.2',
  needs: ['source', 'release'],
  prepare: async (run) => ({ version: await sourceVersion(run) }),
  async inject(run) {
    const resources = resourcesOf(run);
    const files = sourceFiles();
    const template = files[TEMPLATE_FILE]!.toString('utf8').replaceAll('CaptureS3Uri', 'CaptureUri');
    const begun = await uploadSource(
      run,
      resources,
      sourceZip({ ...files, [TEMPLATE_FILE]: Buffer.from(template) }),
      'source',
    );
    const { release } = await waitForStage(run, resources, begun, 'Verify', 'source');
    return `A colleague uploaded a new ${SOURCE_KEY} ("names tidied up, no change otherwise"). The release ${release.id} that it started is ${release.status}; the one before it passed. The model and its version are the same.`;
  },
  async check(run) {
    const resources = resourcesOf(run);
    const current = await sourceVersion(run);
    const of = (await releasesOf(run, resources)).filter(({ source }) => source === current);
    for (const release of of) {
      if (stagePassed(await actionsOf(run, resources, release.id), 'Verify'))
        return worksAgain(run, `The release ${release.id} of ${SOURCE_KEY} as it is now has passed Verify.`);
    }
    const [last] = of;
    const saw =
      last === undefined
        ? 'no release has taken it so far'
        : `its last release ${last.id} is ${last.status}${hasEnded(last) ? '' : ', and has not passed Verify so far'}`;
    return stillBroken(run, `Of ${SOURCE_KEY} as it is now (version ${current}), ${saw}.`);
  },
  hints: [
    'A release that failed says where, and the action there says why. The evidence of Verify lies in the lab’s bucket.',
    'The pipeline passes parameters to the template by their names. Who has them, and who has others?',
    'Upload a source with the names that the pipeline passes; the bucket has the earlier version, too.',
  ],
  async mend(run, memory) {
    const { sourceBucket } = resourcesOf(run);
    if (await returnToVersion(run, sourceBucket, SOURCE_KEY, remembered(run, memory, 'version'))) return;
    await putObject(run, sourceBucket, SOURCE_KEY, sourceZip(), 'application/zip');
  },
  seen(run) {
    const { pipeline, sourceBucket } = resourcesOf(run);
    return [
      `what Verify said: aws codepipeline list-action-executions --pipeline-name ${quoted(pipeline)} --max-items 1 --query 'actionExecutionDetails[].output.executionResult'`,
      `the versions of the source: aws s3api list-object-versions --bucket ${sourceBucket} --prefix ${SOURCE_KEY} --query 'Versions[].[LastModified,VersionId]' --output text`,
    ];
  },
  prevented:
    'A test of template and pipeline together before the upload: a template’s parameters are an interface. A new name comes beside the old one first, and the old one goes when nobody passes it any more.',
};

const sourceVersion = (run: LabRun): Promise<string> => currentVersion(run, resourcesOf(run).sourceBucket, SOURCE_KEY);
