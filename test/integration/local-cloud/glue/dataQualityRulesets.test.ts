import {
  CreateDataQualityRulesetCommand,
  type CreateDataQualityRulesetRequest,
  DeleteDataQualityRulesetCommand,
  GetDataQualityRulesetCommand,
  GetTagsCommand,
  ListDataQualityRulesetsCommand,
  type ListDataQualityRulesetsRequest,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDataQualityRulesetCommand,
} from '@aws-sdk/client-glue';
import { ACCOUNT, FakeCloud, NOW, REGION } from './dataQualityCloud';

const ARN = `arn:aws:glue:${REGION}:${ACCOUNT}:dataQualityRuleset/rules`;

let cloud: FakeCloud;
beforeEach(() => {
  cloud = new FakeCloud();
});
afterEach(() => cloud.close());

const glue = () => cloud.caller.glue;
const create = (input: Partial<CreateDataQualityRulesetRequest> = {}) =>
  glue().send(new CreateDataQualityRulesetCommand({ Name: 'rules', Ruleset: 'Rules = [ RowCount > 0 ]', ...input }));

describe('a ruleset', () => {
  test('is created, read, changed and deleted', async () => {
    const TargetTable = { DatabaseName: 'lab', TableName: 'prepared' };
    expect((await create({ Description: 'first', TargetTable })).Name).toBe('rules');
    expect(await glue().send(new GetDataQualityRulesetCommand({ Name: 'rules' }))).toMatchObject({
      Name: 'rules',
      Description: 'first',
      Ruleset: 'Rules = [ RowCount > 0 ]',
      TargetTable,
      CreatedOn: NOW,
      LastModifiedOn: NOW,
    });

    await glue().send(new UpdateDataQualityRulesetCommand({ Name: 'rules', Ruleset: 'Rules = [ RowCount > 1 ]' }));
    expect(await glue().send(new GetDataQualityRulesetCommand({ Name: 'rules' }))).toMatchObject({
      Description: 'first',
      Ruleset: 'Rules = [ RowCount > 1 ]',
    });

    expect(cloud.quality.inventory()).toEqual(['glue:dataQualityRuleset/rules']);
    await glue().send(new DeleteDataQualityRulesetCommand({ Name: 'rules' }));
    expect(cloud.quality.inventory()).toEqual([]);
  });

  test('cannot be created twice, unless it is the same request again', async () => {
    await create({ ClientToken: 'one' });
    await expect(create()).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    expect((await create({ ClientToken: 'one' })).Name).toBe('rules');
  });

  test.each([
    ['a typo in a rule type', 'Rules = [ RowCout > 0 ]', 'Rule Type: RowCout is not valid'],
    ['text that is no DQDL', 'select 1', 'Parsing Error'],
    ['nothing', '', '1 to 65536 characters'],
  ])('with %s is refused, on creation and on update', async (_, Ruleset, message) => {
    await expect(create({ Ruleset })).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringContaining(message),
    });
    await create();
    const update = glue().send(new UpdateDataQualityRulesetCommand({ Name: 'rules', Ruleset }));
    await expect(update).rejects.toMatchObject({ name: 'InvalidInputException' });
  });

  test('that is not there is no ruleset', async () => {
    for (const command of [
      new GetDataQualityRulesetCommand({ Name: 'none' }),
      new DeleteDataQualityRulesetCommand({ Name: 'none' }),
      new UpdateDataQualityRulesetCommand({ Name: 'none', Description: 'x' }),
    ]) {
      await expect(glue().send(command as GetDataQualityRulesetCommand)).rejects.toMatchObject({
        name: 'EntityNotFoundException',
        message: expect.stringContaining('none'),
      });
    }
  });

  test('of a bad name is refused', async () => {
    await expect(create({ Name: 'a'.repeat(256) })).rejects.toMatchObject({ name: 'InvalidInputException' });
    await expect(create({ Name: 'a\u0000b' })).rejects.toMatchObject({ name: 'InvalidInputException' });
  });
});

describe('the list', () => {
  const names = async (input: ListDataQualityRulesetsRequest = {}) =>
    (await glue().send(new ListDataQualityRulesetsCommand(input))).Rulesets?.map(({ Name }) => Name);

  beforeEach(async () => {
    await create({ Name: 'a', Tags: { lab: 'data-prep', learner: 'me' } });
    await create({ Name: 'b', Tags: { lab: 'data-prep' }, TargetTable: { DatabaseName: 'lab', TableName: 'x' } });
    await create({ Name: 'c', Ruleset: 'Rules = [ RowCount > 0, IsComplete "a" ]' });
  });

  test('goes by tag, name and table', async () => {
    expect(await names()).toEqual(['a', 'b', 'c']);
    expect(await names({ Tags: { lab: 'data-prep' } })).toEqual(['a', 'b']);
    expect(await names({ Tags: { lab: 'data-prep', learner: 'me' } })).toEqual(['a']);
    expect(await names({ Filter: { Name: 'c' } })).toEqual(['c']);
    expect(await names({ Filter: { TargetTable: { DatabaseName: 'lab', TableName: 'x' } } })).toEqual(['b']);
    expect(await names({ Filter: { CreatedAfter: NOW } })).toEqual([]);
  });

  test('counts rules and comes in pages', async () => {
    const first = await glue().send(new ListDataQualityRulesetsCommand({ MaxResults: 2 }));
    const second = await glue().send(new ListDataQualityRulesetsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect(first.Rulesets).toHaveLength(2);
    expect(second.Rulesets).toMatchObject([{ Name: 'c', RuleCount: 2 }]);
    expect(second.NextToken).toBeUndefined();
  });
});

describe('tags', () => {
  const tags = async (ResourceArn: string) => (await glue().send(new GetTagsCommand({ ResourceArn }))).Tags;

  test('of a ruleset are added and removed', async () => {
    await create({ Tags: { a: '1' } });
    await glue().send(new TagResourceCommand({ ResourceArn: ARN, TagsToAdd: { a: '2', b: '3' } }));
    expect(await tags(ARN)).toEqual({ a: '2', b: '3' });
    await glue().send(new UntagResourceCommand({ ResourceArn: ARN, TagsToRemove: ['a'] }));
    expect(await tags(ARN)).toEqual({ b: '3' });
  });

  test('of anything else go to the emulator', async () => {
    const arn = `arn:aws:glue:${REGION}:${ACCOUNT}:crawler/one`;
    expect(await tags(arn)).toEqual({ from: 'emulator' });
    await glue().send(new TagResourceCommand({ ResourceArn: arn, TagsToAdd: { a: '1' } }));
    expect(cloud.emulated.map((call) => call.split(' ')[0])).toEqual(['glue:GetTags', 'glue:TagResource']);
  });

  test('of a ruleset of another account or of none are refused', async () => {
    await expect(tags(ARN.replace(ACCOUNT, '999999999999'))).rejects.toMatchObject({ name: 'InvalidInputException' });
    await expect(tags(ARN)).rejects.toMatchObject({ name: 'EntityNotFoundException' });
  });
});
