/** Answers of the local cloud's services, held to the models of AWS's services. */
import { makeServices } from '../../../local-cloud/services/registry';
import type { CallContext, Cloud, Service } from '../../../local-cloud/services/service';
import { conforming, loadModel, modelOf } from '../../../local-cloud/services/serviceModel';
import { PYTHON } from './sagemaker/fakeCloud';

const CONTEXT = {} as CallContext;

/** A service with operations that answer as they are told. */
function service(id: string, operations: Service['operations']): Service {
  return conforming(PYTHON, { id, operations, inventory: () => [], stop: async () => undefined });
}

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

test('every operation of the services is in its model', () => {
  const services = makeServices({
    python: PYTHON,
    folder: process.env.MLA_LABS_TEST_FOLDER,
    face: () => false,
  } as unknown as Cloud);
  const unknown = services.flatMap(({ id, operations }) => {
    const model = modelOf(id);
    if (!model) return [];
    const known = loadModel(PYTHON, model).operations;
    return Object.keys(operations).flatMap((name) => (known[name] ? [] : [`${id}:${name}`]));
  });
  // The plug-in's own way to start a pipeline by an event.
  expect(unknown).toEqual(['codepipeline:DeliverEvent']);
});
