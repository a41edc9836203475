/** Labs 3 and 4 with a learner at work in them, beside neighbours whose things are named alike. */
import { NO_NAMES, type Ownership } from '../../../lib/teardown/ownership';
import { ACCOUNT, REGION } from './fake-cloud';
import { arnIn, queueUrl, ReleaseAccount, roleArn } from './fake-release';

export const BASE = 'mla-labs-deployment-me';
export const BUCKET = 'mlalabs-deployment-databucket-abc';
export const DEPLOY_ROLE = roleArn('MlaLabs-Deployment-DeployRole-1');
export const ENDPOINT_ROLE = roleArn('MlaLabs-Deployment-EndpointRole-1');
export const THEIRS = roleArn('theirs');
export const PRODUCTION = `${BASE}--production`;
export const STAGING = `${BASE}--staging`;
export const VERSION = arnIn('sagemaker', `model-package/${BASE}/1`);

export const OWNERSHIP: Ownership = {
  ...NO_NAMES,
  lab: 'deployment',
  learner: 'me',
  account: ACCOUNT,
  region: REGION,
  stackName: 'MlaLabs-Deployment',
  leaseHours: 8,
  buckets: [BUCKET],
  roles: [DEPLOY_ROLE, ENDPOINT_ROLE],
  modelPackageGroups: [BASE],
  stacks: [STAGING, PRODUCTION],
  endpoints: [STAGING, PRODUCTION],
  pipelines: [BASE],
  buildProjects: [`${BASE}--verify`],
  alarms: [`${PRODUCTION}-errors`],
};

/** One endpoint as the template of the lab makes it, in a stack of its own. */
function endpointStack(cloud: ReleaseAccount, stack: string, endpoint: string, role: string, group = BASE): void {
  // CloudFormation makes names with capitals; their ARNs have none.
  const [model, config] = [`Model-${endpoint}`, `EndpointConfig-${endpoint}`];
  cloud.models.set(model, {
    role: role === DEPLOY_ROLE ? ENDPOINT_ROLE : role,
    version: arnIn('sagemaker', `model-package/${group}/1`),
  });
  cloud.configs.set(config, { models: [model] });
  cloud.endpoints.set(endpoint, { config, status: 'InService' });
  cloud.alarms.set(`${endpoint}-errors`, { dimensions: { EndpointName: endpoint, VariantName: 'AllTraffic' } });
  cloud.stacks.set(stack, {
    status: 'CREATE_COMPLETE',
    role,
    resources: [
      { type: 'AWS::SageMaker::Model', id: arnIn('sagemaker', `model/${model.toLowerCase()}`) },
      { type: 'AWS::SageMaker::EndpointConfig', id: arnIn('sagemaker', `endpoint-config/${config.toLowerCase()}`) },
      { type: 'AWS::SageMaker::Endpoint', id: arnIn('sagemaker', `endpoint/${endpoint}`) },
      { type: 'AWS::CloudWatch::Alarm', id: `${endpoint}-errors` },
    ],
  });
  cloud.groups.set(`/aws/sagemaker/Endpoints/${endpoint}`, { tags: {}, streams: new Set(['AllTraffic/i-1']) });
}

/** The lab's stack with its pipeline; releases to both endpoints have been made. */
export function released(): ReleaseAccount {
  const cloud = new ReleaseAccount('deployment');
  const { ours } = cloud;
  cloud.stack = {
    status: 'CREATE_COMPLETE',
    created: new Date(cloud.time),
    resources: [
      { type: 'AWS::S3::Bucket', id: BUCKET },
      { type: 'AWS::IAM::Role', id: 'MlaLabs-Deployment-DeployRole-1' },
      { type: 'AWS::IAM::Role', id: 'MlaLabs-Deployment-EndpointRole-1' },
      { type: 'AWS::SageMaker::ModelPackageGroup', id: arnIn('sagemaker', `model-package-group/${BASE}`) },
      { type: 'AWS::CodePipeline::Pipeline', id: BASE },
      { type: 'AWS::CodeBuild::Project', id: `${BASE}--verify` },
      { type: 'AWS::Events::Rule', id: 'MlaLabs-Deployment-SourceRule-1' },
      { type: 'AWS::Lambda::Function', id: 'MlaLabs-Deployment-Release-1' },
    ],
  };
  for (const role of ['MlaLabs-Deployment-DeployRole-1', 'MlaLabs-Deployment-EndpointRole-1'])
    cloud.roles.set(role, ours);
  cloud.buckets.set(BUCKET, { tags: ours, versions: ['evidence/a'], uploads: [] });
  cloud.packageGroups.set(BASE, { tags: ours, versions: [VERSION] });
  cloud.pipelines.set(BASE, {
    role: roleArn('MlaLabs-Deployment-PipelineRole-1'),
    store: BUCKET,
    executions: new Map([
      ['e-1', 'Succeeded'],
      ['e-2', 'InProgress'],
    ]),
  });
  cloud.projects.set(`${BASE}--verify`, {
    role: roleArn('MlaLabs-Deployment-VerifyRole-1'),
    builds: new Map([
      ['b-1', 'SUCCEEDED'],
      ['b-2', 'IN_PROGRESS'],
    ]),
  });
  cloud.groups.set(`/aws/codebuild/${BASE}--verify`, { tags: {}, streams: new Set(['b-1']) });
  cloud.rules.set('MlaLabs-Deployment-SourceRule-1', {
    targets: [{ Id: '1', Arn: arnIn('codepipeline', BASE), RoleArn: DEPLOY_ROLE }],
  });
  endpointStack(cloud, STAGING, STAGING, DEPLOY_ROLE);
  endpointStack(cloud, PRODUCTION, PRODUCTION, DEPLOY_ROLE);
  return cloud;
}

