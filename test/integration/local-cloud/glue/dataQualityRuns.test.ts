import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import {
  CancelDataQualityRulesetEvaluationRunCommand,
  CreateDataQualityRulesetCommand,
  type DataSource,
  GetDataQualityResultCommand,
  GetDataQualityRulesetEvaluationRunCommand,
  ListDataQualityRulesetEvaluationRunsCommand,
  StartDataQualityRulesetEvaluationRunCommand,
  type StartDataQualityRulesetEvaluationRunRequest,
} from '@aws-sdk/client-glue';
import { FakeCloud, NOW, ROLE } from './dataQualityCloud';

const COLUMNS = { carrier: 'string', origin: 'string', distance: 'bigint' };
const GOOD = 'UA,EWR,1400\nDL,JFK,760\nB6,JFK,1576\n';
const BAD = 'UA,EWR,1400\nUA,,-5\nDL,XXX,99999\n';
const RULES = `Rules = [
  RowCount > 2,
  ColumnValues "distance" between 10 and 6000,
  ColumnValues "origin" in ["EWR","JFK","LGA"],
  IsUnique "carrier"
]`;

let cloud: FakeCloud;
beforeEach(() => {
  cloud = new FakeCloud();
});
afterEach(() => cloud.close());

const source = (TableName: string, pushDownPredicate?: string): DataSource => ({
  GlueTable: { DatabaseName: 'lab', TableName, ...(pushDownPredicate && { AdditionalOptions: { pushDownPredicate } }) },
});

async function ruleset(Ruleset: string, Name = 'rules'): Promise<void> {
  await cloud.caller.glue.send(new CreateDataQualityRulesetCommand({ Name, Ruleset }));
}

/** Starts a run, waits for its end, and reads it. */
async function evaluate(DataSource: DataSource, options: Partial<StartDataQualityRulesetEvaluationRunRequest> = {}) {
  const { RunId } = await cloud.caller.glue.send(
    new StartDataQualityRulesetEvaluationRunCommand({ DataSource, Role: ROLE, RulesetNames: ['rules'], ...options }),
  );
  await cloud.quality.settled();
  return cloud.caller.glue.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId }));
}

async function resultOf(run: { ResultIds?: string[] }) {
  return cloud.caller.glue.send(new GetDataQualityResultCommand({ ResultId: run.ResultIds?.[0] }));
}

