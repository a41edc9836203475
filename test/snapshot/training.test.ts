import { LABS, type LabEntry } from '../../lib/course/registry';
import { makeStack } from '../../labs/training/stack';
import { masked, ofType, only, statements, synthesize, type TemplateJson } from './template';

let template: TemplateJson;
beforeAll(async () => {
  const entry: LabEntry = {
    id: 'training',
    lab: async () => (await import('../../labs/training/lab')).lab,
    stack: async () => makeStack,
    faults: async () => [],
    challenges: async () => [],
  };
  if (!LABS.some(({ id }) => id === 'training')) (LABS as LabEntry[]).push(entry);
  template = await synthesize('training');
});

test('the template is as reviewed', () => {
  expect(masked(template)).toMatchSnapshot();
});

test('the outputs are those that steps read', () => {
  const wanted = ['DataBucket', 'TrainRole', 'ModelPackageGroup', 'XgboostImage', 'ModeCompute', 'ModeSpot'];
  expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(wanted));
});

describe('the role of the jobs', () => {
  const own = () => statements(template).filter(({ role }) => role.startsWith('TrainRole'));

  test('writes models and evaluations, and neither data nor code', () => {
    const writes = own().filter(({ actions }) => actions.includes('s3:PutObject'));
    expect(writes.flatMap(({ resources }) => resources).sort()).toEqual([
      '${DataBucket.Arn}/evaluation/*',
      '${DataBucket.Arn}/models/*',
    ]);
    expect(own().flatMap(({ actions }) => actions.filter((action) => /^s3:Delete/.test(action)))).toEqual([]);
  });

  test('may do on everything only what IAM cannot narrow', () => {
    const wide = own().filter(({ resources }) => resources.includes('*'));
    expect(wide.flatMap(({ actions }) => actions).sort()).toEqual([
      'cloudwatch:PutMetricData',
      'ecr:GetAuthorizationToken',
    ]);
    const metrics = wide.find(({ actions }) => actions.includes('cloudwatch:PutMetricData'));
    expect(metrics?.Condition).toEqual({ StringLike: { 'cloudwatch:namespace': ['/aws/sagemaker/*'] } });
  });

  test('makes and changes nothing of SageMaker, and passes no role', () => {
    expect(own().flatMap(({ actions }) => actions.filter((action) => /^(sagemaker|iam|sts):/.test(action)))).toEqual(
      [],
    );
  });
});

test('the lease deletes versions and groups, groups with our tags only', () => {
  const lease = statements(template).filter(({ role }) => role.startsWith('LeaseRole'));
  const groups = lease.find(({ actions }) => actions.includes('sagemaker:DeleteModelPackageGroup'))!;
  expect(groups.Condition).toMatchObject({ StringEquals: { 'aws:ResourceTag/mla-labs:lab': 'training' } });
  expect(lease.flatMap(({ actions }) => actions)).toEqual(
    expect.arrayContaining(['sagemaker:DeleteModelPackage', 'sagemaker:StopTrainingJob', 'tag:GetResources']),
  );
});

test('another Region than those of the table is refused with their names', () => {
  const rules = (template as unknown as { Rules: Record<string, { Assertions: { AssertDescription: string }[] }> })
    .Rules;
  expect(rules.RegionHasImages!.Assertions[0]!.AssertDescription).toContain('eu-central-1');
});

test('the group is the learner’s own', async () => {
  expect(only(template, 'AWS::SageMaker::ModelPackageGroup').ModelPackageGroupName).toBe('mla-labs-training-me');
  const other = await synthesize('training', 'ana');
  expect(only(other, 'AWS::SageMaker::ModelPackageGroup').ModelPackageGroupName).toBe('mla-labs-training-ana');
  expect(ofType(other, 'AWS::SageMaker::ModelPackageGroup')).toHaveLength(1);
});
