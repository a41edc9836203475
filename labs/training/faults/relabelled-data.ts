import { currentVersion, requireVersion } from '../../../lib/aws/object-versions';
import { putObject, readObject, type StoredObject } from '../../../lib/aws/s3';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { BadRows } from '../../../lib/flights/rows';
import { objectsByFolder, rowsOf } from '../data/copy';
import { DATA, resourcesOf } from '../resources';

const FOLDER = 'train';

/** The data are delivered again, and the label means the contrary. */
export const relabelledData: Fault = {
  id: 'relabelled-data',
  title: `${DATA}${FOLDER}/ was delivered again with labels turned round: 1 for punctual, 0 for late`,
  task: '1.3',
  needs: ['data'],
  async prepare(run) {
    const { bucket } = resourcesOf(run);
    const [first] = await trainObjects(run);
    return { key: first.key, version: await currentVersion(run, bucket, first.key), figures: await figures(run) };
  },
  async inject(run, memory) {
    const { bucket } = resourcesOf(run);
    const text = (await readObject(run, bucket, memory.key!)).toString('utf8');
    const turned = text.replaceAll(/^[01]/gm, (label) => (label === '1' ? '0' : '1'));
    await putObject(run, bucket, memory.key!, Buffer.from(turned), 'text/csv');
    return `The daily statistics of the training data moved overnight. Yesterday: ${memory.figures}. Today: ${await figures(run)}. The number of files, their names and their sizes are the same.`;
  },
  async check(run, { memory }) {
    const before = remembered(run, memory, 'figures');
    const now = await figures(run);
    return now === before
      ? worksAgain(run, `The statistics of ${DATA}${FOLDER}/ are again: ${now}.`)
      : stillBroken(run, `The statistics of ${DATA}${FOLDER}/ are: ${now}; before, they were: ${before}.`);
  },
  hints: [
    'Which flights are late cannot have changed since. What in a row says whether it was late?',
    'The bucket keeps earlier versions of each object. Compare the first lines of two of them.',
  ],
  async mend(run, memory) {
    const { bucket } = resourcesOf(run);
    const key = remembered(run, memory.key?.startsWith(`${DATA}${FOLDER}/`) ? memory : {}, 'key');
    await requireVersion(run, bucket, key, remembered(run, memory, 'version'), 'data');
  },
  seen(run) {
    const { bucket } = resourcesOf(run);
    return [
      `its versions: aws s3api list-object-versions --bucket ${bucket} --prefix ${DATA}${FOLDER}/ --query 'Versions[].[LastModified,Key,VersionId]' --output text`,
      `how many rows begin with 1: aws s3 cp s3://${bucket}/${DATA}${FOLDER}/train.csv - | cut -c 1 | sort | uniq -c`,
    ];
  },
  prevented:
    'A data quality rule on the share of each label before a training, and a baseline model’s AUC on each delivery: turned round labels turn 0.77 into 0.23. A contract with whoever delivers says what 1 means.',
};

async function trainObjects(run: LabRun): Promise<readonly [StoredObject, ...StoredObject[]]> {
  const [first, ...others] = (await objectsByFolder(run, resourcesOf(run))).get(FOLDER) ?? [];
  if (first) return [first, ...others];
  throw new LabError(`There is nothing below ${DATA}${FOLDER}/.`, {
    why: 'The training data was removed.',
    next: labCommand(run, 'step', 'data'),
  });
}

/** Rows and their labels, in words. */
async function figures(run: LabRun): Promise<string> {
  try {
    const { rows, labels } = await rowsOf(run, resourcesOf(run), await trainObjects(run));
    const late = labels.reduce((sum, label) => sum + label, 0);
    return `${rows.toLocaleString('en-US')} flights, ${((100 * late) / rows).toFixed(1)} % of them late`;
  } catch (error) {
    if (error instanceof BadRows) return `they cannot be read: ${error.message}`;
    if (error instanceof LabError) return 'there are none';
    throw error;
  }
}
