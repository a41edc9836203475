/**
 * Holds the answers of services to AWS's service models: they have the members that the model declares, so that a List
 * operation can answer with the descriptions that it has. Requests were judged before they come here, by plugin/judge.py.
 *
 * The models are botocore's, which the local cloud's Python environment has anyway.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Operation, Service } from './service';

interface Reference {
  readonly shape: string;
}

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Reference>>;
  readonly member?: Reference;
  readonly value?: Reference;
}

interface ServiceModel {
  readonly operations: Readonly<Record<string, { readonly output?: Reference }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** The folder of each service's model in botocore. */
const MODELS: Readonly<Record<string, string>> = {
  sagemaker: 'sagemaker',
  codepipeline: 'codepipeline',
  codebuild: 'codebuild',
  athena: 'athena',
  servicequotas: 'service-quotas',
  'application-autoscaling': 'application-autoscaling',
};

const loaded = new Map<string, ServiceModel>();

/** The folder of a service's model; undefined for a service that is not held to one. */
export const modelOf = (service: string): string | undefined => MODELS[service];

/** @param python the interpreter of the environment that has botocore */
export function loadModel(python: string, service: string): ServiceModel {
  const known = loaded.get(service);
  if (known) return known;
  const lib = join(dirname(dirname(python)), 'lib');
  const version = readdirSync(lib).find((name) => /^python3\.\d+$/.test(name))!;
  const folder = join(lib, version, 'site-packages', 'botocore', 'data', service);
  const latest = readdirSync(folder).sort().at(-1)!;
  const model = JSON.parse(
    gunzipSync(readFileSync(join(folder, latest, 'service-2.json.gz'))).toString(),
  ) as ServiceModel;
  loaded.set(service, model);
  return model;
}

/**
 * The same service, whose answers hold what the model declares.
 *
 * @param python the interpreter of the environment that has botocore; the first answer reads the model
 */
export function conforming(python: string, service: Service): Service {
  const folder = modelOf(service.id);
  if (folder === undefined) return service;
  const held =
    (name: string, operation: Operation<object, unknown>): Operation<object, unknown> =>
    async (input, context) => {
      const answer = await operation(input, context);
      const { operations, shapes } = loadModel(python, folder);
      const model = operations[name];
      return model ? model.output && declared(shapes, model.output.shape, answer) : answer;
    };
  const operations = Object.entries(service.operations).map(([name, operation]) => [name, held(name, operation)]);
  return { ...service, operations: Object.fromEntries(operations) as Service['operations'] };
}

/** What its shape declares of a value. */
function declared(shapes: ServiceModel['shapes'], name: string, value: unknown): unknown {
  const { type, members = {}, member, value: mapped } = shapes[name]!;
  if (Array.isArray(value)) return value.map((one) => declared(shapes, member!.shape, one));
  if (value === null || typeof value !== 'object' || (type !== 'structure' && type !== 'map')) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      const shape = type === 'map' ? mapped : members[key];
      return shape ? [[key, declared(shapes, shape.shape, one)]] : [];
    }),
  );
}
