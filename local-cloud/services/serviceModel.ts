/**
 * Holds services to AWS's service models. Requests: required members, lengths, ranges, patterns and enums. Answers: the
 * members that the model declares, so that a List operation can answer with the descriptions that it has.
 *
 * The models are botocore's, which the local cloud's Python environment has anyway; the SDK for JavaScript is published
 * without these constraints.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Operation, type Service, ServiceError } from './service';

interface Reference {
  readonly shape: string;
}

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Reference>>;
  readonly member?: Reference;
  readonly key?: Reference;
  readonly value?: Reference;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

interface ServiceModel {
  readonly operations: Readonly<Record<string, { readonly input?: Reference; readonly output?: Reference }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** The model's folder in botocore, and the error with which the service refuses what violates it. */
const SERVICES: Readonly<Record<string, { readonly model: string; readonly error: string }>> = {
  sagemaker: { model: 'sagemaker', error: 'ValidationException' },
  codepipeline: { model: 'codepipeline', error: 'ValidationException' },
  codebuild: { model: 'codebuild', error: 'InvalidInputException' },
  athena: { model: 'athena', error: 'InvalidRequestException' },
  servicequotas: { model: 'service-quotas', error: 'IllegalArgumentException' },
  'application-autoscaling': { model: 'application-autoscaling', error: 'ValidationException' },
};

const loaded = new Map<string, ServiceModel>();

/** The folder of a service's model; undefined for a service that is not held to one. */
export const modelOf = (service: string): string | undefined => SERVICES[service]?.model;

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
 * The same service, held to its model: an operation sees no request that violates it.
 *
 * @param python the interpreter of the environment that has botocore; the first request reads the model
 */
export function conforming(python: string, service: Service): Service {
  const known = SERVICES[service.id];
  if (!known) return service;
  const held =
    (name: string, operation: Operation<object, unknown>): Operation<object, unknown> =>
    async (input, context) => {
      const { operations, shapes } = loadModel(python, known.model);
      const model = operations[name];
      if (!model) return operation(input, context);
      const found = model.input ? violations(shapes, model.input.shape, input, '') : [];
      if (found.length > 0) {
        const count = `${found.length} validation error${found.length > 1 ? 's' : ''} detected`;
        throw new ServiceError(known.error, `${count}: ${found.join('; ')}`);
      }
      const output = await operation(input, context);
      return model.output && declared(shapes, model.output.shape, output);
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

/** What of a value its shape does not allow, in AWS's words. */
function violations(shapes: ServiceModel['shapes'], name: string, value: unknown, path: string): string[] {
  const shape = shapes[name]!;
  const own = constraint(shape, value);
  if (own !== undefined)
    return [`Value '${shown(value)}' at '${path}' failed to satisfy constraint: Member must ${own}`];
  if (Array.isArray(value)) {
    return value.flatMap((one, at) => violations(shapes, shape.member!.shape, one, `${path}.${at + 1}.member`));
  }
  if (value === null || typeof value !== 'object') return [];
  if (shape.type === 'map') {
    return Object.entries(value).flatMap(([key, one]) => [
      ...violations(shapes, shape.key!.shape, key, path),
      ...violations(shapes, shape.value!.shape, one, `${path}.${key}.member`),
    ]);
  }
  const given = value as Readonly<Record<string, unknown>>;
  const at = (member: string): string => `${path && `${path}.`}${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  const missing = (shape.required ?? []).filter((member) => given[member] === undefined || given[member] === null);
  return [
    ...missing.map((member) => `Value null at '${at(member)}' failed to satisfy constraint: Member must not be null`),
    ...Object.entries(shape.members ?? {}).flatMap(([member, reference]) =>
      given[member] === undefined ? [] : violations(shapes, reference.shape, given[member], at(member)),
    ),
  ];
}

function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The constraint of its own shape that a value violates. */
function constraint({ type, min, max, pattern, enum: values }: Shape, value: unknown): string | undefined {
  if (typeof value === 'number') {
    if (min !== undefined && value < min) return `have value greater than or equal to ${min}`;
    if (max !== undefined && value > max) return `have value less than or equal to ${max}`;
    return undefined;
  }
  const size = type === 'blob' ? undefined : sizeOf(value);
  if (size === undefined) return undefined;
  if (min !== undefined && size < min) return `have length greater than or equal to ${min}`;
  if (max !== undefined && size > max) return `have length less than or equal to ${max}`;
  if (typeof value !== 'string') return undefined;
  if (values && !values.includes(value)) return `satisfy enum value set: [${values.join(', ')}]`;
  if (pattern && !expression(pattern).test(value)) return `satisfy regular expression pattern: ${pattern}`;
  return undefined;
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
}

const expressions = new Map<string, RegExp>();

/** A pattern of the models, which the whole value has to match. They are Java's: it has more classes, and repeats `$`. */
export function expression(pattern: string): RegExp {
  let made = expressions.get(pattern);
  if (!made) {
    const translated = pattern.replaceAll('\\p{Alnum}', 'a-zA-Z0-9').replace(/\$\{\d+,\d+\}/g, '$');
    made = new RegExp(`^(?:${translated})$`, 'u');
    expressions.set(pattern, made);
  }
  return made;
}
