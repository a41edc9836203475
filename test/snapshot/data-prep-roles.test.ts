/** What AWS does as a role of lab data-prep beyond what a rehearsal exercises. */
import { statements, synthesize, type TemplateJson } from './template';

let template: TemplateJson;
beforeAll(async () => {
  template = await synthesize('data-prep');
});

/** Actions of a role whose logical id starts so, each with its resources. */
function granted(role: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const one of statements(template).filter((each) => each.role.startsWith(role)))
    for (const action of one.actions) found.set(action, [...(found.get(action) ?? []), ...one.resources]);
  return found;
}

test('an evaluation looks up its own run and its result as the quality role, and publishes', () => {
  const quality = granted('QualityRole');
  for (const action of ['GetDataQualityRulesetEvaluationRun', 'GetDataQualityResult', 'PublishDataQuality']) {
    expect(quality.get(`glue:${action}`)).toEqual([
      'arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:dataQualityRuleset/*',
    ]);
  }
});

test('an evaluation that a learner starts in the console may publish its metrics, and no others', () => {
  const metrics = statements(template).filter(({ actions }) => actions.includes('cloudwatch:PutMetricData'));
  expect(metrics.map(({ role }) => role.replace(/[0-9A-F]{8}$/, ''))).toEqual(['QualityRole']);
  expect(metrics[0]!.Condition).toEqual({ StringEquals: { 'cloudwatch:namespace': 'Glue Data Quality' } });
});
