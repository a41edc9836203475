/** The fake account with what labs 3 and 4 use: pipelines, builds, stacks with endpoints, monitoring. It refuses what AWS refuses. */
import { identityOf } from '../../../lib/teardown/ownership';
import { ACCOUNT, FakeCloud, REGION, type TagMap } from './fake-cloud';

export const arnIn = (service: string, resource: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const fail = (name: string, message = name): Error => Object.assign(new Error(message), { name });
const pairs = (tags: TagMap = {}) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
type Dims = Record<string, string>;
const dims = (of: Dims = {}) => Object.entries(of).map(([Name, Value]) => ({ Name, Value }));

export interface FakeStack {
  status: string;
  role?: string;
  tags?: TagMap;
  parent?: string;
  resources: { type: string; id: string }[];
  /** Questions until what goes on with it ends, and the status that it then has. */
  busyFor?: number;
  then?: string;
  /** CloudFormation cannot delete it while its endpoint is there. */
  stuck?: boolean;
  reason?: string;
}

export class ReleaseAccount extends FakeCloud {
  stacks = new Map<string, FakeStack>();
  pipelines = new Map<string, { role: string; store: string; executions: Map<string, string>; tags?: TagMap }>();
  projects = new Map<string, { role: string; builds: Map<string, string>; tags?: TagMap }>();
  endpoints = new Map<string, { config: string; status: string; busyFor?: number; tags?: TagMap; capture?: string }>();
  configs = new Map<string, { models: string[]; capture?: string; tags?: TagMap }>();
  models = new Map<string, { role: string; data?: string; version?: string; tags?: TagMap }>();
  packageGroups = new Map<string, { tags: TagMap; versions: string[] }>();
  alarms = new Map<string, { dimensions?: Dims; math?: object[]; rule?: string; tags?: TagMap }>();
  detectors: { Namespace: string; MetricName: string; Dimensions: Dims }[] = [];
  dashboards = new Map<string, { body: string; tags?: TagMap }>();
  schedules = new Map<string, { role: string }>();
  monitors = new Map<
    string,
    { status: string; busyFor?: number; definition?: string; endpoint?: string; job?: string }
  >();
  definitions = new Map<string, { role: string; endpoint: string }>();
  processing = new Map<string, { role: string; status: string }>();
  queues = new Map<string, TagMap>();
  topics = new Map<string, TagMap>();
  rules = new Map<
    string,
    { targets: { Id: string; Arn: string; RoleArn?: string }[]; managed?: boolean; tags?: TagMap }
  >();
  saved = new Map<string, string[]>();
  /** Variants of endpoints that scale. */
  scaling = new Set<string>();
  /** Whether the caller may deregister them. */
  mayScale = true;
  /** What is said to this account, where Model Monitor is closed to it. */
  closed?: string;
  /** Objects that arrive when the bucket is emptied for the first time. */
  late: string[] = [];

  constructor(readonly lab: 'deployment' | 'monitoring') {
    super();
  }

  override run(learner = 'me') {
    return { ...super.run(learner, this.lab), ...identityOf(this.lab, learner, ACCOUNT, REGION) };
  }
  override stackId(): string {
    return this.idOf(this.run().stackName);
  }
  idOf(name: string): string {
    return arnIn('cloudformation', `stack/${name}/1`);
  }

  /** Kind and name of everything, for comparing. */
  things(): string[] {
    const all: string[] = this.inventory();
    const of = (what: string, map: Map<string, unknown>): void => {
      for (const name of map.keys()) all.push(`${what} ${name}`);
    };
    of('stack', this.stacks);
    of('pipeline', this.pipelines);
    of('project', this.projects);
    of('endpoint', this.endpoints);
    of('config', this.configs);
    of('model', this.models);
    of('group', this.packageGroups);
    of('alarm', this.alarms);
    of('dashboard', this.dashboards);
    of('schedule', this.schedules);
    of('monitor', this.monitors);
    of('definition', this.definitions);
    of('processing', this.processing);
    of('queue', this.queues);
    of('topic', this.topics);
    of('rule', this.rules);
    of('saved', this.saved);
    for (const target of this.scaling) all.push(`scaling ${target}`);
    for (const { Dimensions } of this.detectors) all.push(`detector ${Object.values(Dimensions).join()}`);
    for (const [name, { executions }] of this.pipelines)
      for (const [id, state] of executions) all.push(`execution ${name}/${id} ${state}`);
    for (const [name, { builds }] of this.projects)
      for (const [id, state] of builds) all.push(`build ${name}:${id} ${state}`);
    return all.sort();
  }

  private get1<T>(map: Map<string, T>, key: string | undefined, error: string, message?: string): T {
    const value = map.get(key ?? '');
    if (value === undefined) throw fail(error, message);
    return value;
  }
  private tick<T extends { status: string; busyFor?: number }>(one: T, then: string): T {
    if (one.busyFor !== undefined && one.busyFor-- <= 0) {
      one.status = then;
      one.busyFor = undefined;
    }
    return one;
  }

  // CloudFormation
  protected override onDescribeStacks(input?: { StackName?: string }) {
    const name = input?.StackName;
    const own = this.run().stackName;
    if (name === own || name === this.stackId()) {
      const { Stacks } = super.onDescribeStacks();
      return { Stacks: Stacks.map((stack) => ({ ...stack, StackName: own, Tags: pairs(this.ours) })) };
    }
    const shown = [...this.stacks].filter(([key]) => name === undefined || name === key || name === this.idOf(key));
    if (name !== undefined && shown.length === 0) throw fail('ValidationError', `Stack with id ${name} does not exist`);
    const Stacks = shown.map(([key, stack]) => {
      this.tick(stack, stack.then ?? 'CREATE_COMPLETE');
      return {
        StackName: key,
        StackId: this.idOf(key),
        StackStatus: stack.status,
        RoleARN: stack.role,
        ParentId: stack.parent,
        Tags: pairs(stack.tags),
      };
    });
    if (name !== undefined || !this.stack) return { Stacks };
    const lab = { StackName: own, StackId: this.stackId(), StackStatus: this.stack.status, Tags: pairs(this.ours) };
    return { Stacks: [lab, ...Stacks] };
  }
  get ours(): TagMap {
    return { 'mla-labs:lab': this.lab, 'mla-labs:learner': 'me' };
  }
  private stackOf(id: string): [string, FakeStack] {
    const entry = [...this.stacks].find(([key]) => id === key || id === this.idOf(key));
    if (!entry) throw fail('ValidationError', `Stack with id ${id} does not exist`);
    return entry;
  }
  protected override onListStackResources(input?: { StackName?: string }) {
    const name = input?.StackName ?? '';
    if (name === this.run().stackName) return super.onListStackResources();
    const [, { resources }] = this.stackOf(name);
    return {
      StackResourceSummaries: resources.map(({ type, id }) => ({ ResourceType: type, PhysicalResourceId: id })),
    };
  }
  protected override onDeleteStack(input?: { StackName?: string; RoleARN?: string }) {
    const [name, stack] = this.stackOf(input?.StackName ?? '');
    const role = input?.RoleARN ?? stack.role ?? '';
    if (stack.status.endsWith('_IN_PROGRESS')) throw fail('ValidationError', `Stack is in ${stack.status}`);
    if (role && !this.roles.has(role.split('/').at(-1)!))
      throw fail('ValidationError', `Role ${role} is invalid or cannot be assumed`);
    const names = stack.resources.map(({ id }) => id.slice(id.indexOf('/') + 1));
    if (stack.stuck && names.some((one) => this.endpoints.has(one))) {
      stack.status = 'DELETE_FAILED';
      stack.reason = 'Cannot update in-progress endpoint';
      return {};
    }
    const gone = new Set(names.map((one) => one.toLowerCase()));
    for (const things of [this.endpoints, this.configs, this.models, this.alarms]) {
      for (const one of things.keys()) if (gone.has(one.toLowerCase())) things.delete(one);
    }
    this.stacks.delete(name);
    return {};
  }
  protected onDescribeStackEvents(input: { StackName: string }) {
    const [, { reason }] = this.stackOf(input.StackName);
    return {
      StackEvents: [
        { LogicalResourceId: 'Endpoint', ResourceStatus: 'DELETE_FAILED', ResourceStatusReason: reason },
        { PhysicalResourceId: input.StackName, ResourceStatus: 'DELETE_IN_PROGRESS' },
        {
          LogicalResourceId: 'Earlier',
          ResourceStatus: 'DELETE_FAILED',
          ResourceStatusReason: 'of an earlier attempt',
        },
      ],
    };
  }
  protected override onGetResources(input: { TagFilters: { Key: string; Values: string[] }[] }) {
    const tagged: [string, TagMap | undefined][] = [
      ...[...this.queues].map(([name, tags]): [string, TagMap] => [arnIn('sqs', name), tags]),
      ...[...this.topics].map(([name, tags]): [string, TagMap] => [arnIn('sns', name), tags]),
      ...[...this.alarms].map(([name, one]): [string, TagMap | undefined] => [
        arnIn('cloudwatch', `alarm:${name}`),
        one.tags,
      ]),
      ...[...this.rules].map(([name, one]): [string, TagMap | undefined] => [
        arnIn('events', `rule/${name}`),
        one.tags,
      ]),
      ...[...this.endpoints].map(([name, one]): [string, TagMap | undefined] => [
        arnIn('sagemaker', `endpoint/${name}`),
        one.tags,
      ]),
    ];
    const fits = (tags: TagMap = {}): boolean =>
      input.TagFilters.every(({ Key, Values }) => Values.includes(tags[Key] ?? ''));
    const more = tagged
      .filter(([, tags]) => fits(tags))
      .map(([ResourceARN, tags]) => ({ ResourceARN, Tags: pairs(tags) }));
    return { ResourceTagMappingList: [...super.onGetResources(input).ResourceTagMappingList, ...more] };
  }

  // CodePipeline, CodeBuild
  protected onListPipelines() {
    return { pipelines: [...this.pipelines.keys()].map((name) => ({ name })) };
  }
  protected onGetPipeline(input: { name: string }) {
    const one = this.get1(this.pipelines, input.name, 'PipelineNotFoundException');
    return { pipeline: { name: input.name, roleArn: one.role, artifactStore: { type: 'S3', location: one.store } } };
  }
  protected onListPipelineExecutions(input: { pipelineName: string }) {
    const { executions } = this.get1(this.pipelines, input.pipelineName, 'PipelineNotFoundException');
    const all = [...executions].map(([id, status]) => ({ pipelineExecutionId: id, status }));
    for (const [id, status] of executions) if (status === 'Stopping') executions.set(id, 'Stopped');
    return { pipelineExecutionSummaries: all };
  }
  protected onStopPipelineExecution(input: { pipelineName: string; pipelineExecutionId: string; abandon: boolean }) {
    const { executions } = this.get1(this.pipelines, input.pipelineName, 'PipelineNotFoundException');
    if (executions.get(input.pipelineExecutionId) === 'Stopping') throw fail('DuplicatedStopRequestException');
    executions.set(input.pipelineExecutionId, input.abandon ? 'Stopping' : 'InProgress');
    return {};
  }
  protected onDeletePipeline(input: { name: string }) {
    this.pipelines.delete(input.name);
    return {};
  }
  protected onListProjects() {
    return { projects: [...this.projects.keys()] };
  }
  protected onBatchGetProjects(input: { names: string[] }) {
    return {
      projects: input.names.map((name) => {
        const { role, tags = {} } = this.projects.get(name)!;
        return { name, serviceRole: role, tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
      }),
    };
  }
  protected onListBuildsForProject(input: { projectName: string }) {
    const { builds } = this.get1(this.projects, input.projectName, 'ResourceNotFoundException');
    return { ids: [...builds.keys()].map((id) => `${input.projectName}:${id}`) };
  }
  protected onBatchGetBuilds(input: { ids: string[] }) {
    return {
      builds: input.ids.map((id) => {
        const [project = '', build = ''] = id.split(':');
        return { id, buildStatus: this.projects.get(project)!.builds.get(build) };
      }),
    };
  }
  protected onStopBuild(input: { id: string }) {
    const [project = '', build = ''] = input.id.split(':');
    this.projects.get(project)!.builds.set(build, 'STOPPED');
    return {};
  }
  protected onBatchDeleteBuilds(input: { ids: string[] }) {
    for (const id of input.ids) {
      const [project = '', build = ''] = id.split(':');
      if (this.projects.get(project)?.builds.get(build) === 'IN_PROGRESS')
        return { buildsNotDeleted: [{ id, statusCode: 'BUILD_IN_PROGRESS' }] };
      this.projects.get(project)?.builds.delete(build);
    }
    return {};
  }
  protected onDeleteProject(input: { name: string }) {
    this.projects.delete(input.name);
    return {};
  }

  // SageMaker
  private unknown(what: string): [string, string] {
    return ['ValidationException', `Could not find ${what}.`];
  }
  protected onListEndpoints() {
    return {
      Endpoints: [...this.endpoints.keys()].map((EndpointName) => ({
        EndpointName,
        EndpointArn: arnIn('sagemaker', `endpoint/${EndpointName}`),
      })),
    };
  }
  protected onDescribeEndpoint(input: { EndpointName: string }) {
    const one = this.get1(this.endpoints, input.EndpointName, ...this.unknown('endpoint'));
    this.tick(one, 'InService');
    if (one.status === 'Deleting' && (one.busyFor ?? 0) <= 0) this.endpoints.delete(input.EndpointName);
    return {
      EndpointStatus: one.status,
      EndpointConfigName: one.config,
      ...(one.capture && { DataCaptureConfig: { DestinationS3Uri: one.capture } }),
    };
  }
  protected onDeleteEndpoint(input: { EndpointName: string }) {
    const one = this.get1(this.endpoints, input.EndpointName, ...this.unknown('endpoint'));
    if (one.status !== 'InService' && one.status !== 'Failed')
      throw fail('ValidationException', 'Cannot update in-progress endpoint');
    if ([...this.monitors.values()].some(({ endpoint }) => endpoint === input.EndpointName))
      throw fail('ValidationException', 'A monitoring schedule watches it');
    for (const target of this.scaling) {
      if (!target.startsWith(`endpoint/${input.EndpointName}/`)) continue;
      if (!this.mayScale)
        throw fail(
          'ValidationException',
          'An Application AutoScaling scalable target exists for a variant being deleted',
        );
      this.scaling.delete(target);
    }
    one.status = 'Deleting';
    return {};
  }
  protected override onDescribeScalableTargets() {
    const ScalableDimension = 'sagemaker:variant:DesiredInstanceCount';
    return { ScalableTargets: [...this.scaling].map((ResourceId) => ({ ResourceId, ScalableDimension })) };
  }
  protected onDeregisterScalableTarget(input: { ResourceId: string }) {
    if (!this.mayScale) throw fail('AccessDeniedException');
    this.changes.push(`DeregisterScalableTarget ${input.ResourceId}`);
    if (!this.scaling.delete(input.ResourceId)) throw fail('ObjectNotFoundException');
    return {};
  }
  protected onListTags(input: { ResourceArn: string }) {
    const name = input.ResourceArn.split('/').at(-1)!;
    return { Tags: pairs(this.endpoints.get(name)?.tags ?? this.packageGroups.get(name)?.tags) };
  }
  protected onListEndpointConfigs() {
    return { EndpointConfigs: [...this.configs.keys()].map((EndpointConfigName) => ({ EndpointConfigName })) };
  }
  protected onDescribeEndpointConfig(input: { EndpointConfigName: string }) {
    const one = this.get1(this.configs, input.EndpointConfigName, ...this.unknown('configuration'));
    return {
      ProductionVariants: one.models.map((ModelName) => ({ ModelName })),
      ...(one.capture && { DataCaptureConfig: { DestinationS3Uri: one.capture } }),
    };
  }
  protected onDeleteEndpointConfig(input: { EndpointConfigName: string }) {
    this.configs.delete(input.EndpointConfigName);
    return {};
  }
  protected onListModels() {
    return { Models: [...this.models.keys()].map((ModelName) => ({ ModelName })) };
  }
  protected onDescribeModel(input: { ModelName: string }) {
    const one = this.get1(this.models, input.ModelName, ...this.unknown('model'));
    return { ExecutionRoleArn: one.role, PrimaryContainer: { ModelDataUrl: one.data, ModelPackageName: one.version } };
  }
  protected onDeleteModel(input: { ModelName: string }) {
    this.models.delete(input.ModelName);
    return {};
  }
  protected onListModelPackageGroups() {
    return {
      ModelPackageGroupSummaryList: [...this.packageGroups.keys()].map((name) => ({
        ModelPackageGroupName: name,
        ModelPackageGroupArn: arnIn('sagemaker', `model-package-group/${name}`),
      })),
    };
  }
  protected onListModelPackages(input: { ModelPackageGroupName: string }) {
    const { versions } = this.get1(this.packageGroups, input.ModelPackageGroupName, ...this.unknown('group'));
    return { ModelPackageSummaryList: versions.map((ModelPackageArn) => ({ ModelPackageArn })) };
  }
  protected onDeleteModelPackage(input: { ModelPackageName: string }) {
    for (const group of this.packageGroups.values())
      group.versions = group.versions.filter((one) => one !== input.ModelPackageName);
    return {};
  }
  protected onDescribeModelPackageGroup(input: { ModelPackageGroupName: string }) {
    this.get1(this.packageGroups, input.ModelPackageGroupName, ...this.unknown('group'));
    return {};
  }
  protected onDeleteModelPackageGroup(input: { ModelPackageGroupName: string }) {
    this.packageGroups.delete(input.ModelPackageGroupName);
    return {};
  }
  protected onListProcessingJobs() {
    return { ProcessingJobSummaries: [...this.processing.keys()].map((ProcessingJobName) => ({ ProcessingJobName })) };
  }
  protected onDescribeProcessingJob(input: { ProcessingJobName: string }) {
    const one = this.get1(this.processing, input.ProcessingJobName, ...this.unknown('job'));
    return { ProcessingJobStatus: one.status, RoleArn: one.role };
  }
  protected onStopProcessingJob(input: { ProcessingJobName: string }) {
    this.processing.get(input.ProcessingJobName)!.status = 'Stopped';
    return {};
  }
  protected onDeleteProcessingJob(input: { ProcessingJobName: string }) {
    this.processing.delete(input.ProcessingJobName);
    return {};
  }
  protected onListTrainingJobs() {
    return {};
  }
  private notClosed(): void {
    if (this.closed !== undefined) throw fail('ValidationException', this.closed);
  }
  protected onListDataQualityJobDefinitions() {
    this.notClosed();
    return {
      JobDefinitionSummaries: [...this.definitions.keys()].map((one) => ({ MonitoringJobDefinitionName: one })),
    };
  }
  protected onDescribeDataQualityJobDefinition(input: { JobDefinitionName: string }) {
    const one = this.get1(this.definitions, input.JobDefinitionName, 'ResourceNotFound');
    return { RoleArn: one.role, DataQualityJobInput: { EndpointInput: { EndpointName: one.endpoint } } };
  }
  protected onDeleteDataQualityJobDefinition(input: { JobDefinitionName: string }) {
    if ([...this.monitors.values()].some(({ definition }) => definition === input.JobDefinitionName))
      throw fail('ValidationException', 'A schedule uses it');
    this.definitions.delete(input.JobDefinitionName);
    return {};
  }
  protected onListMonitoringSchedules() {
    this.notClosed();
    return { MonitoringScheduleSummaries: [...this.monitors.keys()].map((one) => ({ MonitoringScheduleName: one })) };
  }
  protected onDescribeMonitoringSchedule(input: { MonitoringScheduleName: string }) {
    const one = this.get1(this.monitors, input.MonitoringScheduleName, 'ResourceNotFound');
    this.tick(one, one.status === 'Pending' ? 'Scheduled' : one.status);
    return {
      MonitoringScheduleStatus: one.status,
      EndpointName: one.endpoint,
      MonitoringScheduleConfig: { MonitoringJobDefinitionName: one.definition },
      ...(one.job && {
        LastMonitoringExecutionSummary: { ProcessingJobArn: arnIn('sagemaker', `processing-job/${one.job}`) },
      }),
    };
  }
  protected onStopMonitoringSchedule(input: { MonitoringScheduleName: string }) {
    const one = this.monitors.get(input.MonitoringScheduleName)!;
    if (one.status === 'Pending') throw fail('ValidationException', 'The schedule is Pending');
    one.status = 'Stopped';
    return {};
  }
  protected onDeleteMonitoringSchedule(input: { MonitoringScheduleName: string }) {
    const one = this.monitors.get(input.MonitoringScheduleName)!;
    if (one.status === 'Pending') throw fail('ValidationException', 'The schedule is Pending');
    if (this.processing.get(one.job ?? '')?.status === 'InProgress')
      throw fail('ValidationException', 'An execution goes on');
    this.monitors.delete(input.MonitoringScheduleName);
    return {};
  }

  // CloudWatch, Logs Insights
  protected onDescribeAlarms() {
    const of = (composite: boolean) => [...this.alarms].filter(([, one]) => (one.rule !== undefined) === composite);
    return {
      MetricAlarms: of(false).map(([AlarmName, one]) => ({
        AlarmName,
        ...(one.math ? { Metrics: one.math } : { MetricName: 'm', Dimensions: dims(one.dimensions) }),
      })),
      CompositeAlarms: of(true).map(([AlarmName, one]) => ({ AlarmName, AlarmRule: one.rule })),
    };
  }
  protected onDeleteAlarms(input: { AlarmNames: string[] }) {
    for (const name of input.AlarmNames) this.alarms.delete(name);
    return {};
  }
  protected onDescribeAnomalyDetectors() {
    return {
      AnomalyDetectors: this.detectors.map((one) => ({
        SingleMetricAnomalyDetector: { ...one, Stat: 'Average', Dimensions: dims(one.Dimensions) },
      })),
    };
  }
  protected onDeleteAnomalyDetector(input: { SingleMetricAnomalyDetector: { Dimensions: { Value: string }[] } }) {
    const [{ Value } = { Value: '' }] = input.SingleMetricAnomalyDetector.Dimensions;
    this.detectors = this.detectors.filter(({ Dimensions }) => Object.values(Dimensions)[0] !== Value);
    return {};
  }
  protected onListDashboards() {
    return { DashboardEntries: [...this.dashboards.keys()].map((DashboardName) => ({ DashboardName })) };
  }
  protected onGetDashboard(input: { DashboardName: string }) {
    return { DashboardBody: this.get1(this.dashboards, input.DashboardName, 'DashboardNotFoundError').body };
  }
  protected onDeleteDashboards(input: { DashboardNames: string[] }) {
    for (const name of input.DashboardNames) this.dashboards.delete(name);
    return {};
  }
  protected override onListTagsForResource(input: {
    ResourceId?: string;
    ResourceARN?: string;
    ResourceArn?: string;
    resourceArn?: string;
  }) {
    if (input.ResourceARN?.includes(':cloudwatch:'))
      return { Tags: pairs(this.alarms.get(input.ResourceARN.split(':alarm:')[1]!)?.tags) };
    if (input.ResourceArn) return { Tags: pairs(this.topics.get(input.ResourceArn.split(':').at(-1)!)) };
    return super.onListTagsForResource(input);
  }
  protected onDescribeQueryDefinitions() {
    return {
      queryDefinitions: [...this.saved].map(([queryDefinitionId, logGroupNames]) => ({
        queryDefinitionId,
        logGroupNames,
      })),
    };
  }
  protected onDeleteQueryDefinition(input: { queryDefinitionId: string }) {
    this.saved.delete(input.queryDefinitionId);
    return {};
  }

  // Scheduler, SQS, SNS, EventBridge
  protected onListSchedules() {
    return { Schedules: [...this.schedules.keys()].map((Name) => ({ Name, GroupName: 'default' })) };
  }
  protected onGetSchedule(input: { Name: string }) {
    return { Target: { RoleArn: this.get1(this.schedules, input.Name, 'ResourceNotFoundException').role } };
  }
  protected onDeleteSchedule(input: { Name: string }) {
    this.schedules.delete(input.Name);
    return {};
  }
  protected onListQueueTags(input: { QueueUrl: string }) {
    return { Tags: this.get1(this.queues, input.QueueUrl.split('/').at(-1), 'QueueDoesNotExist') };
  }
  protected onGetQueueUrl(input: { QueueName: string }) {
    this.get1(this.queues, input.QueueName, 'QueueDoesNotExist');
    return { QueueUrl: queueUrl(input.QueueName) };
  }
  protected onDeleteQueue(input: { QueueUrl: string }) {
    this.queues.delete(input.QueueUrl.split('/').at(-1)!);
    return {};
  }
  protected onDeleteTopic(input: { TopicArn: string }) {
    this.topics.delete(input.TopicArn.split(':').at(-1)!);
    return {};
  }
  protected onListRules() {
    return { Rules: [...this.rules].map(([Name, { managed }]) => ({ Name, ...(managed && { ManagedBy: 'aws' }) })) };
  }
  protected onListTargetsByRule(input: { Rule: string }) {
    return { Targets: this.get1(this.rules, input.Rule, 'ResourceNotFoundException').targets };
  }
  protected onRemoveTargets(input: { Rule: string }) {
    this.rules.get(input.Rule)!.targets = [];
    return {};
  }
  protected onDeleteRule(input: { Name: string }) {
    if (this.rules.get(input.Name)!.targets.length > 0) throw fail('ValidationException', 'The rule has targets');
    this.rules.delete(input.Name);
    return {};
  }

  protected override onDeleteObjects(input: { Delete: { Objects: { Key: string }[] } }, id: string) {
    const answer = super.onDeleteObjects(input, id);
    this.buckets.get(id)!.versions.push(...this.late.splice(0));
    return answer;
  }
}

export const queueUrl = (name: string): string => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
