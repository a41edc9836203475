/** An account in memory that answers the requests that teardown makes, by the names of their commands. No network, no time. */
import type { Clients } from '../../../lib/target/clients';
import type { Clock } from '../../../lib/target/clock';
import type { LabRun } from '../../../lib/course/run';
import { identityOf } from '../../../lib/teardown/ownership';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export type TagMap = Record<string, string>;
export const OURS: TagMap = { 'mla-labs:lab': 'data-prep', 'mla-labs:learner': 'me' };

type Input = Record<string, never> & Record<string, unknown>;

function failure(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}
const list = (tags: TagMap) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export class FakeCloud {
  stack?: { status: string; created: Date; resources: { type: string; id: string; status?: string }[] };
  /** Requests to delete it. */
  readonly deletions: object[] = [];
  parameters = new Map<string, { value: string; tags: TagMap }>();
  buckets = new Map<string, { tags?: TagMap; versions: string[]; uploads: string[] }>();
  databases = new Map<string, { parameters: TagMap; tables: Set<string> }>();
  crawlers = new Map<string, { role: string; targets: string[]; state: string; tags?: TagMap }>();
  jobs = new Map<string, { role: string; script: string; runs: { id: string; state: string }[]; tags?: TagMap }>();
  qualityRuns = new Map<string, { database?: string; role: string; status: string }>();
  rulesets = new Map<string, { database?: string; tags?: TagMap }>();
  workGroups = new Map<
    string,
    { tags: TagMap; queries: Map<string, string>; named: Set<string>; prepared: Set<string> }
  >();
  groups = new Map<string, { tags: TagMap; streams: Set<string> }>();
  roles = new Map<string, TagMap>();

  /** Every request so far, `Command name`, changes only. */
  readonly changes: string[] = [];
  /** Makes a command fail: by its name and what it names. */
  refuse: (command: string, id: string) => Error | undefined = () => undefined;
  /** Questions until a stopped thing has really stopped. */
  stopsAfter = 1;
  /** Versions on one page of a list. */
  pageSize = 3;
  private asked = 0;
  time = Date.parse('2026-11-01T00:00:00Z');
  slept = 0;

  readonly clock: Clock = {
    now: () => new Date(this.time),
    sleep: (milliseconds) => {
      this.time += milliseconds;
      this.slept += 1;
      return Promise.resolve();
    },
  };

  run(learner = 'me', lab = 'data-prep'): LabRun {
    const client = { send: (command: object) => this.answer(command) };
    const clients = new Proxy({ pollMs: 1000, settings: {} } as Record<string, unknown>, {
      get: (own, key: string) => own[key] ?? client,
    });
    return {
      ...identityOf(lab, learner, ACCOUNT, REGION),
      target: 'local',
      outputs: {},
      modes: {},
      clients: clients as unknown as Clients,
      clock: this.clock,
      progress: () => undefined,
    };
  }

  /** Everything that exists, one string a thing. */
  inventory(): string[] {
    const all: string[] = [];
    for (const name of this.parameters.keys()) all.push(`parameter ${name}`);
    for (const [name, b] of this.buckets)
      all.push(
        `bucket ${name}`,
        ...b.versions.map((v) => `object ${name}/${v}`),
        ...b.uploads.map((u) => `upload ${name}/${u}`),
      );
    for (const [name, d] of this.databases)
      all.push(`database ${name}`, ...[...d.tables].map((t) => `table ${name}.${t}`));
    for (const [name, c] of this.crawlers) all.push(`crawler ${name} ${c.state}`);
    for (const [name, j] of this.jobs) all.push(`job ${name}`, ...j.runs.map((r) => `run ${name}/${r.id} ${r.state}`));
    for (const [id, q] of this.qualityRuns) all.push(`quality run ${id} ${q.status}`);
    for (const name of this.rulesets.keys()) all.push(`ruleset ${name}`);
    for (const [name, w] of this.workGroups) {
      all.push(`workgroup ${name}`, ...[...w.queries].map(([id, state]) => `query ${id} ${state}`));
      all.push(
        ...[...w.named].map((id) => `named query ${id}`),
        ...[...w.prepared].map((id) => `prepared ${name}/${id}`),
      );
    }
    for (const [name, g] of this.groups)
      all.push(`log group ${name}`, ...[...g.streams].map((s) => `stream ${name} ${s}`));
    for (const name of this.roles.keys()) all.push(`role ${name}`);
    return all.sort();
  }

  private async answer(command: object): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, '');
    const input = (command as { input: Input }).input;
    const id = String(
      input.Name ??
        input.Bucket ??
        input.JobName ??
        input.RunId ??
        input.logGroupName ??
        input.StackName ??
        input.RoleName ??
        input.WorkGroup ??
        input.QueryExecutionId ??
        input.NamedQueryId ??
        Object.values(input).flat()[0] ??
        '',
    );
    const error = this.refuse(name, id);
    if (error) throw error;
    const operation = (this as unknown as Record<string, ((input: never, id: string) => unknown) | undefined>)[
      `on${name}`
    ];
    if (!operation) throw new Error(`The fake account has no ${name}.`);
    if (/^(Delete|Stop|Cancel|Abort|Put|BatchStop|Detach)/.test(name)) this.changes.push(`${name} ${id}`);
    return operation.call(this, input as never, id);
  }

  private must<T>(map: Map<string, T>, key: string, error = 'EntityNotFoundException'): T {
    const value = map.get(key);
    if (value === undefined) throw failure(error);
    return value;
  }
  private drop(map: Map<string, unknown>, key: string, error = 'EntityNotFoundException'): object {
    if (!map.delete(key)) throw failure(error);
    return {};
  }
  /** A thing that is stopping goes on for some questions. */
  private settle<T extends string>(now: T, stopping: T, stopped: T): T {
    if (now !== stopping) return now;
    this.asked += 1;
    return this.asked % (this.stopsAfter + 1) === this.stopsAfter ? stopped : now;
  }

  // CloudFormation, SSM, IAM, tags
  protected onDescribeStacks(_input?: unknown): { Stacks: object[] } {
    if (!this.stack) throw failure('ValidationError', 'Stack with id x does not exist');
    return { Stacks: [{ StackStatus: this.stack.status, CreationTime: this.stack.created, StackId: this.stackId() }] };
  }
  protected onListStackResources(_input?: unknown): { StackResourceSummaries: object[] } {
    if (!this.stack) throw failure('ValidationError', 'Stack with id x does not exist');
    return {
      StackResourceSummaries: this.stack.resources.map(({ type, id, status }) => ({
        ResourceType: type,
        PhysicalResourceId: id,
        // No two of a test's have the same.
        LogicalResourceId: status === undefined ? `${type} ${id}` : id,
        ...(status !== undefined && { ResourceStatus: status }),
      })),
    };
  }
  protected onDeleteStack(input: object = {}) {
    this.deletions.push(input);
    if (this.stack) this.stack.status = 'DELETE_IN_PROGRESS';
    return {};
  }
  stackId(): string {
    return `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/MlaLabs-DataPrep/0123`;
  }
  protected onGetParameter(_: unknown, id: string) {
    return { Parameter: { Value: this.must(this.parameters, id, 'ParameterNotFound').value } };
  }
  protected onListTagsForResource(input: { ResourceId?: string; ResourceARN?: string; resourceArn?: string }) {
    if (input.ResourceId)
      return { TagList: list(this.must(this.parameters, input.ResourceId, 'InvalidResourceId').tags) };
    if (input.resourceArn)
      return {
        tags: this.must(this.groups, input.resourceArn.split(':log-group:')[1]!, 'ResourceNotFoundException').tags,
      };
    return {
      Tags: list(
        this.must(this.workGroups, input.ResourceARN!.split('workgroup/')[1]!, 'ResourceNotFoundException').tags,
      ),
    };
  }
  protected onPutParameter(input: {
    Name: string;
    Value: string;
    Overwrite?: boolean;
    Tags?: { Key: string; Value: string }[];
  }) {
    const before = this.parameters.get(input.Name);
    if (before && !input.Overwrite) throw failure('ParameterAlreadyExists');
    if (input.Tags && input.Overwrite) throw failure('ValidationException');
    const tags = before?.tags ?? Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    this.parameters.set(input.Name, { value: input.Value, tags });
    return {};
  }
  protected onDeleteParameter(_: unknown, id: string) {
    return this.drop(this.parameters, id, 'ParameterNotFound');
  }
  protected onListRoleTags(_: unknown, id: string) {
    return { Tags: list(this.must(this.roles, id, 'NoSuchEntityException')) };
  }
  protected onListRolePolicies() {
    return { PolicyNames: ['Own'] };
  }
  protected onDeleteRolePolicy() {
    return {};
  }
  protected onListAttachedRolePolicies() {
    return { AttachedPolicies: [] };
  }
  protected onDeleteRole(_: unknown, id: string) {
    return this.drop(this.roles, id, 'NoSuchEntityException');
  }
  protected onGetResources(input: { TagFilters: { Key: string; Values: string[] }[] }) {
    const glue = `arn:aws:glue:${REGION}:${ACCOUNT}:`;
    const all: [string, TagMap | undefined][] = [
      ...[...this.crawlers].map(([name, c]): [string, TagMap | undefined] => [`${glue}crawler/${name}`, c.tags]),
      ...[...this.jobs].map(([name, j]): [string, TagMap | undefined] => [`${glue}job/${name}`, j.tags]),
      ...[...this.rulesets].map(([name, r]): [string, TagMap | undefined] => [
        `${glue}dataQualityRuleset/${name}`,
        r.tags,
      ]),
      ...[...this.groups].map(([name, g]): [string, TagMap | undefined] => [
        `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`,
        g.tags,
      ]),
    ];
    const matching = all.filter(([, tags]) =>
      input.TagFilters.every(({ Key, Values }) => Values.includes(tags?.[Key] ?? '')),
    );
    return { ResourceTagMappingList: matching.map(([ResourceARN, tags]) => ({ ResourceARN, Tags: list(tags ?? {}) })) };
  }

  protected onDescribeScalableTargets(): object {
    return {};
  }

  // S3
  protected onGetBucketTagging(_: unknown, id: string) {
    const { tags } = this.must(this.buckets, id, 'NoSuchBucket');
    if (!tags) throw failure('NoSuchTagSet');
    return { TagSet: list(tags) };
  }
  protected onListObjectVersions(input: { KeyMarker?: string }, id: string) {
    const { versions } = this.must(this.buckets, id, 'NoSuchBucket');
    const rest = [...versions].sort().filter((key) => key > (input.KeyMarker ?? ''));
    const page = rest.slice(0, this.pageSize);
    return {
      Versions: page.filter((v) => !v.endsWith('!')).map((Key) => ({ Key, VersionId: 'v' })),
      DeleteMarkers: page.filter((v) => v.endsWith('!')).map((Key) => ({ Key, VersionId: 'm' })),
      IsTruncated: rest.length > page.length,
      NextKeyMarker: page.at(-1),
    };
  }
  protected onDeleteObjects(input: { Delete: { Objects: { Key: string }[] } }, id: string) {
    const bucket = this.must(this.buckets, id, 'NoSuchBucket');
    const gone = new Set(input.Delete.Objects.map(({ Key }) => Key));
    bucket.versions = bucket.versions.filter((version) => !gone.has(version));
    return {};
  }
  protected onListMultipartUploads(_: unknown, id: string) {
    return {
      Uploads: this.must(this.buckets, id, 'NoSuchBucket').uploads.map((key) => ({ Key: key, UploadId: `up-${key}` })),
    };
  }
  protected onAbortMultipartUpload(input: { Key: string }, id: string) {
    const bucket = this.must(this.buckets, id, 'NoSuchBucket');
    if (!bucket.uploads.includes(input.Key)) throw failure('NoSuchUpload');
    bucket.uploads = bucket.uploads.filter((key) => key !== input.Key);
    return {};
  }
  protected onDeleteBucket(_: unknown, id: string) {
    if (this.must(this.buckets, id, 'NoSuchBucket').versions.length > 0) throw failure('BucketNotEmpty');
    return this.drop(this.buckets, id, 'NoSuchBucket');
  }

  // Glue
  protected onGetDatabase(_: unknown, id: string) {
    return { Database: { Name: id, Parameters: this.must(this.databases, id).parameters } };
  }
  protected onDeleteDatabase(_: unknown, id: string) {
    return this.drop(this.databases, id);
  }
  protected onGetTables(input: { DatabaseName: string }) {
    return { TableList: [...this.must(this.databases, input.DatabaseName).tables].map((Name) => ({ Name })) };
  }
  protected onDeleteTable(input: { DatabaseName: string; Name: string }) {
    if (!this.must(this.databases, input.DatabaseName).tables.delete(input.Name))
      throw failure('EntityNotFoundException');
    return {};
  }
  private crawlerOf(name: string) {
    const crawler = this.must(this.crawlers, name);
    crawler.state = this.settle(crawler.state, 'STOPPING', 'READY');
    return {
      Name: name,
      Role: crawler.role,
      State: crawler.state,
      Targets: { S3Targets: crawler.targets.map((Path) => ({ Path })) },
    };
  }
  protected onGetCrawlers() {
    return { Crawlers: [...this.crawlers.keys()].map((name) => this.crawlerOf(name)) };
  }
  protected onGetCrawler(_: unknown, id: string) {
    return { Crawler: this.crawlerOf(id) };
  }
  protected onStopCrawler(_: unknown, id: string) {
    const crawler = this.must(this.crawlers, id);
    if (crawler.state === 'STOPPING') throw failure('CrawlerStoppingException');
    if (crawler.state !== 'RUNNING') throw failure('CrawlerNotRunningException');
    crawler.state = 'STOPPING';
    return {};
  }
  protected onDeleteCrawler(_: unknown, id: string) {
    if (this.must(this.crawlers, id).state !== 'READY') throw failure('CrawlerRunningException');
    return this.drop(this.crawlers, id);
  }
  protected onGetJobs() {
    return {
      Jobs: [...this.jobs].map(([Name, { role, script }]) => ({
        Name,
        Role: role,
        Command: { ScriptLocation: script },
      })),
    };
  }
  protected onDeleteJob(_: unknown, id: string) {
    return this.drop(this.jobs, id);
  }
  protected onGetJobRuns(_: unknown, id: string) {
    return {
      JobRuns: this.must(this.jobs, id).runs.map((run) => ({ Id: run.id, JobName: id, JobRunState: run.state })),
    };
  }
  protected onGetJobRun(input: { RunId: string }, id: string) {
    const run = this.must(this.jobs, id).runs.find((one) => one.id === input.RunId);
    if (!run) throw failure('EntityNotFoundException');
    run.state = this.settle(run.state, 'STOPPING', 'STOPPED');
    return { JobRun: { JobRunState: run.state } };
  }
  protected onBatchStopJobRun(input: { JobRunIds: string[] }, id: string) {
    for (const run of this.must(this.jobs, id).runs)
      if (input.JobRunIds.includes(run.id) && run.state === 'RUNNING') run.state = 'STOPPING';
    return {};
  }
  protected onListDataQualityRulesetEvaluationRuns() {
    return {
      Runs: [...this.qualityRuns].map(([RunId, { status, database }]) => ({
        RunId,
        Status: status,
        DataSource: database === undefined ? {} : { GlueTable: { DatabaseName: database, TableName: 't' } },
      })),
    };
  }
  protected onGetDataQualityRulesetEvaluationRun(input: { RunId: string }) {
    const run = this.must(this.qualityRuns, input.RunId);
    run.status = this.settle(run.status, 'STOPPING', 'STOPPED');
    return { Status: run.status, Role: run.role };
  }
  protected onCancelDataQualityRulesetEvaluationRun(input: { RunId: string }) {
    this.must(this.qualityRuns, input.RunId).status = 'STOPPING';
    return {};
  }
  protected onListDataQualityRulesets() {
    return {
      Rulesets: [...this.rulesets].map(([Name, { database }]) => ({
        Name,
        ...(database === undefined ? {} : { TargetTable: { DatabaseName: database, TableName: 't' } }),
      })),
    };
  }
  protected onDeleteDataQualityRuleset(_: unknown, id: string) {
    return this.drop(this.rulesets, id);
  }

  // Athena
  protected onGetWorkGroup(_: unknown, id: string) {
    this.must(this.workGroups, id, 'ResourceNotFoundException');
    return { WorkGroup: { Name: id } };
  }
  protected onListQueryExecutions(_: unknown, id: string) {
    return { QueryExecutionIds: [...this.must(this.workGroups, id, 'ResourceNotFoundException').queries.keys()] };
  }
  protected onBatchGetQueryExecution(input: { QueryExecutionIds: string[] }) {
    const all = new Map([...this.workGroups.values()].flatMap(({ queries }) => [...queries]));
    return {
      QueryExecutions: input.QueryExecutionIds.map((id) => ({ QueryExecutionId: id, Status: { State: all.get(id) } })),
    };
  }
  protected onStopQueryExecution(_: unknown, id: string) {
    for (const { queries } of this.workGroups.values()) if (queries.has(id)) queries.set(id, 'CANCELLED');
    return {};
  }
  protected onListNamedQueries(_: unknown, id: string) {
    return { NamedQueryIds: [...this.must(this.workGroups, id, 'ResourceNotFoundException').named] };
  }
  protected onDeleteNamedQuery(_: unknown, id: string) {
    if (![...this.workGroups.values()].some(({ named }) => named.delete(id)))
      throw failure('ResourceNotFoundException');
    return {};
  }
  protected onListPreparedStatements(_: unknown, id: string) {
    return {
      PreparedStatements: [...this.must(this.workGroups, id, 'ResourceNotFoundException').prepared].map(
        (StatementName) => ({ StatementName }),
      ),
    };
  }
  protected onDeletePreparedStatement(input: { StatementName: string }, id: string) {
    this.must(this.workGroups, id, 'ResourceNotFoundException').prepared.delete(input.StatementName);
    return {};
  }
  protected onDeleteWorkGroup(_: unknown, id: string) {
    return this.drop(this.workGroups, id, 'ResourceNotFoundException');
  }

  // Logs
  protected onDescribeLogGroups(input: { logGroupNamePrefix: string }) {
    return {
      logGroups: [...this.groups.keys()]
        .filter((name) => name.startsWith(input.logGroupNamePrefix))
        .map((logGroupName) => ({ logGroupName })),
    };
  }
  protected onDeleteLogGroup(_: unknown, id: string) {
    return this.drop(this.groups, id, 'ResourceNotFoundException');
  }
  protected onDescribeLogStreams(input: { logGroupName: string; logStreamNamePrefix: string }) {
    const { streams } = this.must(this.groups, input.logGroupName, 'ResourceNotFoundException');
    return {
      logStreams: [...streams]
        .filter((name) => name.startsWith(input.logStreamNamePrefix))
        .map((logStreamName) => ({ logStreamName })),
    };
  }
  protected onDeleteLogStream(input: { logGroupName: string; logStreamName: string }) {
    if (!this.must(this.groups, input.logGroupName, 'ResourceNotFoundException').streams.delete(input.logStreamName))
      throw failure('ResourceNotFoundException');
    return {};
  }
}
