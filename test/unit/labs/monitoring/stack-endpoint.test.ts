/** The endpoint's template is a function here and a file in lab deployment: what both say of serving is the same. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { endpointTemplate } from '../../../../lib/infra/endpoint-template';

interface Template {
  readonly Parameters: Record<string, { AllowedPattern?: string; Default?: unknown }>;
  readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

const FILE = path.resolve(__dirname, '../../../../labs/deployment/source/endpoint.template.yaml');
const tag = (name: string, collection?: 'seq') => ({
  tag: `!${name}`,
  ...(collection && { collection }),
  resolve: (value: unknown) => ({
    [name]: collection ? JSON.parse(JSON.stringify(value)) : String(value),
  }),
});
const deployment = parse(readFileSync(FILE, 'utf8'), {
  customTags: [
    ...['Ref', 'GetAtt', 'Sub', 'Condition'].map((name) => tag(name)),
    ...['If', 'Equals', 'And', 'Not'].map((name) => tag(name, 'seq')),
  ],
}) as Template;
const monitoring = endpointTemplate('monitoring') as unknown as Template;

test('resources are the same, of the same types', () => {
  const types = ({ Resources }: Template) =>
    Object.fromEntries(Object.entries(Resources).map(([id, { Type }]) => [id, Type]));
  expect(types(monitoring)).toEqual(types(deployment));
});

test.each(['ErrorAlarm', 'LatencyAlarm'])('%s goes off at the same figures', (id) => {
  const figures = ({ Resources }: Template) => {
    const wanted = ['Namespace', 'MetricName', 'Statistic', 'ExtendedStatistic', 'Period', 'EvaluationPeriods'];
    const { Properties } = Resources[id]!;
    return [...wanted, 'Threshold', 'ComparisonOperator', 'TreatMissingData'].map((name) => Properties[name]);
  };
  expect(figures(monitoring)).toEqual(figures(deployment));
});

test('a version is asked for by the same pattern, and bakes as long', () => {
  for (const name of ['ModelPackageArn', 'BakeSeconds']) {
    const { AllowedPattern, Default } = monitoring.Parameters[name]!;
    expect({ AllowedPattern, Default }).toEqual({
      AllowedPattern: deployment.Parameters[name]!.AllowedPattern,
      Default: deployment.Parameters[name]!.Default,
    });
  }
});

test('an endpoint on instances has the same machine, and keeps what it was asked in the same way', () => {
  const ofInstances = (value: unknown): unknown => {
    const { If } = (typeof value === 'object' ? value : {}) as { If?: unknown[] };
    return ['OnInstances', 'InProduction'].includes(String(If?.[0])) ? If![1] : value;
  };
  const { ProductionVariants: released, DataCaptureConfig: kept } = deployment.Resources.EndpointConfig!.Properties;
  const { ProductionVariants, DataCaptureConfig } = monitoring.Resources.EndpointConfig!.Properties;
  const [variant] = released as { InstanceType: unknown; VariantName: string }[];
  expect(ProductionVariants).toMatchObject([
    { InstanceType: ofInstances(variant!.InstanceType), VariantName: variant!.VariantName },
  ]);
  expect(ofInstances(kept)).toEqual(DataCaptureConfig);
});

test('alarms of lab monitoring tell the topic', () => {
  for (const id of ['ErrorAlarm', 'LatencyAlarm']) {
    expect(monitoring.Resources[id]!.Properties.AlarmActions).toEqual([{ Ref: 'TopicArn' }]);
  }
});

test('the same releases are guarded by alarms', () => {
  const plain = (template: object) => JSON.stringify(template).replaceAll('Fn::', '');
  const { Guarded } = (deployment as unknown as { Conditions: Record<string, object> }).Conditions;
  expect(plain(Guarded!)).toBe(plain(endpointTemplate('monitoring').Conditions.Guarded));
  const guards = ({ Resources }: Template) => plain(Resources.Endpoint!.Properties.DeploymentConfig as object);
  const alarms = /"AutoRollbackConfiguration":{"If":\["Guarded",{"Alarms":\[.*?\]}/;
  expect(alarms.exec(guards(deployment))?.[0]).toBe(alarms.exec(guards(monitoring))![0]);
});

test('a rollback takes over though the alarms ring, and the next release is guarded again without a word', () => {
  const { Conditions } = endpointTemplate('monitoring');
  expect(Conditions.Guarded).toEqual({
    'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ModelPackageArn' }, { Ref: 'Unguarded' }] }],
  });
  const { DeploymentConfig } = monitoring.Resources.Endpoint!.Properties as {
    DeploymentConfig: { AutoRollbackConfiguration: { 'Fn::If': unknown[] } };
  };
  expect(DeploymentConfig.AutoRollbackConfiguration['Fn::If'].slice(0, 2)).toEqual([
    'Guarded',
    { Alarms: [{ AlarmName: { Ref: 'ErrorAlarm' } }, { AlarmName: { Ref: 'LatencyAlarm' } }] },
  ]);
});
