/** An exception class is not a diagnosis: Glue and Athena have one for all bad input, and only its text tells the cause. */
import { runQuery } from '../../../../lib/aws/athena';
import { resourcesOf } from '../../../../labs/data-prep/resources';
import { writeExercise } from '../../../../labs/data-prep/data/incoming';
import { FakeAws } from './fakeAws';

const RULES = 'Rules = [ RowCount > 0 ]';
const SHOWN = 'work/data-prep/quality.dqdl';
const NAME = 'mla-labs-data-prep-me--exercise';

/** An account that refuses to create a ruleset, so many times. */
class Refusing extends FakeAws {
  constructor(
    private readonly message: string,
    private times = Infinity,
  ) {
    super();
  }
  protected override onCreateDataQualityRuleset(input: Parameters<FakeAws['onCreateDataQualityRuleset']>[0]): unknown {
    this.times -= 1;
    if (this.times >= 0) throw Object.assign(new Error(this.message), { name: 'InvalidInputException' });
    return super.onCreateDataQualityRuleset(input);
  }
  protected override onStartQueryExecution(): unknown {
    throw Object.assign(new Error(this.message), { name: 'InvalidRequestException' });
  }
}

describe('a ruleset that Glue does not create', () => {
  test.each([
    'A resource with the same resourceName but a different internalId already exists',
    'Tags created previously on a ruleset of the same name are in deleting state. Please retry after some time.',
  ])('its name was another’s a moment ago: waited for (%s)', async (message) => {
    const aws = new Refusing(message, 2);
    await writeExercise(aws.run, resourcesOf(aws.run), RULES, SHOWN);
    expect(aws.rulesets.get(NAME)?.text).toBe(RULES);
    expect(aws.said).toEqual([`the name ${NAME}: held by AWS, which is still deleting the last thing of that name`]);
  });

  test('a name that does not become free: said after ten minutes, with the command for later', async () => {
    const aws = new Refusing('A resource with the same resourceName but a different internalId already exists');
    const { run } = aws;
    Object.assign(run.clients, { pollMs: 60_000 });
    await expect(writeExercise(run, resourcesOf(aws.run), RULES, SHOWN)).rejects.toMatchObject({
      message: expect.stringContaining(`Waited 10 minutes for the name ${NAME}`) as string,
      next: './lab step data-prep quality --target local',
    });
  });

  test.each([
    'Parsing Error: line 1:10, mismatched input RowCounts',
    `Ruleset ${NAME} is not valid. Unsupported rule type`,
    'The DQDL string has no rules',
  ])('its rules are wrong: the hint (%s)', async (message) => {
    const aws = new Refusing(message);
    await expect(writeExercise(aws.run, resourcesOf(aws.run), RULES, SHOWN)).rejects.toMatchObject({
      message: `Glue does not accept the rules in ${SHOWN}.`,
      why: message,
      next: './lab hint data-prep quality --target local',
    });
  });

  test.each([
    'Target table flights not found in mla_labs_data_prep_me',
    'Too many tags',
    'Something that nobody foresaw',
  ])('it is another thing: Glue’s own words, and not a hint about rules (%s)', async (message) => {
    const aws = new Refusing(message);
    await expect(writeExercise(aws.run, resourcesOf(aws.run), RULES, SHOWN)).rejects.toMatchObject({
      message: `Glue did not take the ruleset ${NAME}.`,
      why: message,
      next: 'Fix what it names, then: ./lab step data-prep quality --target local',
    });
  });
});

describe('a query that Athena does not take', () => {
  const ask = (aws: FakeAws): Promise<unknown> =>
    runQuery(aws.run, resourcesOf(aws.run), 'SELECT 1', { what: 'your query', next: 'a hint' });

  test.each([
    [
      'WorkGroup mla-labs-data-prep-me is disabled.',
      'aws athena update-work-group --work-group mla-labs-data-prep-me --state ENABLED',
    ],
    ['WorkGroup is not found.', 'aws athena get-work-group --work-group mla-labs-data-prep-me'],
    ['No output location provided. An output location is required', 'aws athena get-work-group'],
  ])('because of its workgroup: %s', async (message, command) => {
    await expect(ask(new Refusing(message))).rejects.toMatchObject({
      message: 'Athena runs no query now: your query.',
      why: message,
      next: expect.stringContaining(command) as string,
    });
  });

  test.each([
    "line 1:8: mismatched input 'FORM'",
    'line 1:15: Table workgroup does not exist',
    'Queries of this type are not supported',
  ])('because of its text: %s', async (message) => {
    await expect(ask(new Refusing(message))).rejects.toMatchObject({
      message: 'Athena does not accept the query: your query.',
      next: 'a hint',
    });
  });
});
