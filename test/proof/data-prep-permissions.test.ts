/** Every read and write of a job is a signed request of that job's role: take one permission away, and it fails there, naming it. */
import { Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('data-prep');
  await stage.up();
});
afterAll(() => stage.close());

/** Does a step without one permission of a role, and gives back what the learner was told. */
async function without(action: string, logical: string, step: string): Promise<string> {
  const giveBack = await stage.revoke(await stage.physical('AWS::IAM::Role', logical), action);
  try {
    return await stage.failure(step);
  } finally {
    await giveBack();
  }
}

async function refused(action: string, role: string): Promise<boolean> {
  return (await stage.target.denied()).some((one) => one.action === action && one.principal.includes(role));
}

describe('data-prep with a permission missing', () => {
  test('the crawler may not read the bucket: the crawl fails, naming s3:GetObject', async () => {
    await stage.act('ingest');
    expect(await without('s3:GetObject', 'CrawlerRole', 'crawl')).toContain('s3:GetObject');
    expect((await stage.check('crawl')).done).toBe(false);
  });

  test('the crawler may not write the catalog: the crawl fails, naming glue:CreateTable', async () => {
    expect(await without('glue:CreateTable', 'CrawlerRole', 'crawl')).toContain('glue:CreateTable');
    expect((await stage.check('crawl')).done).toBe(false);
  });

  test('with its permissions back, the crawl succeeds', async () => {
    await stage.act('crawl');
    expect(await stage.check('crawl')).toMatchObject({ done: true });
  });

  test('the Glue job may not write: the run fails, naming s3:PutObject', async () => {
    expect(await without('s3:PutObject', 'TransformRole', 'transform')).toContain('s3:PutObject');
    expect(await stage.check('transform')).toMatchObject({ done: false, saw: expect.stringContaining('FAILED') });
    expect(await refused('s3:PutObject', 'TransformRole')).toBe(true);
  });

  test('the quality role may not look up its own run: the evaluation fails, as on AWS', async () => {
    await stage.act('transform');
    const action = 'glue:GetDataQualityRulesetEvaluationRun';
    expect(await without(action, 'QualityRole', 'quality')).toContain(action);
  });

  test('the quality role may not read the table: the evaluation fails, naming glue:GetTable', async () => {
    expect(await without('glue:GetTable', 'QualityRole', 'quality')).toContain('glue:GetTable');
    expect((await stage.check('quality')).done).toBe(false);
  });
});
