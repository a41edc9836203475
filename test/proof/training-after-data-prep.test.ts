/** Lab 2 beside lab 1: it copies the split that data-prep made, and holds no reference to it afterwards. */
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { Stage } from './stage';

let first: Stage;
let second: Stage;
beforeAll(async () => {
  first = await Stage.open('data-prep');
  second = await first.beside('training');
  await Promise.all([first.up(), second.up()]);
});
afterAll(async () => {
  await second?.close();
  await first?.close();
});

async function etags(stage: Stage, Prefix: string): Promise<string[]> {
  const Bucket = (await stage.run()).outputs.DataBucket!;
  const { Contents = [] } = await stage.target.clients.s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return Contents.filter(({ Size }) => Size)
    .map(({ Key, ETag }) => `${Key!.slice(Key!.lastIndexOf('/') + 1)} ${ETag}`)
    .sort();
}

test('before data-prep has a split, the prepared data of the project is taken', async () => {
  await second.act('data');
  expect(await second.check('data')).toMatchObject({ done: true });
  expect(await etags(second, 'data/train/')).toEqual([expect.stringMatching(/^train\.csv /)]);
});

test('after its split, the very objects of data-prep are copied in its place, and the check accepts them', async () => {
  await first.act('ingest', 'crawl', 'explore', 'transform', 'quality', 'split');
  expect(await first.check('split')).toMatchObject({ done: true });
  await second.act('data');
  for (const slice of ['train', 'validation', 'test']) {
    const theirs = await etags(first, `split/${slice}/`);
    expect(theirs.length).toBeGreaterThan(0);
    expect(await etags(second, `data/${slice}/`)).toEqual(theirs);
  }
  expect(await second.check('data')).toMatchObject({ done: true });
});

test('the commands of --explain copy it too', async () => {
  const theirs = await etags(first, 'split/train/');
  const Bucket = (await second.run()).outputs.DataBucket!;
  expect(second.shell(`aws s3 rm s3://${Bucket}/data/ --recursive`)).toMatchObject({ status: 0 });
  for (const line of second.step('data').explain(await second.run())) {
    expect({ line, ...second.shell(line) }).toMatchObject({ status: 0 });
  }
  expect(await etags(second, 'data/train/')).toEqual(theirs);
  expect(await second.check('data')).toMatchObject({ done: true });
});

test('data-prep torn down: training goes on to its end', async () => {
  await first.down();
  expect(await second.check('data')).toMatchObject({ done: true });
  for (const id of ['train', 'tune', 'evaluate', 'register', 'approve', 'rollback']) {
    await second.act(id);
    expect(await second.check(id)).toMatchObject({ done: true });
  }
});
