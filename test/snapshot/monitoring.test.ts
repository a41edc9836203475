import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { makeStack } from '../../labs/monitoring/stack';
import { LABS, type LabEntry } from '../../lib/course/registry';
import { masked, ofType, only, statements, synthesize, written, type TemplateJson } from './template';

let template: TemplateJson;
beforeAll(async () => {
  const entry = { id: 'monitoring', stack: async () => makeStack } as unknown as LabEntry;
  if (!LABS.some(({ id }) => id === 'monitoring')) (LABS as LabEntry[]).push(entry);
  template = await synthesize('monitoring');
});

/** The template with other values of modes. */
function inMode(context: Record<string, string>): TemplateJson {
  const app = new App({ context, analyticsReporting: false, treeMetadata: false, autoSynth: false });
  return Template.fromStack(makeStack(app, 'me') as Stack).toJSON() as TemplateJson;
}

const ofRole = (role: string, from = template) => statements(from).filter((one) => one.role.startsWith(role));
const on = (role: string, action: string): string[] =>
  ofRole(role)
    .filter(({ actions }) => actions.includes(action))
    .flatMap(({ resources }) => resources);
const alarmNamed = (end: string, from = template): Record<string, unknown> =>
  ofType(from, 'AWS::CloudWatch::Alarm').find(([, { Properties }]) => String(Properties.AlarmName).endsWith(end))![1]
    .Properties;

test('the template is as reviewed', () => {
  expect(masked(template)).toMatchSnapshot();
});

test('the outputs are those that steps read', () => {
  const wanted = [
    ...['DataBucket', 'Endpoint', 'EndpointStack', 'ModelPackageGroup', 'MonitorRole', 'MonitorImage', 'MonitorCode'],
    ...['RetrainRole', 'EndpointRole', 'DeployRole', 'Schedule', 'Topic', 'Responder', 'DeadLetters', 'Dashboard'],
    ...['DriftAlarm', 'AucAlarm', 'ErrorAlarm', 'LatencyAlarm', 'XgboostImage', 'ModeMonitor', 'ModeCompute'],
  ];
  expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(wanted));
});

test('the band waits for the endpoint: what fails before leaves no anomaly detector that no sweep knows as ours', () => {
  const [band] = ofType(template, 'AWS::CloudWatch::Alarm').filter(
    ([, { Properties }]) => Properties.ThresholdMetricId,
  );
  const [endpoint] = ofType(template, 'Custom::MlaLabsEndpoint');
  expect(band![1].DependsOn).toContain(endpoint![0]);
});

