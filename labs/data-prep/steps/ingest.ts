import { inParallel, putObject } from '../../../lib/aws/s3';
import type { Step, Verdict } from '../../../lib/course/model';
import { dataManifest, readDataFile } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { resourcesOf } from '../resources';
import { objectDifference, rawState } from '../data/raw';

/** Upload the raw data: plain CSV, one folder a table, one folder a month. */
export const ingest: Step = {
  id: 'ingest',
  title: 'Ingest the raw data',
  predict:
    'The flights have columns year, month and day. Why does the bucket keep them under batch=2013-01 and not under month=1?',
  awsMinutes: 1,
  hints: [
    'Look at what is in the bucket: every table has a folder of its own below raw/, and every month of flights a folder batch=yyyy-mm.',
    'Upload the uncompressed CSV. The files in data/ end in .gz; the objects in the bucket end in .csv.',
    'Run `./lab step data-prep ingest --explain`: it prints one `aws s3 cp` for each file.',
  ],
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const { bucket } = resourcesOf(run);
  const { missing, altered } = await rawState(run, bucket);
  const wanted = [...missing, ...altered.map(({ file }) => file)];
  let uploaded = 0;
  await inParallel(wanted, async (file) => {
    await putObject(run, bucket, file.key, readDataFile(file), 'text/csv');
    uploaded += 1;
    run.progress(`uploaded ${uploaded} of ${wanted.length}: ${file.key}`);
  });
  const kept = dataManifest().files.length - wanted.length;
  if (kept > 0) run.progress(`${count(kept, 'file was', 'files were')} there already, unchanged`);
}

async function check(run: LabRun): Promise<Verdict> {
  const { bucket } = resourcesOf(run);
  const { missing, altered, extra, objects } = await rawState(run, bucket);
  const { files } = dataManifest();
  const again = labCommand(run, 'step', 'ingest');
  if (missing.length === files.length && extra.length === 0) {
    return notDone(`s3://${bucket}/raw/ holds none of the ${files.length} files.`, `Upload them: ${again}`);
  }
  if (missing.length > 0) {
    const months = missing.filter(({ key }) => key.includes('/batch=')).length;
    return notDone(
      `${missing.length} of ${files.length} files are not in s3://${bucket}: ${list(missing.map(({ key }) => key))}.`,
      `${months > 0 ? 'A month of flights belongs to raw/flights/batch=yyyy-mm/flights.csv. ' : ''}Upload what is missing: ${again}`,
    );
  }
  const [wrong] = altered;
  if (wrong) {
    const how = await objectDifference(run, bucket, wrong.file, wrong.object);
    const others = altered.length > 1 ? ` So do ${list(altered.slice(1).map(({ file }) => file.key))}.` : '';
    return notDone(
      `s3://${bucket}/${wrong.file.key} differs from data/${wrong.file.path}: ${how}.${others}`,
      `Upload it again: ${again}`,
    );
  }
  const [stray] = extra;
  if (stray) {
    return notDone(
      `All ${files.length} files are right, but there is more: ${list(extra.map(({ key }) => key))}. A crawler and every query would read it too.`,
      `Remove it: aws s3 rm ${quoted(`s3://${bucket}/${stray.key}`)}`,
    );
  }
  const flights = files.filter(({ key }) => key.startsWith('raw/flights/'));
  const rows = flights.reduce((sum, file) => sum + file.rows, 0);
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  return done(
    `${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, agree with data/ byte for byte: ${rows.toLocaleString('en-US')} flights in ${flights.length} months, weather, planes, airlines, airports.`,
    labCommand(run, 'step', 'crawl'),
  );
}

function explain(run: LabRun): readonly string[] {
  const { bucket } = resourcesOf(run);
  return dataManifest().files.map(
    ({ path, key }) =>
      `gunzip -c ${quoted(`data/${path}`)} | aws s3 cp - ${quoted(`s3://${bucket}/${key}`)} --content-type text/csv`,
  );
}
