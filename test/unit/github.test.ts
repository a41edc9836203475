/** What GitHub is told of this repository agrees with the repository. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { LAB_IDS } from '../../lib/course/names';

const FOLDER = resolve(__dirname, '../../.github');
const read = <T>(...path: string[]): T => parse(readFileSync(join(FOLDER, ...path), 'utf8')) as T;

interface Job {
  readonly 'runs-on': string;
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}
const workflows = readdirSync(join(FOLDER, 'workflows'));
const jobsOf = (file: string): Record<string, Job> => read<{ jobs: Record<string, Job> }>('workflows', file).jobs;

test.each(workflows)('%s pins each action to a commit', (file) => {
  const used = Object.values(jobsOf(file)).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
});

test.each(workflows)('%s may read the code, and write nothing', (file) => {
  expect(read('workflows', file)).toMatchObject({ permissions: { contents: 'read' } });
});

test('everything runs on Linux, and the fast tests on macOS and Windows', () => {
  const said = Object.values(jobsOf('ci.yml')).flatMap((job) =>
    job.steps.flatMap(({ run }) => (run === undefined ? [] : `${job['runs-on'].replace(/-.*/, '')}: ${run}`)),
  );
  expect(said).toEqual(
    expect.arrayContaining(['ubuntu: bash .ci/run', 'macos: npm run test:fast', 'windows: npm run test:fast']),
  );
});

interface Form {
  readonly body: readonly { readonly id?: string; readonly attributes: { readonly options?: readonly string[] } }[];
}

test.each(['cost.yml', 'field-run.yml', 'lab.yml'])('the form %s offers each lab', (file) => {
  const { body } = read<Form>('ISSUE_TEMPLATE', file);
  const options = body.find(({ id }) => id === 'lab')!.attributes.options!;
  expect(options.filter((option) => option !== 'several')).toEqual(LAB_IDS);
});