describe('an evaluation run', () => {
  test('passes good data and stores a result with every rule and its figures', async () => {
    cloud.csvTable('flights', COLUMNS, GOOD);
    await ruleset(RULES);

    const run = await evaluate(source('flights'));

    expect(run).toMatchObject({ Status: 'SUCCEEDED', NumberOfWorkers: 5, Timeout: 2880, Role: ROLE, CompletedOn: NOW });
    expect(run.RunId).toMatch(/^dqrun-[0-9a-f]{40}$/);
    const result = await resultOf(run);
    expect(result.ResultId).toMatch(/^dqresult-[0-9a-f]{40}$/);
    expect(result).toMatchObject({
      Score: 1,
      RulesetName: 'rules',
      RulesetEvaluationRunId: run.RunId,
      DataSource: source('flights'),
      AggregatedMetrics: { TotalRowsProcessed: 3, TotalRulesProcessed: 4, TotalRulesPassed: 4, TotalRulesFailed: 0 },
    });
    expect(result.RuleResults).toEqual([
      {
        Name: 'Rule_1',
        Description: 'RowCount > 2',
        EvaluatedRule: 'RowCount > 2',
        Result: 'PASS',
        EvaluatedMetrics: { 'Dataset.*.RowCount': 3 },
      },
      expect.objectContaining({
        Name: 'Rule_2',
        EvaluatedMetrics: {
          'Column.distance.Minimum': 760,
          'Column.distance.Maximum': 1576,
          'Column.distance.ColumnValues.Compliance': 1,
        },
      }),
      expect.objectContaining({ Name: 'Rule_3', Result: 'PASS' }),
      expect.objectContaining({ Name: 'Rule_4', EvaluatedMetrics: { 'Column.carrier.Uniqueness': 1 } }),
    ]);
  });

  test('fails bad data on the rules that it breaks, in the words of AWS', async () => {
    cloud.csvTable('flights', COLUMNS, BAD);
    await ruleset(RULES);

    const result = await resultOf(await evaluate(source('flights')));

    expect(result.Score).toBe(0.25);
    expect(result.RuleResults?.map(({ Result, EvaluationMessage }) => [Result, EvaluationMessage])).toEqual([
      ['PASS', undefined],
      ['FAIL', 'Value: 0.3333333333333333 does not meet the constraint requirement!'],
      ['FAIL', 'Value: 0.3333333333333333 does not meet the constraint requirement!'],
      ['FAIL', 'Value: 0.3333333333333333 does not meet the constraint requirement!'],
    ]);
  });

  test('reads only the partitions that pushDownPredicate lets through', async () => {
    cloud.csvTable('flights', COLUMNS, { '2013-01': GOOD, '2013-02': BAD });
    await ruleset('Rules = [ RowCount = 3, ColumnValues "batch" = "2013-02" ]');

    const run = await evaluate(source('flights', "batch == '2013-02'"));

    expect((await resultOf(run)).Score).toBe(1);
    const fetched = cloud.asked.filter((entry) => entry.startsWith('quality s3:ListBucket'));
    expect(fetched).toHaveLength(1);
  });

  test('reads gzip objects and leaves hidden ones alone', async () => {
    cloud.csvTable('flights', COLUMNS, GOOD);
    cloud.objects.set('data/raw/flights/more.csv.gz', gzipSync(`carrier,origin,distance\n${BAD}`));
    cloud.objects.set('data/raw/flights/_SUCCESS', Buffer.from('x\ny\nz\n'));
    cloud.objects.set('data/raw/flights/_temporary/0/part.csv', Buffer.from('x\ny\nz\n'));
    await ruleset('Rules = [ RowCount = 6 ]');

    expect((await resultOf(await evaluate(source('flights')))).Score).toBe(1);
  });

  test('compares with additional data sources', async () => {
    cloud.csvTable('flights', COLUMNS, GOOD);
    cloud.csvTable('airports', { faa: 'string' }, 'EWR\nLGA\n');
    await ruleset('Rules = [ ReferentialIntegrity "origin" "airports.faa" = 1.0 ]');

    const run = await evaluate(source('flights'), { AdditionalDataSources: { airports: source('airports') } });

    expect((await resultOf(run)).RuleResults?.[0]).toMatchObject({
      Result: 'FAIL',
      EvaluatedMetrics: { 'Column.airports.ReferentialIntegrity': 1 / 3 },
    });
  });

  test('gives a result per ruleset, found by its id', async () => {
    cloud.csvTable('flights', COLUMNS, GOOD);
    await ruleset('Rules = [ RowCount = 3 ]');
    await ruleset('Rules = [ RowCount = 4 ]', 'others');

    const run = await evaluate(source('flights'), { RulesetNames: ['rules', 'others'] });
    const { glue } = cloud.caller;

    expect(run.ResultIds).toHaveLength(2);
    const results = await Promise.all(
      run.ResultIds!.map((ResultId) => glue.send(new GetDataQualityResultCommand({ ResultId }))),
    );
    expect(results.map(({ RulesetName, Score }) => [RulesetName, Score])).toEqual([
      ['rules', 1],
      ['others', 0],
    ]);
    const runs = await glue.send(
      new ListDataQualityRulesetEvaluationRunsCommand({ Filter: { DataSource: source('flights') } }),
    );
    expect(runs.Runs).toEqual([
      { RunId: run.RunId, Status: 'SUCCEEDED', StartedOn: NOW, DataSource: source('flights') },
    ]);
  });

  test('writes JSON lines under ResultsS3Prefix and logs to the groups asked for, as the role', async () => {
    cloud.csvTable('flights', COLUMNS, BAD);
    await ruleset(RULES);

    const run = await evaluate(source('flights'), {
      AdditionalRunOptions: { ResultsS3Prefix: 's3://data/quality', CustomLogGroupPrefix: '/mla/quality' },
    });

    const [key] = [...cloud.objects.keys()].filter((name) => name.startsWith(`data/quality/${run.ResultIds?.[0]}/`));
    const lines = String(cloud.objects.get(key as string))
      .trim()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { Outcome: string }).Outcome)).toEqual([
      'Passed',
      'Failed',
      'Failed',
      'Failed',
    ]);
    expect(cloud.logs.get('/mla/quality/output')?.[0]).toContain('score 0.25');
    expect(cloud.asked.filter((entry) => /(s3|logs):/.test(entry)).every((entry) => entry.startsWith('quality '))).toBe(
      true,
    );
  });

  test('starts before anything happens, leaves no files, and its engine is known to the cloud', async () => {
    cloud.csvTable('flights', COLUMNS, GOOD);
    await ruleset(RULES);
    const { glue } = cloud.caller;
    const { RunId } = await glue.send(
      new StartDataQualityRulesetEvaluationRunCommand({
        DataSource: source('flights'),
        Role: ROLE,
        RulesetNames: ['rules'],
      }),
    );
    expect(cloud.quality.inventory()).toContain(`glue:dataQualityRulesetEvaluationRun/${RunId}`);

    await cloud.quality.settled();

    expect(cloud.quality.inventory()).toEqual(['glue:dataQualityRuleset/rules']);
    expect(readdirSync(cloud.folder)).toEqual([]);
    expect(cloud.pids).toHaveLength(1);
  });

  test('stops when it is cancelled, and cannot be cancelled twice', async () => {
    cloud.csvTable('flights', COLUMNS, GOOD);
    await ruleset(RULES);
    const { glue } = cloud.caller;
    const { RunId } = await glue.send(
      new StartDataQualityRulesetEvaluationRunCommand({
        DataSource: source('flights'),
        Role: ROLE,
        RulesetNames: ['rules'],
      }),
    );
    await glue.send(new CancelDataQualityRulesetEvaluationRunCommand({ RunId }));
    await cloud.quality.settled();

    const run = await glue.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId }));
    expect(run).toMatchObject({ Status: 'STOPPED' });
    expect(run.ResultIds).toBeUndefined();
    await expect(glue.send(new CancelDataQualityRulesetEvaluationRunCommand({ RunId }))).rejects.toThrow(
      'ended already',
    );
  });
});

