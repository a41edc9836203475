import { readFileSync } from 'node:fs';
import { PLACE } from './fakeAws';
import { lab } from '../../../../labs/data-prep/lab';
import { namedQueries, namedQuery, normaliseSql } from '../../../../labs/data-prep/queries';
import {
  DATA_FOLDER,
  dataManifest,
  dataPlan,
  preparedColumns,
  readDataFile,
  SLICES,
} from '../../../../lib/course/data-plan';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

describe('saved queries', () => {
  test('have different names, a sentence each, and no placeholder left', () => {
    const queries = namedQueries(PLACE);
    expect(new Set(queries.map(({ name }) => name)).size).toBe(queries.length);
    for (const { description, sql } of queries) {
      expect(description).toMatch(/^[A-Z].*[.?]$/);
      expect(sql).not.toContain('${');
    }
  });

  test('accept a CDK token for a bucket, and nothing that would end a SQL text', () => {
    const token = '${Token[TOKEN.123]}';
    expect(namedQuery('create-prepared', { ...PLACE, bucket: token }).sql).toContain(`s3://${token}/prepared/flights/`);
    expect(() => namedQuery('create-prepared', { ...PLACE, bucket: "x'; DROP TABLE y" })).toThrow('no bucket name');
    expect(() => namedQuery('bias', { ...PLACE, database: 'a b' })).toThrow('no database name');
  });

  test('begin with the verb where Athena parses them as Hive does: a comment before DROP or MSCK fails there', () => {
    const verbs = namedQueries(PLACE).map(({ sql }) => sql.replace(/\s[\s\S]*/, ''));
    expect(verbs.filter((verb) => verb === 'DROP')).toHaveLength(2);
    expect(verbs.filter((verb) => verb === 'CREATE')).toHaveLength(2);
    expect(verbs.filter((verb) => verb === 'MSCK')).toHaveLength(2);
    for (const { sql } of namedQueries(PLACE).filter(({ name }) => /^(drop|create|repair)-/.test(name))) {
      expect(sql).not.toContain('--');
    }
  });

  test('do not give the answer to the exercise away', () => {
    const solution = normaliseSql(readFileSync(join(lab.folder, 'solutions', 'late-share.sql'), 'utf8'));
    expect(namedQueries(PLACE).map(({ sql }) => normaliseSql(sql))).not.toContain(solution);
  });

  test.each(SLICES)(
    'the %s slice: label first, then every feature in order, months and buckets of the plan',
    (slice) => {
      const { sql } = namedQuery(`split-${slice}`, PLACE);
      const names = [...sql.matchAll(/ AS (\w+),?$/gm)].map(([, name]) => name);
      expect(names).toEqual([dataPlan().label.name, ...dataPlan().features.map(({ name }) => name)]);
      const { from, below } = dataPlan().split.slices[slice];
      expect(sql).toContain(`split_bucket >= ${from}\n    AND split_bucket < ${below}`);
      expect(sql).toContain(`'2013-01', '2013-02', '2013-03', '2013-04', '2013-05'`);
    },
  );
});

describe('the plan', () => {
  const plan = dataPlan();

  test('slices cover every bucket once', () => {
    const owners = Array.from({ length: 100 }, (_none, bucket) =>
      SLICES.filter((slice) => bucket >= plan.split.slices[slice].from && bucket < plan.split.slices[slice].below),
    );
    expect(owners.every((owner) => owner.length === 1)).toBe(true);
    expect(owners.filter(([owner]) => owner === 'test')).toHaveLength(20);
  });

  test('no feature leaks or is a calendar', () => {
    const names = preparedColumns().map(({ name }) => name);
    expect(names.filter((name) => [...plan.forbidden.leaks, ...plan.forbidden.calendar].includes(name))).toEqual([]);
  });

  test('every file is what the manifest says', () => {
    for (const file of [...dataManifest().files, dataManifest().badBatch]) {
      const content = readDataFile(file);
      expect([file.path, content.length, createHash('md5').update(content).digest('hex')]).toEqual([
        file.path,
        file.bytes,
        file.md5,
      ]);
    }
    expect(readFileSync(join(DATA_FOLDER, 'checksums'), 'utf8').split('\n').filter(Boolean)).toHaveLength(17);
  });
});

describe('the lab', () => {
  test('has its steps in the order of the guide, each with a section of its own', () => {
    const guide = readFileSync(join(lab.folder, 'README.md'), 'utf8');
    const sections = [...guide.matchAll(/^## \d+\. .*`([\w-]+)`$/gm)].map(([, id]) => id);
    expect(lab.steps.map(({ id }) => id)).toEqual(sections);
  });

  test('ships a template and a solution for each exercise', () => {
    for (const { exercise } of lab.steps) {
      if (exercise === undefined) continue;
      expect(readFileSync(join(lab.folder, exercise.template), 'utf8')).not.toBe(
        readFileSync(join(lab.folder, exercise.solution), 'utf8'),
      );
    }
  });

  test('costs about a third of a dollar, and almost nothing while it stands', () => {
    const sum = (key: 'usdPerRun' | 'usdPerHour'): number =>
      lab.cost('us-east-1').reduce((total, line) => total + line[key], 0);
    expect(sum('usdPerRun')).toBeGreaterThan(0.2);
    expect(sum('usdPerRun')).toBeLessThan(0.5);
    expect(sum('usdPerHour')).toBeLessThan(0.001);
  });
});
