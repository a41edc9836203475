/** Data that no model should learn from: where it comes from, and advice that brings other data. */
import { createHash } from 'node:crypto';
import { dataPlan, readDataFile } from '../../../../lib/course/data-plan';
import { lab } from '../../../../labs/training/lab';
import { dataFolders } from '../../../../labs/training/data/copy';
import { requireJobSuccess } from '../../../../labs/training/jobs/guards';
import { resourcesOf } from '../../../../labs/training/resources';
import { FakeAccount } from './fakeAccount';

function md5(body: Buffer): string {
  return createHash('md5').update(body).digest('hex');
}

// Small parts in place of 274,000 flights: what is tried here is how they are compared.
const mockSmall = (key: string): Buffer => {
  const { features } = dataPlan();
  const rows = Array.from({ length: key.length + 20 }, (_row, i) =>
    [i % 3 === 0 ? 1 : 0, ...features.map((_feature, column) => i * 7 + column)].join(),
  );
  return Buffer.from(`${rows.join('\n')}\n`);
};
jest.mock('../../../../lib/course/data-plan', () => ({
  ...jest.requireActual<object>('../../../../lib/course/data-plan'),
  readDataFile: ({ key }: { key: string }) => mockSmall(key),
}));
jest.mock('../../../../lib/course/prepared-data', () => {
  const real = jest.requireActual<typeof import('../../../../lib/course/prepared-data')>(
    '../../../../lib/course/prepared-data',
  );
  const small = () =>
    real.preparedManifest().files.map((file) => {
      const body = mockSmall(file.key);
      const lines = body.toString().trimEnd().split('\n');
      const late = lines.filter((line) => line.startsWith('1')).length;
      return { ...file, rows: lines.length, late, bytes: body.length, md5: md5(body) };
    });
  return { ...real, preparedManifest: () => ({ ...real.preparedManifest(), files: small() }) };
});

const BRING = './lab step training data --target local';
const step = (id: string) => lab.steps.find((one) => one.id === id)!;

/** An account in which lab 1 stands beside lab 2, each with its bucket; keys tell the buckets apart. */
class TwoLabs extends FakeAccount {
  readonly said: string[] = [];
  dataPrep = true;