describe('a run fails', () => {
  beforeEach(() => cloud.csvTable('flights', COLUMNS, { '2013-01': GOOD }));

  test.each([
    ['glue:GetDataQualityRuleset', 'glue:GetDataQualityRuleset'],
    ['glue:GetTable', 'glue:GetTable'],
    ['glue:GetPartitions', 'glue:GetPartitions'],
    ['glue:PublishDataQuality', 'glue:PublishDataQuality'],
    ['s3:ListBucket', 's3:ListBucket'],
    ['s3:GetObject data', 's3:GetObject'],
    ['s3:GetObject aws-glue-ml-data-quality-assets-eu-west-1', 'aws-glue-ml-data-quality-assets-eu-west-1'],
    ['s3:PutObject', 's3:PutObject'],
  ])('without %s, which its error names', async (permission, named) => {
    await ruleset(RULES);
    cloud.denied.add(permission);

    const run = await evaluate(source('flights'), { AdditionalRunOptions: { ResultsS3Prefix: 's3://data/quality/' } });

    expect(run.Status).toBe('FAILED');
    expect(run.ErrorString).toContain(named);
    expect(run.ErrorString).toContain(ROLE);
    expect(run.ResultIds).toBeUndefined();
  });

  test('when Glue may not assume the role', async () => {
    await ruleset(RULES);
    cloud.trusted = false;
    expect(await evaluate(source('flights'))).toMatchObject({
      Status: 'FAILED',
      ErrorString: expect.stringContaining('glue.amazonaws.com may not assume'),
    });
  });

  test('on a rule type that AWS has and the rehearsal lacks, before it reads data', async () => {
    await ruleset('Rules = [ RowCount > 0, (RowCountMatch "other" = 1.0) or (IsComplete "origin") ]');
    const run = await evaluate(source('flights'));
    expect(run.ErrorString).toContain('lacks the rule type RowCountMatch');
    expect(cloud.asked.filter((entry) => entry.includes('s3:ListBucket'))).toEqual([]);
  });

  test.each([
    ['Rules = [ ColumnDataType "origin" = "String" ]', 'the rule type ColumnDataType'],
    ['Rules = [ RowCount > 0 ] Analyzers = [ Completeness "origin" ]', 'analyzers'],
  ])('on %s, before it reads data, saying what to do', async (text, what) => {
    await ruleset(text);
    const run = await evaluate(source('flights'));
    expect(run.ErrorString).toContain(`lacks ${what}, which AWS has. Remove it, or evaluate on AWS.`);
    expect(cloud.asked.filter((entry) => entry.includes('s3:ListBucket'))).toEqual([]);
  });

  test('on a dynamic rule, which AWS has in Glue ETL only', async () => {
    await ruleset('Rules = [ RowCount > avg(last(10)) ]');
    expect((await evaluate(source('flights'))).ErrorString).toContain('avg()');
  });

  test('on a table that is not there', async () => {
    await ruleset(RULES);
    expect((await evaluate(source('nothing'))).ErrorString).toContain('lab.nothing');
  });

  test('on a predicate over what is no partition column', async () => {
    await ruleset(RULES);
    expect((await evaluate(source('flights', 'month = 1'))).ErrorString).toBe(
      "User's pushdown predicate: month = 1 can not be resolved against partition columns: [batch]",
    );
  });

  test.each(['True', '-1', 'one'])('on %s header lines, rather than count the header as data', async (count) => {
    await ruleset(RULES);
    cloud.tables.get('lab.flights')!.Parameters = { 'skip.header.line.count': count };
    const { Status, ErrorString } = await evaluate(source('flights'));
    expect(Status).toBe('FAILED');
    expect(ErrorString).toMatch(/^Cannot read lab\.flights: .*skip\.header\.line\.count/);
    expect(ErrorString).toContain(count);
  });

  test('on a SerDe that the rehearsal lacks', async () => {
    await ruleset(RULES);
    const serde = cloud.tables.get('lab.flights')?.StorageDescriptor?.SerdeInfo;
    if (serde) serde.SerializationLibrary = 'org.apache.hadoop.hive.ql.io.orc.OrcSerde';
    expect((await evaluate(source('flights'))).ErrorString).toContain('OrcSerde');
  });

  test('not for want of permission to log: its logs are lost', async () => {
    await ruleset(RULES);
    for (const action of ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents']) cloud.denied.add(`logs:${action}`);
    expect((await evaluate(source('flights'))).Status).toBe('SUCCEEDED');
    expect(cloud.logs.size).toBe(0);
  });
});

describe('a run is refused', () => {
  test.each([
    ['an unknown ruleset', { RulesetNames: ['none'] }, 'EntityNotFoundException'],
    ['no ruleset', { RulesetNames: [] }, 'InvalidInputException'],
    ['no table', { DataSource: {} }, 'InvalidInputException'],
    ['half a worker', { NumberOfWorkers: 0.5 }, 'InvalidInputException'],
    [
      'metrics, which the local cloud lacks',
      { AdditionalRunOptions: { CloudWatchMetricsEnabled: true } },
      'InvalidInputException',
    ],
    [
      'row-wise composites',
      { AdditionalRunOptions: { CompositeRuleEvaluationMethod: 'ROW' } },
      'InvalidInputException',
    ],
  ])('with %s', async (_, options, name) => {
    await ruleset(RULES);
    const started = evaluate(source('flights'), options as Partial<StartDataQualityRulesetEvaluationRunRequest>);
    await expect(started).rejects.toMatchObject({ name });
  });
});
