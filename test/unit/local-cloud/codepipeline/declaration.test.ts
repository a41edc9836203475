/** What CreatePipeline refuses, in AWS's words. */
import { APPROVE, BUILD, declaration, FakeCloud, INVOKE, SOURCE } from './fakeCloud';

const gate = { name: 'Gate', actions: [APPROVE] };
const stage = (...actions: object[]) => ({ name: 'Work', actions });

test.each<[string, object, string, string]>([
  ['one stage', declaration([]), 'InvalidStructureException', 'Pipeline has only 1 stage(s)'],
  [
    'no source first',
    declaration([gate], { stages: [gate, stage(BUILD)] }),
    'InvalidStructureException',
    'should start',
  ],
  ['a source later', declaration([stage(SOURCE)]), 'InvalidStructureException', 'Only the first stage'],
  ['two stages of a name', declaration([gate, gate]), 'InvalidStageDeclarationException', 'Gate'],
  ['two actions of a name', declaration([stage(APPROVE, APPROVE)]), 'InvalidStageDeclarationException', 'Approve'],
  [
    'an input that nothing makes',
    declaration([stage({ ...BUILD, inputArtifacts: [{ name: 'Nothing' }] })]),
    'InvalidStructureException',
    'Input Artifact Bundle Nothing in action Build',
  ],
  [
    'an input that is made at the same time',
    declaration([stage(BUILD, { ...INVOKE, inputArtifacts: [{ name: 'Built' }] })]),
    'InvalidStructureException',
    'Input Artifact Bundle Built in action Ask',
  ],
  [
    'no input for a build',
    declaration([stage({ ...BUILD, inputArtifacts: [] })]),
    'InvalidActionDeclarationException',
    'Action Build declares 0 input artifacts which is less than the minimum count (1)',
  ],
  [
    'a configuration that is missing',
    declaration([stage({ ...INVOKE, configuration: {} })]),
    'InvalidActionDeclarationException',
    "is missing required configuration 'FunctionName'",
  ],
  [
    'a configuration that nobody knows',
    declaration([stage({ ...APPROVE, configuration: { Color: 'red' } })]),
    'InvalidActionDeclarationException',
    "contains unknown configuration 'Color'",
  ],
  [
    'a namespace that nobody has',
    declaration([stage(INVOKE)]),
    'InvalidActionDeclarationException',
    'VariableReferenceText=[Build.Verdict]',
  ],
  [
    'a reserved namespace',
    declaration([stage({ ...BUILD, namespace: 'variables' })]),
    'InvalidActionDeclarationException',
    "'variables'",
  ],
  [
    'a namespace twice',
    declaration([stage(BUILD, { ...BUILD, name: 'Again', outputArtifacts: [] })]),
    'InvalidActionDeclarationException',
    'Namespaces must be unique',
  ],
  [
    'a variable that is not declared',
    declaration([stage(BUILD)], { variables: [] }),
    'InvalidActionDeclarationException',
    'VariableReferenceText=[variables.Model]',
  ],
  ['variables in V1', declaration([gate], { pipelineType: 'V1' }), 'InvalidStructureException', 'V2'],
  [
    'a timeout of an action that is no approval',
    declaration([stage({ ...INVOKE, configuration: { FunctionName: 'f' }, timeoutInMinutes: 5 })]),
    'InvalidActionDeclarationException',
    'timeoutInMinutes',
  ],
  [
    'polling',
    declaration([gate], {
      stages: [{ name: 'Source', actions: [{ ...SOURCE, configuration: { S3Bucket: 'b', S3ObjectKey: 'k' } }] }, gate],
    }),
    'ValidationException',
    'polling',
  ],
  ['parallel executions', declaration([gate], { executionMode: 'PARALLEL' }), 'ValidationException', 'PARALLEL'],
])('%s', async (_what, pipeline, code, says) => {
  const cloud = new FakeCloud();
  await expect(cloud.call('CreatePipeline', { pipeline })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(says),
  });
  expect(cloud.service.inventory()).toEqual([]);
});

test('a role that CodePipeline may not assume', async () => {
  const cloud = new FakeCloud();
  cloud.trusted = false;
  await expect(cloud.call('CreatePipeline', { pipeline: declaration([gate]) })).rejects.toMatchObject({
    code: 'InvalidStructureException',
    message: expect.stringContaining('CodePipeline is not authorized to perform AssumeRole on role'),
  });
});

test('a name in use; a version that there is not; a pipeline that there is not', async () => {
  const cloud = new FakeCloud();
  const pipeline = declaration([gate]);
  await cloud.call('CreatePipeline', { pipeline });
  await expect(cloud.call('CreatePipeline', { pipeline })).rejects.toMatchObject({
    code: 'PipelineNameInUseException',
  });
  expect((await cloud.call('UpdatePipeline', { pipeline })).pipeline.version).toBe(2);
  await expect(cloud.call('GetPipeline', { name: 'p', version: 3 })).rejects.toMatchObject({
    code: 'PipelineVersionNotFoundException',
  });
  await expect(cloud.call('GetPipelineState', { name: 'q' })).rejects.toMatchObject({
    code: 'PipelineNotFoundException',
    message: "Account '000000000000' does not have a pipeline with name 'q'",
  });
  await cloud.call('DeletePipeline', { name: 'q' });
});
