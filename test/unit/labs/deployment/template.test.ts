/** What the pipeline makes of the template of the endpoints: serverless, on an instance, and production. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { MACHINES } from '../../../../lib/flights/serving';
import { ROOT } from '../../../../lib/infra/root';

type Value = unknown;
interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Readonly<Record<string, Value>>;
}

const tag = (name: string, collection?: 'seq') => ({
  tag: `!${name}`,
  ...(collection && { collection }),
  resolve: (value: unknown) => ({ [name]: collection ? JSON.parse(JSON.stringify(value)) : String(value) }),
});
const template = parse(readFileSync(path.join(ROOT, 'labs/deployment/source/endpoint.template.yaml'), 'utf8'), {
  customTags: [
    ...['Ref', 'GetAtt', 'Sub', 'Condition'].map((name) => tag(name)),
    ...['If', 'Equals', 'And', 'Not'].map((name) => tag(name, 'seq')),
  ],
}) as {
  Parameters: Record<string, { Default?: unknown }>;
  Conditions: Record<string, Value>;
  Resources: Record<string, Resource>;
};

/** The resources that these parameters make, with every condition decided. */
function made(given: Readonly<Record<string, string>>): Record<string, Resource> {
  const parameters: Record<string, unknown> = { 'AWS::NoValue': undefined };
  for (const [name, { Default }] of Object.entries(template.Parameters))
    parameters[name] = given[name] ?? Default ?? name;
  const holds = (value: Value): boolean => {
    const [[what, of]] = Object.entries(value as Record<string, Value[] | string>) as [[string, never]];
    if (what === 'Condition') return holds(template.Conditions[of as string]);
    const parts = of as Value[];
    if (what === 'Equals') return String(filled(parts[0])) === String(filled(parts[1]));
    return what === 'And' ? parts.every(holds) : !holds(parts[0]);
  };
  const filled = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value !== 'object' || value === null) return value;
    const { If, Ref } = value as { If?: [string, Value, Value]; Ref?: string };
    if (If) return filled(holds(template.Conditions[If[0]]) ? If[1] : If[2]);
    if (Ref !== undefined) return Ref in parameters ? parameters[Ref] : Ref;
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, part]) => [key, filled(part)] as const)
        .filter(([, part]) => part !== undefined),
    );
  };
  const there = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || holds(template.Conditions[Condition]),
  );
  return filled(Object.fromEntries(there)) as Record<string, Resource>;
}

const variant = ({ EndpointConfig }: Record<string, Resource>) =>
  (EndpointConfig!.Properties.ProductionVariants as object[])[0];
const plain = ['Model', 'EndpointConfig', 'Endpoint'];

test('staging that is serverless has no instance, no capture, no alarms and no bake', () => {
  const staging = made({ Kind: 'serverless', Stage: 'staging' });
  expect(Object.keys(staging)).toEqual(plain);
  expect(variant(staging)).toHaveProperty('ServerlessConfig');
  expect(variant(staging)).not.toHaveProperty('InstanceType');
  expect(staging.EndpointConfig!.Properties).not.toHaveProperty('DataCaptureConfig');
  expect(staging.Endpoint!.Properties).not.toHaveProperty('DeploymentConfig');
});

test.each(['off', 'on'])('staging on an instance has one, and no more than that, with --canary %s', (Canary) => {
  const staging = made({ Kind: 'instance', Stage: 'staging', Canary });
  expect(Object.keys(staging)).toEqual(plain);
  expect(variant(staging)).toMatchObject({ InstanceType: MACHINES.endpoint, InitialInstanceCount: 1 });
  expect(variant(staging)).not.toHaveProperty('ServerlessConfig');
  expect(staging.EndpointConfig!.Properties).not.toHaveProperty('DataCaptureConfig');
  expect(staging.Endpoint!.Properties).not.toHaveProperty('DeploymentConfig');
});

test.each([
  ['off', 1, 'ALL_AT_ONCE'],
  ['on', 2, 'CANARY'],
])('production has alarms, capture and blue/green, with --canary %s', (Canary, InitialInstanceCount, Type) => {
  // Whoever makes the stack by hand, and does not name the stage, makes production.
  for (const stage of [{ Stage: 'production' }, {}] as Record<string, string>[]) {
    const production = made({ Kind: 'instance', Canary, ...stage });
    expect(Object.keys(production)).toEqual(['ErrorAlarm', 'LatencyAlarm', ...plain]);
    expect(variant(production)).toMatchObject({ InstanceType: MACHINES.endpoint, InitialInstanceCount });
    expect(production.EndpointConfig!.Properties.DataCaptureConfig).toMatchObject({ EnableCapture: true });
    expect(production.Endpoint!.Properties.DeploymentConfig).toMatchObject({
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type } },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'ErrorAlarm' }, { AlarmName: 'LatencyAlarm' }] },
    });
  }
});
