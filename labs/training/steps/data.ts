import { outputsOf } from '../../../lib/aws/other-lab';
import {
  copyObject,
  emptyPrefix,
  hasContent,
  inParallel,
  listObjects,
  putObject,
  type StoredObject,
} from '../../../lib/aws/s3';
import type { Step, Verdict } from '../../../lib/course/model';
import { dataPlan, readDataFile, SLICES, type SliceName } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { stackName } from '../../../lib/course/names';
import type { PreparedFile } from '../../../lib/course/prepared-data';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { areCopies, objectsByFolder, dataFolders } from '../data/copy';
import { rowsOrFault } from '../data/faults';
import { DATA, resourcesOf, s3Uri } from '../resources';

/** Bring the prepared flights into this lab's own bucket. */
export const data: Step = {
  id: 'data',
  title: 'Bring the prepared data',
  predict:
    'The data is split into train, validation and test. Which of the three may a training job see, and why not all?',
  awsMinutes: 1,
  hints: [
    'Every part has a folder below data/: train, validation, test, and one below months/ for each later month.',
    'SageMaker reads everything below a prefix: one stray file in data/train/ is trained on too.',
    'Run `./lab step training data --explain`: it prints the commands.',
  ],
  act,
  check,
  explain,
};

interface Split {
  readonly bucket: string;
  readonly files: ReadonlyMap<SliceName, readonly StoredObject[]>;
}

const SHIPPED = 'taking the prepared data that comes with the project';

/** What data-prep left as its split; undefined where it has not got that far, or left what no model should learn from. */
async function splitOfDataPrep(run: LabRun): Promise<Split | undefined> {
  const split = await filesOfDataPrep(run);
  if (split === undefined) {
    run.progress(`data-prep has left no split: ${SHIPPED}`);
    return undefined;
  }
  for (const { slice, file } of dataFolders()) {
    const fault = slice && (await rowsOrFault(run, split.bucket, split.files.get(slice) ?? [], file));
    if (typeof fault !== 'string') continue;
    const again = labCommand({ ...run, lab: 'data-prep' }, 'step', 'split');
    run.progress(`the split of data-prep is not right, in ${slice}: ${fault}. Not copying it, ${SHIPPED}`);
    run.progress(`to bring your own: ${again}, then ${labCommand(run, 'step', 'data')}`);
    return undefined;
  }
  run.progress(`copying the split of data-prep from s3://${split.bucket}/split/`);
  return split;
}

async function filesOfDataPrep(run: LabRun): Promise<Split | undefined> {
  const bucket = (await outputsOf(run, 'data-prep'))?.DataBucket;
  if (bucket === undefined) return undefined;
  const files = new Map<SliceName, StoredObject[]>();
  for (const slice of SLICES) {
    const found = (await listObjects(run, bucket, `split/${slice}/`)).filter(({ bytes }) => bytes > 0);
    if (found.length === 0) return undefined;
    files.set(slice, found);
  }
  return { bucket, files };
}

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const split = await splitOfDataPrep(run);
  const present = await objectsByFolder(run, resources);
  for (const { folder, slice, file } of dataFolders()) {
    const there = present.get(folder) ?? [];
    const copied = slice && split?.files.get(slice);
    if (copied && split) {
      if (areCopies(there, copied)) continue;
      await emptyPrefix(run, resources.bucket, `${DATA}${folder}/`);
      await inParallel(copied, ({ key }) =>
        copyObject(
          run,
          { bucket: split.bucket, key },
          { bucket: resources.bucket, key: `${DATA}${folder}/${key.slice(key.lastIndexOf('/') + 1)}` },
        ),
      );
    } else {
      const [only] = there;
      if (there.length === 1 && only!.key === file.key && (await hasContent(run, resources.bucket, only!, file)))
        continue;
      await emptyPrefix(run, resources.bucket, `${DATA}${folder}/`);
      await putObject(run, resources.bucket, file.key, readDataFile(file), 'text/csv');
    }
    run.progress(`data/${folder}/ is there`);
  }
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'data');
  const present = await objectsByFolder(run, resources);
  const missing = dataFolders().filter(({ folder }) => !present.has(folder));
  if (missing.length > 0) {
    return notDone(
      `${s3Uri(resources, DATA)} lacks ${count(missing.length, 'part')} of ${dataFolders().length}: ${list(missing.map(({ folder }) => folder))}.`,
      `Bring the data: ${again}`,
    );
  }
  const known = new Set(dataFolders().map(({ folder }) => folder));
  const stray = [...present].filter(([folder]) => !known.has(folder)).flatMap(([, objects]) => objects);
  if (stray.length > 0) {
    return notDone(
      `There is more below ${s3Uri(resources, DATA)} than the data: ${list(stray.map(({ key }) => key))}.`,
      `Remove it: aws s3 rm ${quoted(s3Uri(resources, stray[0]!.key))}`,
    );
  }
  const told: string[] = [];
  for (const { folder, slice, file } of dataFolders()) {
    const fault = await rowsOrFault(run, resources.bucket, present.get(folder)!, file);
    if (typeof fault === 'string')
      return notDone(`data/${folder}/ is not right: ${fault}.`, `Bring it again: ${again}`);
    if (slice) told.push(`${fault.rows.toLocaleString('en-US')} ${slice}`);
  }
  const months = dataFolders().length - SLICES.length;
  return done(
    `${told.join(', ')}, and ${months} later months whole: rows, ${dataPlan().features.length} features, labels and their shares are as the plan says.`,
    labCommand(run, 'step', 'train'),
  );
}

/** One command for the slices, from data-prep where it has its split, and one for each later month. */
function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const upload = (file: PreparedFile): string =>
    `gunzip -c ${quoted(`data/${file.path}`)} | aws s3 cp - ${quoted(s3Uri(resources, file.key))} --content-type text/csv`;
  const slices = dataFolders().filter(({ slice }) => slice);
  const months = dataFolders().filter(({ slice }) => !slice);
  const stack = stackName('data-prep', run.learner);
  const last = SLICES.at(-1)!;
  return [
    [
      `split=$(aws cloudformation describe-stacks --stack-name ${quoted(stack)} --query "Stacks[0].Outputs[?OutputKey=='DataBucket'].OutputValue" --output text 2>/dev/null)`,
      `if [ -n "$split" ] && aws s3 ls "s3://$split/split/${last}/" >/dev/null; then`,
      ...slices.map(
        ({ folder }) =>
          `  aws s3 sync "s3://$split/split/${folder}/" ${quoted(s3Uri(resources, `${DATA}${folder}/`))} --delete`,
      ),
      'else',
      ...slices.map(({ file }) => `  ${upload(file)}`),
      'fi',
    ].join('\n'),
    ...months.map(({ file }) => upload(file)),
  ];
}
