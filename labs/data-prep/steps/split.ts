import { CHECK_MARK, countedOrNotDone, runQuery } from '../../../lib/aws/athena';
import { getTable } from '../../../lib/aws/glue';
import { emptyPrefix, listObjects } from '../../../lib/aws/s3';
import type { Step, Verdict } from '../../../lib/course/model';
import { dataPlan, SLICES, type SliceName } from '../../../lib/course/data-plan';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { sqlLiteral, namedQuery } from '../queries';
import { athenaCommand } from '../aws-cli';
import { resourcesOf, type LabResources } from '../resources';
import { readSlice, splitPrefix, type SliceFigures, type SliceFiles } from '../data/split-files';

/** Write train, validation and test for SageMaker XGBoost. */
export const split: Step = {
  id: 'split',
  title: 'Split into train, validation and test',
  predict:
    'Rows are assigned by a hash of the flight, not by a random number. What would go wrong with random() when you run the split again?',
  awsMinutes: 1,
  hints: [
    'The plan says which split_bucket goes where: data/plan.json, "split". Only the months January to May are split.',
    'UNLOAD writes only to an empty place: remove what is below split/train/, split/validation/ and split/test/ first.',
    "SageMaker's XGBoost wants the label first, no header, no quotes, and nothing where a value is missing. The saved queries split-* do that.",
  ],
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  if ((await getTable(run, resources.database, 'prepared')) === undefined) {
    throw new LabError(`There is no table prepared in ${resources.database} to split.`, {
      why: 'The Glue job has not run, or its table was not registered.',
      next: labCommand(run, 'step', 'transform'),
      exit: Exit.WrongUse,
    });
  }
  await Promise.all(
    SLICES.map(async (slice) => {
      const removed = await emptyPrefix(run, resources.bucket, splitPrefix(slice));
      if (removed > 0) run.progress(`removed ${count(removed, 'file')} of an earlier split from ${splitPrefix(slice)}`);
      await runQuery(run, resources, namedQuery(`split-${slice}`, resources).sql, {
        what: `saved query split-${slice}`,
        next: labCommand(run, 'check', 'split'),
      });
    }),
  );
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'split');
  const written = await Promise.all(SLICES.map((slice) => listObjects(run, resources.bucket, splitPrefix(slice))));
  const empty = SLICES.filter((_slice, i) => written[i]?.length === 0);
  if ((await getTable(run, resources.database, 'prepared')) === undefined) {
    return notDone(
      `There is no table prepared in ${resources.database} to split.`,
      labCommand(run, 'step', 'transform'),
    );
  }
  if (empty.length > 0) {
    return notDone(
      `Nothing is written below ${list(empty.map((slice) => `s3://${resources.bucket}/${splitPrefix(slice)}`))}.`,
      `Split: ${again}`,
    );
  }
  const slices: Partial<Record<SliceName, SliceFiles>> = {};
  for (const slice of SLICES) {
    const read = await readSlice(run, resources.bucket, slice);
    if (read.fault) return notDone(`${read.fault}`, `Split again: ${again}`);
    slices[slice] = read;
  }
  return countedOrNotDone(() => figuresVerdict(run, resources, slices as Record<SliceName, SliceFiles>, again));
}

async function figuresVerdict(
  run: LabRun,
  resources: LabResources,
  slices: Readonly<Record<SliceName, SliceFiles>>,
  again: string,
): Promise<Verdict> {
  const expected = await expectedFigures(run, resources, again);
  for (const slice of SLICES) {
    const fault = sliceFault(slice, slices[slice].figures, expected.slices[slice]);
    if (fault) return notDone(fault, `Split again: ${again}`);
  }
  const rows = SLICES.reduce((sum, slice) => sum + slices[slice].figures.rows, 0);
  if (rows !== expected.flights || expected.flights !== expected.keys) {
    return notDone(
      `The three slices have ${rows.toLocaleString('en-US')} rows; the months of the split have ${expected.flights.toLocaleString('en-US')} rows with ${expected.keys.toLocaleString('en-US')} different keys. Every flight belongs to exactly one slice.`,
      `See ${labCommand(run, 'check', 'transform')}, then split again: ${again}`,
    );
  }
  const shares = SLICES.map((slice) => slices[slice].figures.late / slices[slice].figures.rows);
  if (Math.max(...shares) - Math.min(...shares) > 0.02) {
    return notDone(
      `The late shares of the slices lie far apart: ${SLICES.map((slice, i) => `${slice} ${shares[i]?.toFixed(4)}`).join(', ')}.`,
      `See ${labCommand(run, 'check', 'transform')}`,
    );
  }
  const told = SLICES.map((slice, i) => {
    const { rows: size } = slices[slice].figures;
    return `${slice} ${size.toLocaleString('en-US')} (${((100 * size) / rows).toFixed(1)} %, late share ${shares[i]?.toFixed(4)})`;
  });
  return done(
    `${told.join(', ')}: together every flight of ${dataPlan().split.batches[0]} to ${dataPlan().split.batches.at(-1)} once. Label first, no header, missing values empty.`,
    `The data is ready for training. When you are finished with the lab: ${labCommand(run, 'down')}`,
  );
}