/** What a learner adds in the console, without tags. */
export function inTheConsole(cloud: ReleaseAccount): void {
  cloud.pipelines.set('my-clone', { role: THEIRS, store: BUCKET, executions: new Map([['m-1', 'InProgress']]) });
  cloud.projects.set('my-build', { role: DEPLOY_ROLE, builds: new Map([['m-1', 'IN_PROGRESS']]) });
  cloud.groups.set('/aws/codebuild/my-build', { tags: {}, streams: new Set() });
  cloud.models.set('my-model', { role: THEIRS, version: VERSION });
  cloud.configs.set('my-config', { models: ['my-model'] });
  cloud.endpoints.set('my-endpoint', { config: 'my-config', status: 'Creating', busyFor: 3 });
  cloud.groups.set('/aws/sagemaker/Endpoints/my-endpoint', { tags: {}, streams: new Set() });
  cloud.alarms.set('my-alarm', { dimensions: { EndpointName: 'my-endpoint' } });
  const query = { Namespace: 'x', MetricName: 'm', Dimensions: [{ Name: 'EndpointName', Value: PRODUCTION }] };
  cloud.alarms.set('my-band', {
    math: [{ MetricStat: { Metric: query } }, { Expression: 'ANOMALY_DETECTION_BAND(m1, 2)' }],
  });
  cloud.alarms.set('my-both', { rule: 'ALARM("my-alarm") OR ALARM("my-band")' });
  cloud.detectors.push({ Namespace: 'x', MetricName: 'm', Dimensions: { EndpointName: PRODUCTION } });
  cloud.dashboards.set('my-dashboard', {
    body: JSON.stringify({
      widgets: [
        { type: 'text' },
        {
          type: 'metric',
          properties: {
            metrics: [
              ['AWS/SageMaker', 'Invocations', 'EndpointName', PRODUCTION, 'VariantName', 'AllTraffic'],
              ['.', 'ModelLatency', '.', '.', '.', '.', { stat: 'p90' }],
              ['...', 'Canary'],
              [{ expression: 'm1 / m2' }],
            ],
          },
        },
      ],
    }),
  });
  cloud.rules.set('my-rule', { targets: [{ Id: '1', Arn: arnIn('codepipeline', BASE), RoleArn: THEIRS }] });
  cloud.saved.set('my-query', [`/aws/sagemaker/Endpoints/${PRODUCTION}`]);
  cloud.stacks.set('my-stack', { status: 'UPDATE_IN_PROGRESS', busyFor: 2, role: DEPLOY_ROLE, resources: [] });
}

/** Somebody else's, as near as can be. @returns kind and name of each */
export function neighbours(cloud: ReleaseAccount): string[] {
  const before = new Set(cloud.things());
  const other = `${BASE}-2`;
  cloud.roles.set('theirs', {});
  endpointStack(cloud, `${other}--production`, `${other}--production`, THEIRS, other);
  cloud.stacks.set('nested', {
    status: 'CREATE_COMPLETE',
    role: DEPLOY_ROLE,
    parent: cloud.idOf(`${other}--production`),
    resources: [],
  });
  cloud.packageGroups.set(other, { tags: {}, versions: [arnIn('sagemaker', `model-package/${other}/1`)] });
  cloud.pipelines.set(other, { role: THEIRS, store: 'theirs', executions: new Map([['t-1', 'InProgress']]) });
  cloud.projects.set(`${other}--verify`, { role: THEIRS, builds: new Map([['t-1', 'IN_PROGRESS']]) });
  cloud.groups.set(`/aws/codebuild/${other}--verify`, { tags: {}, streams: new Set() });
  cloud.alarms.set('theirs-and-ours', {
    math: [PRODUCTION, `${other}--production`].map((Value) => ({
      MetricStat: { Metric: { Dimensions: [{ Name: 'EndpointName', Value }] } },
    })),
  });
  cloud.alarms.set('search', {
    math: [
      { Expression: "SEARCH('{AWS/SageMaker,EndpointName} Invocations', 'Sum')" },
      { MetricStat: { Metric: { Dimensions: [{ Name: 'EndpointName', Value: PRODUCTION }] } } },
    ],
  });
  cloud.alarms.set('cpu', { dimensions: { InstanceId: 'i-1' } });
  cloud.alarms.set('theirs-both', { rule: `ALARM("cpu") OR ALARM("${PRODUCTION}-errors")` });
  cloud.detectors.push({ Namespace: 'x', MetricName: 'm', Dimensions: { InstanceId: 'i-1' } });
  const metric = (name: string) => ({
    type: 'metric',
    properties: { metrics: [['AWS/SageMaker', 'Invocations', 'EndpointName', name]] },
  });
  cloud.dashboards.set('team', { body: JSON.stringify({ widgets: [metric(PRODUCTION), metric('theirs')] }) });
  cloud.dashboards.set('broken', { body: '{' });
  cloud.dashboards.set('with-logs', { body: JSON.stringify({ widgets: [metric(PRODUCTION), { type: 'log' }] }) });
  cloud.rules.set('fan-out', {
    targets: [
      { Id: '1', Arn: arnIn('codepipeline', BASE), RoleArn: THEIRS },
      { Id: '2', Arn: arnIn('sqs', 'theirs') },
    ],
  });
  cloud.rules.set('managed', { managed: true, targets: [{ Id: '1', Arn: arnIn('codepipeline', BASE) }] });
  cloud.saved.set('their-query', [`/aws/sagemaker/Endpoints/${PRODUCTION}`, '/theirs']);
  cloud.configs.set('mixed', { models: ['theirs', `Model-${PRODUCTION}`] });
  return cloud.things().filter((thing) => !before.has(thing));
}

