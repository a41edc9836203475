/** Requests and answers of the local cloud's services, held to the models of AWS's services. */
import { makeServices } from '../../../local-cloud/services/registry';
import type { CallContext, Cloud, Service } from '../../../local-cloud/services/service';
import { conforming, expression, loadModel, modelOf } from '../../../local-cloud/services/serviceModel';
import { PYTHON } from './sagemaker/fakeCloud';

const CONTEXT = {} as CallContext;

/** A service with operations that answer as they are told. */
function service(id: string, operations: Service['operations']): Service {
  return conforming(PYTHON, { id, operations, inventory: () => [], stop: async () => undefined });
}

/** A pipeline with one action that waits for a person, and with one variable. */
function pipeline(action: object, variable: object): object {
  const actionTypeId = { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' };
  const stages = [{ name: 'Gate', actions: [{ name: 'Approve', actionTypeId, ...action }] }];
  const variables = [{ name: 'Model', ...variable }];
  return { name: 'p', roleArn: 'arn:aws:iam::000000000000:role/p', stages, variables };
}

describe('a pipeline', () => {
  const { operations } = service('codepipeline', { CreatePipeline: async () => ({}) });

  it.each<[string, object, string]>([
    [
      'an empty default',
      pipeline({}, { defaultValue: '' }),
      "at 'pipeline.variables.1.member.defaultValue' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a timeout below 5',
      pipeline({ timeoutInMinutes: 4 }, {}),
      "Value '4' at 'pipeline.stages.1.member.actions.1.member.timeoutInMinutes' failed to satisfy constraint: Member must have value greater than or equal to 5",
    ],
  ])('with %s is refused', async (_what, given, message) => {
    await expect(operations.CreatePipeline!({ pipeline: given }, CONTEXT)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('that conforms is made', async () => {
    const given = pipeline({ timeoutInMinutes: 5 }, { defaultValue: 'latest' });
    await expect(operations.CreatePipeline!({ pipeline: given }, CONTEXT)).resolves.toEqual({});
  });
});

describe('a request', () => {
  const seen: object[] = [];
  const operation = async (input: object): Promise<object> => {
    seen.push(input);
    return {};
  };
  const { operations } = service('sagemaker', {
    CreateModel: operation,
    CreateEndpointConfig: operation,
    CreateModelPackage: operation,
    ListModels: operation,
  });
  const variant = { VariantName: 'a', InstanceType: 'ml.t2.medium', InitialInstanceCount: 1 };

  it.each<[string, string, object, string]>([
    [
      'a name that the pattern does not allow',
      'CreateModel',
      { ModelName: 'a b' },
      "1 validation error detected: Value 'a b' at 'modelName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?',
    ],
    [
      'a name that is too long',
      'CreateModel',
      { ModelName: 'a'.repeat(64) },
      `'${'a'.repeat(64)}' at 'modelName' failed to satisfy constraint: Member must have length less than or equal to 63`,
    ],
    ['no name', 'CreateModel', {}, "Value null at 'modelName' failed to satisfy constraint: Member must not be null"],
    ['a page that is too long', 'ListModels', { MaxResults: 101 }, 'Member must have value less than or equal to 100'],
    ['another order', 'ListModels', { SortOrder: 'Up' }, 'Member must satisfy enum value set: [Ascending, Descending]'],
    [
      'no variants',
      'CreateEndpointConfig',
      { EndpointConfigName: 'a', ProductionVariants: [] },
      "Value '[]' at 'productionVariants' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'two faults in its second variant',
      'CreateEndpointConfig',
      { EndpointConfigName: 'a', ProductionVariants: [variant, { InitialInstanceCount: 0 }] },
      "2 validation errors detected: Value null at 'productionVariants.2.member.variantName' failed to satisfy constraint: " +
        "Member must not be null; Value '0' at 'productionVariants.2.member.initialInstanceCount' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 1',
    ],
    [
      'a key of a map that is too long',
      'CreateModelPackage',
      { CustomerMetadataProperties: { ['k'.repeat(129)]: 'v' } },
      "at 'customerMetadataProperties' failed to satisfy constraint: Member must have length less than or equal to 128",
    ],
    [
      'a value of a map that is too long',
      'CreateModelPackage',
      { CustomerMetadataProperties: { key: 'v'.repeat(257) } },
      "at 'customerMetadataProperties.key.member' failed to satisfy constraint: Member must have length less than or equal to 256",
    ],
  ])('with %s is refused, and no operation sees it', async (_what, name, input, message) => {
    await expect(operations[name]!(input, CONTEXT)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
    expect(seen).toEqual([]);
  });

  it('that conforms is passed on as it is', async () => {
    const input = { CustomerMetadataProperties: { 'mla:auc': '0.77' }, ModelPackageDescription: 'Größe: 1' };
    await operations.CreateModelPackage!(input, CONTEXT);
    expect(seen.splice(0)).toEqual([input]);
  });

  it.each([
    ['codebuild', 'StopBuild', 'InvalidInputException'],
    ['athena', 'GetQueryExecution', 'InvalidRequestException'],
    ['codepipeline', 'GetPipeline', 'ValidationException'],
    ['servicequotas', 'GetServiceQuota', 'IllegalArgumentException'],
  ])('is refused by %s with its own error', async (id, name, code) => {
    const held = service(id, { [name]: operation });
    await expect(held.operations[name]!({}, CONTEXT)).rejects.toMatchObject({ code });
  });
});

it('answers hold what the model declares, whole and no more', async () => {
  const created = new Date(0);
  const shown = { ModelName: 'a', ModelArn: 'arn', CreationTime: created, ExecutionRoleArn: 'role', Own: 1 };
  const { operations } = service('sagemaker', {
    ListModels: async () => ({ Models: [shown], NextToken: undefined }),
    DescribeModel: async () => ({ ...shown, PrimaryContainer: { Environment: { A: '1' }, Own: 1 } }),
  });
  expect(await operations.ListModels!({}, CONTEXT)).toEqual({
    Models: [{ ModelName: 'a', ModelArn: 'arn', CreationTime: created }],
  });
  expect(await operations.DescribeModel!({ ModelName: 'a' }, CONTEXT)).toEqual({
    ...{ ModelName: 'a', ModelArn: 'arn', CreationTime: created, ExecutionRoleArn: 'role' },
    PrimaryContainer: { Environment: { A: '1' } },
  });
});

test('every operation of the services is in its model, and every pattern of its requests can be read', () => {
  const services = makeServices({
    python: PYTHON,
    folder: process.env.MLA_LABS_TEST_FOLDER,
    face: () => false,
  } as unknown as Cloud);
  const unknown: string[] = [];
  for (const { id, operations } of services) {
    const model = modelOf(id);
    if (!model) continue;
    const { operations: known, shapes } = loadModel(PYTHON, model);
    const seen = new Set<string>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      const { pattern, members = {}, member, key, value } = shapes[name]!;
      if (pattern !== undefined) expression(pattern);
      for (const part of [...Object.values(members), member, key, value]) if (part) visit(part.shape);
    };
    for (const name of Object.keys(operations)) {
      const input = known[name]?.input;
      if (input) visit(input.shape);
      else unknown.push(`${id}:${name}`);
    }
  }
  // The plug-in's own way to start a pipeline by an event.
  expect(unknown).toEqual(['codepipeline:DeliverEvent']);
});