const TITLES: Readonly<Record<keyof SliceFigures, string>> = {
  rows: 'rows',
  late: 'late flights',
  minutes: 'as sum of sched_dep_minute',
  miles: 'as sum of distance',
  noTemp: 'rows without temp',
  noAge: 'rows without plane_age',
};

/** How a slice differs from the prepared table, in words; undefined when it does not. */
function sliceFault(slice: SliceName, seen: SliceFigures, expected: SliceFigures): string | undefined {
  const { from, below } = dataPlan().split.slices[slice];
  const differing = (Object.keys(TITLES) as (keyof SliceFigures)[]).find((name) => seen[name] !== expected[name]);
  if (differing === undefined) return undefined;
  const figures = `${seen[differing].toLocaleString('en-US')} ${TITLES[differing]}, expected ${expected[differing].toLocaleString('en-US')}`;
  const rule = `split_bucket from ${from} to ${below - 1}, months ${dataPlan().split.batches.join(', ')}`;
  if (differing === 'rows' && expected.rows > 0 && seen.rows % expected.rows === 0) {
    return `The slice ${slice} has ${figures}: it was written ${seen.rows / expected.rows} times. Empty its place first.`;
  }
  if (differing === 'noTemp' || differing === 'noAge') {
    return `The slice ${slice} has ${figures}: a missing value has to stay missing, an empty field. Do not write 0 for it.`;
  }
  return `The slice ${slice} has ${figures}. Its rule: ${rule}.`;
}

async function expectedFigures(
  run: LabRun,
  resources: LabResources,
  next: string,
): Promise<{ slices: Record<SliceName, SliceFigures>; flights: number; keys: number }> {
  const { split: rule, prepared } = dataPlan();
  const cases = SLICES.map(
    (slice) =>
      `WHEN ${prepared.bucket} >= ${rule.slices[slice].from} AND ${prepared.bucket} < ${rule.slices[slice].below} THEN ${sqlLiteral(slice)}`,
  );
  const sql = `${CHECK_MARK}
WITH sliced AS (
  SELECT CASE ${cases.join(' ')} ELSE 'none' END AS slice, * FROM prepared WHERE batch IN (${rule.batches.map(sqlLiteral).join(', ')})
)
SELECT slice,
       count(*), sum(late), sum(sched_dep_minute), sum(distance),
       count(*) - count(temp), count(*) - count(plane_age), count(DISTINCT ${prepared.key})
FROM sliced
GROUP BY slice`;
  const { rows } = await runQuery(run, resources, sql, { what: 'the split, counted by the check', next });
  const bySlice = new Map(rows.map(([slice, ...cells]) => [slice, cells.map((cell) => Number(cell ?? 0))]));
  const figures = (slice: SliceName): SliceFigures => {
    const [total = 0, late = 0, minutes = 0, miles = 0, noTemp = 0, noAge = 0] = bySlice.get(slice) ?? [];
    return { rows: total, late, minutes, miles, noTemp, noAge };
  };
  const all = [...bySlice.values()];
  return {
    slices: { train: figures('train'), validation: figures('validation'), test: figures('test') },
    flights: all.reduce((sum, cells) => sum + (cells[0] ?? 0), 0),
    keys: all.reduce((sum, cells) => sum + (cells[6] ?? 0), 0),
  };
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  return SLICES.flatMap((slice) => [
    `aws s3 rm --recursive ${quoted(`s3://${resources.bucket}/${splitPrefix(slice)}`)}`,
    athenaCommand(run, namedQuery(`split-${slice}`, resources).sql),
  ]);
}
