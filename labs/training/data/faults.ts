/** What is wrong with prepared flights, wherever they lie: in this lab's bucket, or in the split that they are copied from. */
import { readObject, type StoredObject } from '../../../lib/aws/s3';
import { dataPlan, readDataFile } from '../../../lib/course/data-plan';
import type { PreparedFile } from '../../../lib/course/prepared-data';
import type { LabRun } from '../../../lib/course/run';
import { count } from '../../../lib/course/say';
import { BadRows, readRows, type Rows } from '../../../lib/flights/rows';
import { objectsByFolder, dataFolders } from './copy';
import type { LabResources } from '../resources';

/** Rows of a part, or what is wrong with it. @param expected what the project ships of this part: the same flights */
export async function rowsOrFault(
  run: LabRun,
  bucket: string,
  objects: readonly StoredObject[],
  expected: PreparedFile,
): Promise<string | { readonly rows: number }> {
  let seen: Rows;
  try {
    seen = await rowsIn(run, bucket, objects);
  } catch (error) {
    if (error instanceof BadRows) return error.message;
    throw error;
  }
  const late = seen.labels.reduce((sum, label) => sum + label, 0);
  if (seen.rows !== expected.rows)
    return `it has ${count(seen.rows, 'row')}, the plan gives ${expected.rows.toLocaleString('en-US')}`;
  if (late !== expected.late) return `${late} of its flights are late, expected ${expected.late}`;
  return pairingFault(seen, expected) ?? { rows: seen.rows };
}

async function rowsIn(run: LabRun, bucket: string, objects: readonly StoredObject[]): Promise<Rows> {
  const texts = await Promise.all(
    objects.map(async ({ key }) => ({ name: key, text: (await readObject(run, bucket, key)).toString('utf8') })),
  );
  return readRows(texts, dataPlan().features.length);
}

/** Whole numbers in the files, so their sums are the same in any order of the rows. */
const WHOLE = ['sched_dep_minute', 'distance'] as const;

interface Sums {
  readonly all: number;
  readonly late: number;
}

/** Sums of what the project ships, by file: they never change, and the files are large. */
const shipped = new Map<string, readonly Sums[]>();

function shippedSums(file: PreparedFile): readonly Sums[] {
  const text = (): string => readDataFile(file).toString('utf8');
  const known =
    shipped.get(file.path) ?? sumsOf(readRows([{ name: file.path, text: text() }], dataPlan().features.length));
  shipped.set(file.path, known);
  return known;
}

/** Flights and labels are right each by themselves, and may still not belong together. */
function pairingFault(seen: Rows, expected: PreparedFile): string | undefined {
  const [mine, plan] = [sumsOf(seen), shippedSums(expected)];
  for (const [at, name] of WHOLE.entries()) {
    const [{ all, late }, wanted] = [mine[at]!, plan[at]!];
    if (all !== wanted.all) return `the sum of ${name} is ${all}, expected ${wanted.all}: these are other flights`;
    if (late !== wanted.late)
      return `the sum of ${name} over its late flights is ${late}, expected ${wanted.late}: labels and flights do not belong together`;
  }
  return undefined;
}

/** In the order of {@link WHOLE}. */
function sumsOf(rows: Rows): readonly Sums[] {
  return WHOLE.map((name) =>
    sums(
      rows,
      dataPlan().features.findIndex((feature) => feature.name === name),
    ),
  );
}

function sums({ rows, columns, features, labels }: Rows, column: number): Sums {
  let [all, late] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    const value = features[row * columns + column]!;
    all += value;
    if (labels[row] === 1) late += value;
  }
  return { all, late };
}

/**
 * What is wrong with the lab's own copy, for whoever wonders why a job failed; undefined when nothing is, or when it cannot
 * be read: a question after a failure must not hide that failure.
 */
export async function dataFault(run: LabRun, resources: LabResources): Promise<string | undefined> {
  try {
    const present = await objectsByFolder(run, resources);
    for (const { folder, file } of dataFolders()) {
      const objects = present.get(folder);
      if (objects === undefined) return `data/${folder}/ is missing`;
      const fault = await rowsOrFault(run, resources.bucket, objects, file);
      if (typeof fault === 'string') return `data/${folder}/ is not right: ${fault}`;
    }
    return undefined;
  } catch {
    return undefined;
  }
}