  protected override answer(operation: string, input: Record<string, string>): unknown {
    switch (operation) {
      case 'DescribeStacks': {
        if (!this.dataPrep)
          throw Object.assign(new Error('Stack with id x does not exist'), { name: 'ValidationError' });
        const Tags = [
          { Key: 'mla-labs:lab', Value: 'data-prep' },
          { Key: 'mla-labs:learner', Value: 'me' },
        ];
        const Outputs = [{ OutputKey: 'DataBucket', OutputValue: 'first' }];
        return { Stacks: [{ StackStatus: 'CREATE_COMPLETE', Tags, Outputs }] };
      }
      case 'ListObjectsV2': {
        const listed = super.answer(operation, input) as { Contents: { Key: string }[] };
        return { Contents: listed.Contents.map((one) => ({ ...one, ETag: `"${md5(this.objects.get(one.Key)!)}"` })) };
      }
      case 'CopyObject':
        this.put(input.Key!, this.objects.get(decodeURIComponent(input.CopySource!).replace(/^first\//, ''))!);
        return {};
      case 'PutObject':
        this.put(input.Key!, input.Body!);
        return {};
      case 'DeleteObjects':
        for (const { Key } of (input.Delete as unknown as { Objects: { Key: string }[] }).Objects)
          this.objects.delete(Key);
        return {};
      default:
        return super.answer(operation, input);
    }
  }

  override get run(): FakeAccount['run'] {
    return { ...super.run, progress: (line: string) => void this.said.push(line) };
  }

  /** The split of lab 1, with one part changed. */
  split(changed = '', change: (lines: string[]) => string[] = (lines) => lines): this {
    for (const { slice, file } of dataFolders()) {
      if (!slice) continue;
      const lines = readDataFile(file).toString('utf8').trimEnd().split('\n');
      this.put(`split/${slice}/part-0`, `${(slice === changed ? change(lines) : lines).join('\n')}\n`);
    }
    return this;
  }
}

const broken: [string, string, (lines: string[]) => string[], RegExp][] = [
  [
    'a text in a column',
    'train',
    ([first, ...rest]) => [first!.replace(/,[^,]*$/, ',morning'), ...rest],
    /"morning" is no number/,
  ],
  ['a header', 'validation', (lines) => ['late,a,b', ...lines], /has 3 columns/],
  ['rows lost', 'test', (lines) => lines.slice(10), /the plan gives/],
  [
    'labels of other flights',
    'train',
    (lines) => lines.map((line, i) => `${lines.at(i - 1)![0]}${line.slice(1)}`),
    /labels and flights do not belong together/,
  ],
];

describe('a split of data-prep that is broken', () => {
  test.each(broken)(
    '%s: not copied; the data of the project comes, and both ways on are told',
    async (_what, slice, change, why) => {
      const account = new TwoLabs().split(slice, change);
      await step('data').act(account.run);
      expect(await step('data').check(account.run)).toMatchObject({ done: true });
      const said = account.said.join('\n');
      expect(said).toMatch(why);
      expect(said).toContain(`to bring your own: ./lab step data-prep split --target local, then ${BRING}`);
    },
  );

  test.each(broken)(
    '%s, copied by hand: the check proposes the step, and the step changes it',
    async (_what, slice, change, why) => {
      const account = new TwoLabs().split(slice, change);
      await step('data').act(account.run);
      account.objects.delete(`data/${slice}/${slice}.csv`);
      account.put(`data/${slice}/part-0`, account.objects.get(`split/${slice}/part-0`)!);
      const verdict = await step('data').check(account.run);
      expect(verdict.saw).toMatch(why);
      expect(verdict.next).toBe(`Bring it again: ${BRING}`);
      await step('data').act(account.run);
      expect(await step('data').check(account.run)).toMatchObject({ done: true });
    },
  );

  test('once it is right, the step copies it', async () => {
    const [, slice, change] = broken[0]!;
    const account = new TwoLabs().split(slice, change);
    await step('data').act(account.run);
    account.split();
    await step('data').act(account.run);
    expect([...account.objects.keys()].filter((key) => key.startsWith('data/train/'))).toEqual(['data/train/part-0']);
    expect(await step('data').check(account.run)).toMatchObject({ done: true });
  });
});

describe('a job that failed', () => {
  const failed = { by: 'training', name: 'mla-train-me-1', status: 'Failed', reason: 'AlgorithmError' } as const;

  test.each(broken)('on bad data (%s): the one advice is to bring the data again', async (_what, slice, change) => {
    const account = new TwoLabs().split(slice, change);
    await step('data').act(account.run);
    account.put(`data/${slice}/${slice}.csv`, account.objects.get(`split/${slice}/part-0`)!);
    account.training(failed.name, 0, { TrainingJobStatus: 'Failed', FailureReason: failed.reason });
    const next = expect.stringContaining(`Bring it again: ${BRING}; then: ./lab step training train`) as string;
    await expect(requireJobSuccess(account.run, resourcesOf(account.run), 'train', failed)).rejects.toMatchObject({
      next,
    });
    expect((await step('train').check(account.run)).next).toEqual(next);
    expect((await step('train').check(account.run)).next).not.toContain('aws logs');
  });

  test.each(['train', 'tune', 'evaluate'] as const)('%s on good data: its log, and the step again', async (id) => {
    const account = new TwoLabs();
    account.dataPrep = false;
    await step('data').act(account.run);
    await expect(requireJobSuccess(account.run, resourcesOf(account.run), id, failed)).rejects.toMatchObject({
      next: expect.stringMatching(
        new RegExp(`^Fix what its log says, then: ./lab step training ${id} .*Its log: aws logs`),
      ) as string,
    });
  });
});
