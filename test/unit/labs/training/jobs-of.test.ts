/** Which jobs of an account a check looks at. */
import { processingJobsOf, trainingJobsOf, tuningJobsOf } from '../../../../lib/aws/sagemaker';
import type { LabRun } from '../../../../lib/course/run';

const ROLE = 'arn:aws:iam::123456789012:role/ana';

/** An account with these jobs, newest first; each has the role of the learner in its name, if any. */
function accountOf(jobs: readonly string[]): { run: LabRun; described: string[]; pages: () => number } {
  const described: string[] = [];
  let pages = 0;
  const send = async (command: { readonly input: Record<string, string | number | undefined> }): Promise<unknown> => {
    const { input } = command;
    const [, verb, sort] = /^(List|Describe)(\w+?)s?Command$/.exec(command.constructor.name)!;
    if (verb === 'List') {
      pages += 1;
      const from = Number(input.NextToken ?? 0);
      const to = from + Number(input.MaxResults);
      const shown = jobs.slice(from, to).map((name) => ({ [`${sort}Name`]: name }));
      return { [`${sort}Summaries`]: shown, NextToken: to < jobs.length ? String(to) : undefined };
    }
    const name = String(input[`${sort}Name`]);
    described.push(name);
    const RoleArn = name.includes('-ana-') ? ROLE : 'arn:aws:iam::123456789012:role/other';
    return { [`${sort}Name`]: name, RoleArn, TrainingJobDefinition: { RoleArn } };
  };
  const run = { learner: 'ana', clients: { sagemaker: { send } } } as unknown as LabRun;
  return { run, described, pages: () => pages };
}

const others = (count: number): string[] => Array.from({ length: count }, (_, i) => `mla-train-l${i}--abc`);

test.each([trainingJobsOf, processingJobsOf, tuningJobsOf])(
  '%p finds the learner’s own among the hundreds of a class, though they are old',
  async (jobsOf) => {
    // They have the learner's name in theirs.
    const alike = ['mla-train-b-ana--1', 'mla-train-ana-b--1', 'mla-mon-train-ana--1'];
    const own = ['mla-hpo-ana--1', 'mla-train-ana--1'];
    const { run, described } = accountOf([...others(350), ...alike, ...own, ...others(50)]);
    expect(await jobsOf(run, ROLE)).toHaveLength(2);
    // The newest, and those with the learner's name; not all of the account.
    expect(described).toHaveLength(62);
  },
);

test('in an account with many thousands of jobs it reads ten pages of names, and no more', async () => {
  const { run, pages } = accountOf(others(5000));
  expect(await trainingJobsOf(run, ROLE)).toEqual([]);
  expect(pages()).toBe(10);
});