export const MONITOR_ENDPOINT = 'mla-labs-monitoring-me';
export const MONITOR_ROLE = roleArn('MlaLabs-Monitoring-MonitorRole-1');
const MONITOR_BUCKET = 'mlalabs-monitoring-databucket-abc';

export const MONITORING_OWNERSHIP: Ownership = {
  ...OWNERSHIP,
  lab: 'monitoring',
  stackName: 'MlaLabs-Monitoring',
  buckets: [MONITOR_BUCKET],
  roles: [MONITOR_ROLE],
  modelPackageGroups: [],
  stacks: [],
  pipelines: [],
  buildProjects: [],
  alarms: [],
  endpoints: [MONITOR_ENDPOINT],
  schedules: ['mla-labs-monitoring-me'],
  queues: [queueUrl('mla-labs-monitoring-me-dead')],
};

/** Lab 4 with its own endpoint, watched by both monitors. */
export function monitored(): ReleaseAccount {
  const cloud = new ReleaseAccount('monitoring');
  const { ours } = cloud;
  cloud.stack = {
    status: 'CREATE_COMPLETE',
    created: new Date(cloud.time),
    resources: [
      { type: 'AWS::S3::Bucket', id: MONITOR_BUCKET },
      { type: 'AWS::IAM::Role', id: 'MlaLabs-Monitoring-MonitorRole-1' },
      { type: 'AWS::Scheduler::Schedule', id: 'mla-labs-monitoring-me' },
      { type: 'AWS::SQS::Queue', id: queueUrl('mla-labs-monitoring-me-dead') },
      { type: 'AWS::SNS::Topic', id: arnIn('sns', 'mla-labs-monitoring-me') },
    ],
  };
  cloud.roles.set('MlaLabs-Monitoring-MonitorRole-1', ours);
  cloud.buckets.set(MONITOR_BUCKET, { tags: ours, versions: ['capture/a'], uploads: [] });
  cloud.queues.set('mla-labs-monitoring-me-dead', ours).set('my-queue', ours).set('theirs', {});
  cloud.topics.set('mla-labs-monitoring-me', ours).set('my-topic', ours).set('theirs', {});
  const to = (topic: string) => ({ Id: topic, Arn: arnIn('sns', topic) });
  cloud.rules
    .set('my-rule', { targets: [to('mla-labs-monitoring-me')] })
    .set('theirs', { targets: [to('mla-labs-monitoring-me'), to('theirs')] });
  cloud.schedules
    .set('mla-labs-monitoring-me', { role: MONITOR_ROLE })
    .set('my-schedule', { role: MONITOR_ROLE })
    .set('mla-labs-monitoring-me-2', { role: THEIRS });
  cloud.models.set('m', { role: MONITOR_ROLE }).set('theirs', { role: THEIRS });
  cloud.configs
    .set('c', { models: ['m'], capture: `s3://${MONITOR_BUCKET}/capture/` })
    .set('theirs', { models: ['theirs'] });
  cloud.endpoints
    .set(MONITOR_ENDPOINT, { config: 'c', status: 'InService', tags: ours })
    .set('theirs', { config: 'theirs', status: 'InService' });
  cloud.definitions
    .set('d', { role: MONITOR_ROLE, endpoint: MONITOR_ENDPOINT })
    .set('theirs', { role: THEIRS, endpoint: 'theirs' });
  cloud.monitors
    .set('pending', { status: 'Pending', busyFor: 3, definition: 'd', endpoint: MONITOR_ENDPOINT })
    .set('running', { status: 'Scheduled', definition: 'd', endpoint: MONITOR_ENDPOINT, job: 'model-monitoring-1' })
    .set('theirs', { status: 'Scheduled', definition: 'theirs', endpoint: 'theirs' });
  cloud.processing
    .set('model-monitoring-1', { role: MONITOR_ROLE, status: 'InProgress' })
    .set('theirs', { role: THEIRS, status: 'InProgress' });
  return cloud;
}