describe('the dashboard', () => {
  interface Widget {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: {
      readonly title?: string;
      readonly metrics?: readonly (readonly unknown[])[];
      readonly yAxis?: { readonly left?: { readonly label?: string } };
      readonly annotations?: { readonly horizontal: readonly { readonly value: number }[] };
    };
  }
  const widgets = (from: TemplateJson): Widget[] => {
    const { DashboardBody } = only<{ DashboardBody: unknown }>(from, 'AWS::CloudWatch::Dashboard');
    return (JSON.parse(written(DashboardBody)) as { widgets: Widget[] }).widgets;
  };
  const titled = (from: TemplateJson, title: RegExp): Widget =>
    widgets(from).find(({ properties }) => title.test(properties.title ?? ''))!;

  test('lies in 24 columns, nothing over another, each graph with a title and an axis that says what it counts', () => {
    const cells = widgets(template).flatMap(({ x, y, width, height }) => {
      expect(x + width).toBeLessThanOrEqual(24);
      return Array.from({ length: width * height }, (_one, at) => `${x + (at % width)} ${y + Math.floor(at / width)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
    for (const { type, properties } of widgets(template)) {
      if (type !== 'metric') continue;
      expect(properties.title).toBeTruthy();
      expect(properties.yAxis?.left?.label).toBeTruthy();
    }
  });

  test('shows the lines of the alarms, latency in milliseconds', () => {
    const line = (title: RegExp) => titled(template, title).properties.annotations?.horizontal[0]?.value;
    expect([line(/^Features/), line(/^AUC/), line(/milliseconds/)]).toEqual([1, 0.745, 1000]);
    expect(JSON.stringify(titled(template, /milliseconds/).properties.metrics)).toMatch(/"half \/ 1000"/);
  });

  test('shows Model Monitor’s own figures where that is the monitor', () => {
    const graph = titled(inMode({ monitor: 'managed' }), /^Distance/).properties;
    expect(graph.metrics![0]!.slice(0, 2)).toEqual([
      'aws/sagemaker/Endpoints/data-metrics',
      'feature_baseline_drift_temp',
    ]);
    expect(graph.annotations?.horizontal[0]?.value).toBe(0.1);
  });
});

describe('the schedule', () => {
  interface Schedule {
    readonly ScheduleExpression: string;
    readonly FlexibleTimeWindow: object;
    readonly Target: { readonly Arn: string; readonly Input: unknown; readonly RetryPolicy: object };
  }
  const request = (): Record<string, unknown> =>
    JSON.parse(written(only<Schedule>(template, 'AWS::Scheduler::Schedule').Target.Input)) as Record<string, unknown>;

  test('starts a Processing job some minutes after each hour, once', () => {
    expect(only<Schedule>(template, 'AWS::Scheduler::Schedule')).toMatchObject({
      ScheduleExpression: 'cron(20 * * * ? *)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob',
        RetryPolicy: { MaximumRetryAttempts: 0 },
      },
    });
  });

  test('each attempt names a job of its own, within 63 characters for the longest learner', () => {
    const name = String(request().ProcessingJobName);
    expect(name).toBe('mla-mon-me--<aws.scheduler.execution-id>');
    expect('mla-mon-'.length + 16 + 1 + 36).toBeLessThanOrEqual(63);
  });

  test('the job is told when it was due, and reads the capture itself', () => {
    const { Environment, ProcessingInputs } = request() as {
      Environment: Record<string, string>;
      ProcessingInputs: { InputName: string }[];
    };
    expect(Environment).toMatchObject({ MLA_SCHEDULED_TIME: '<aws.scheduler.scheduled-time>', MLA_METRICS: 'on' });
    expect(Object.values(Environment).every((value) => typeof value === 'string')).toBe(true);
    expect(ProcessingInputs.map(({ InputName }) => InputName)).toEqual(['code']);
  });

  test('Python is given the archive where the job finds it: a file of its input, and no address', () => {
    const [, { Properties }] = ofType(template, 'AWS::Scheduler::Schedule')[0]!;
    const input = JSON.stringify((Properties as { Target: { Input: unknown } }).Target.Input);
    expect(input).toMatch(/\/opt\/ml\/processing\/input\/code\/[0-9a-f]{64}\.zip/);
    expect(input).not.toContain('code/s3:');
  });

  test('its role starts analyses only, and passes one role', () => {
    expect(ofRole('ScheduleRole').map(({ actions }) => actions)).toEqual([
      ['sagemaker:CreateProcessingJob'],
      ['sagemaker:AddTags'],
      ['iam:PassRole'],
    ]);
    expect(on('ScheduleRole', 'sagemaker:CreateProcessingJob')).toEqual([
      expect.stringMatching(/:processing-job\/mla-mon-me--\*$/),
    ]);
  });
});

describe('alarms', () => {
  test('on drift and AUC tell the topic; missing figures are no alarm', () => {
    const common = { TreatMissingData: 'notBreaching', AlarmActions: [{ Ref: expect.stringMatching(/^Topic/) }] };
    const Dimensions = [{ Name: 'Endpoint', Value: 'mla-labs-monitoring-me' }];
    expect(alarmNamed('-drift')).toMatchObject({
      ...common,
      Dimensions,
      Namespace: 'MlaLabs/Monitoring',
      MetricName: 'FeaturesDrifted',
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    expect(alarmNamed('-auc')).toMatchObject({
      ...common,
      Dimensions,
      MetricName: 'Auc',
      Threshold: 0.745,
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  test('the one with a band acts on nothing', () => {
    expect(alarmNamed('-invocations')).not.toHaveProperty('AlarmActions');
  });

  test('CloudWatch alone may publish to the topic, for alarms of this account, and there is no key in the way', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::SNS::Topic'))
      expect(Properties).not.toHaveProperty('KmsMasterKeyId');
    const { Statement } = only<{ PolicyDocument: { Statement: object[] } }>(
      template,
      'AWS::SNS::TopicPolicy',
    ).PolicyDocument;
    expect(Statement).toEqual([
      expect.objectContaining({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: expect.objectContaining({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
      }),
    ]);
  });
});

describe('the responder', () => {
  test('has a dead-letter queue, and reserves no concurrency', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::Lambda::Function')) {
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
      expect(Properties.Runtime).toBe('nodejs22.x');
      expect(Properties.LoggingConfig).toMatchObject({ LogGroup: { Ref: expect.any(String) } });
    }
    const [, own] = ofType(template, 'AWS::Lambda::Function').find(([id]) => id.startsWith('Responder'))!;
    expect(own.Properties.DeadLetterConfig).toEqual({
      TargetArn: { 'Fn::GetAtt': [expect.stringMatching(/^DeadLetters/), 'Arn'] },
    });
    expect(on('ResponderRole', 'sqs:SendMessage')).toHaveLength(1);
  });

  test('is woken by the end of its own jobs, and looks four times an hour', () => {
    const rules = ofType(template, 'AWS::Events::Rule').filter(([id]) => /Ended|Look/.test(id));
    expect(rules.map(([, { Properties }]) => Properties.EventPattern ?? Properties.ScheduleExpression)).toEqual([
      expect.objectContaining({
        detail: {
          TrainingJobName: [{ prefix: 'mla-retrain-me--' }],
          TrainingJobStatus: ['Completed', 'Failed', 'Stopped'],
        },
      }),
      expect.objectContaining({ 'detail-type': ['SageMaker Processing Job State Change'] }),
      'rate(15 minutes)',
    ]);
  });

  test('may start jobs of its own names alone, update one stack, and approve nothing but by a version’s update', () => {
    const jobs = on('ResponderRole', 'sagemaker:CreateTrainingJob');
    expect(jobs.every((arn) => arn.endsWith('/mla-retrain-me--*'))).toBe(true);
    expect(on('ResponderRole', 'cloudformation:UpdateStack')).toEqual([
      expect.stringMatching(/:stack\/mla-labs-monitoring-me--endpoint\/\*$/),
    ]);
    expect(on('ResponderRole', 'sagemaker:UpdateEndpoint')).toEqual([]);
    expect(on('ResponderRole', 's3:DeleteObject')).toEqual([]);
  });
});

describe('permissions', () => {
  test('on everything only what IAM cannot narrow', () => {
    const wide = statements(template)
      .filter(({ role, resources }) => !role.startsWith('Lease') && resources.includes('*'))
      .flatMap(({ actions }) => actions);
    expect([...new Set(wide)].sort()).toEqual([
      'cloudwatch:DescribeAlarmHistory',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:PutMetricData',
      'ecr:GetAuthorizationToken',
      'sagemaker:ListModelPackages',
    ]);
  });

  test('CloudFormation makes and deletes only what carries the lab’s tags, and passes one role to SageMaker alone', () => {
    const condition = (action: string) =>
      ofRole('DeployRole').find(({ actions }) => actions.includes(action))?.Condition;
    expect(condition('sagemaker:DeleteModel')).toEqual({
      StringEquals: { 'aws:ResourceTag/mla-labs:lab': 'monitoring', 'aws:ResourceTag/mla-labs:learner': 'me' },
    });
    expect(condition('iam:PassRole')).toEqual({ StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } });
  });

  test('an endpoint reads models and writes what it captured; an analysis reads that and writes no model', () => {
    expect(on('EndpointRole', 's3:PutObject')).toEqual(['${DataBucket.Arn}/capture/*']);
    expect(on('MonitorRole', 's3:PutObject').sort()).toEqual(
      ['baseline', 'monitor', 'quality'].map((prefix) => `\${DataBucket.Arn}/${prefix}/*`),
    );
  });
});

test('deletion sweeps first, with the names of what is outside of the stack', () => {
  const [id, sweep] = ofType(template, 'Custom::MlaLabsSweep').find(([name]) => name.startsWith('Last'))!;
  const others = Object.keys(template.Resources).filter((name) => name !== id && !/^Lease/.test(name));
  expect(sweep.DependsOn).toEqual(expect.arrayContaining(others));
  expect(sweep.Properties).toMatchObject({
    stacks: ['mla-labs-monitoring-me--endpoint'],
    endpoints: ['mla-labs-monitoring-me'],
    schedules: ['mla-labs-monitoring-me--analysis'],
    alarms: expect.arrayContaining(['mla-labs-monitoring-me--errors', 'mla-labs-monitoring-me--drift']) as unknown,
    queues: [{ Ref: expect.stringMatching(/^DeadLetters/) as string }],
  });
});

test('a creation that fails behind the endpoint sweeps too, before the roles, the bucket and the group go', () => {
  const [id, sweep] = ofType(template, 'Custom::MlaLabsSweep').find(([name]) => name.startsWith('Early'))!;
  expect(ofType(template, 'Custom::MlaLabsEndpoint')[0]![1].DependsOn).toEqual(expect.arrayContaining([id]));
  const needed = [
    'DataBucket',
    'Versions',
    expect.stringMatching(/^DeployRole/),
    expect.stringMatching(/^EndpointRole/),
  ];
  expect(sweep.DependsOn).toEqual(expect.arrayContaining(needed));
  expect(sweep.Properties).toMatchObject({ stacks: ['mla-labs-monitoring-me--endpoint'] });
});

test('the endpoint waits for the group of its versions, which is known by a plain name', () => {
  expect(ofType(template, 'Custom::MlaLabsEndpoint')[0]![1].DependsOn).toEqual(expect.arrayContaining(['Versions']));
});

describe('with --monitor managed', () => {
  test('the stack has no definition and no schedule: a closed account would roll all of it back', () => {
    const managed = inMode({ monitor: 'managed' });
    const types = Object.values(managed.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => /Monitoring|JobDefinition|Scheduler/.test(type))).toEqual([]);
    expect(managed.Outputs).not.toHaveProperty('Schedule');
  });

  test('the alarm on drift calculates with Model Monitor’s metrics, ten at most', () => {
    const { Metrics } = alarmNamed('-drift', inMode({ monitor: 'managed' })) as { Metrics: { MetricStat?: object }[] };
    expect(Metrics.filter(({ MetricStat }) => MetricStat)).toHaveLength(10);
    expect(Metrics[0]).toMatchObject({ Expression: 'MAX(METRICS())' });
  });
});

test('with --compute processing the responder is told so', () => {
  const made = inMode({ compute: 'processing' });
  const [, own] = ofType(made, 'AWS::Lambda::Function').find(([id]) => id.startsWith('Responder'))!;
  expect((own.Properties.Environment as { Variables: object }).Variables).toMatchObject({ COMPUTE: 'processing' });
});
