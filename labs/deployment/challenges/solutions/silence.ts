/**
 * Without requests, Invocations has no figure at all: what decides is how missing ones are treated. The sum of a minute in
 * which anybody asks is 1 or more, so that the comparison is never true by itself.
 */
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { sagemakerTags } from '../../../../lib/aws/sagemaker';
import { partName, tagsOf } from '../../../../lib/course/names';
import type { LabRun } from '../../../../lib/course/run';
import { VARIANT } from '../../names';
import { resourcesOf } from '../../resources';

export async function solve(run: LabRun): Promise<void> {
  await run.clients.cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: partName('deployment', run.learner, 'silence'),
      AlarmDescription: 'Nobody has asked production for ten minutes.',
      Namespace: 'AWS/SageMaker',
      MetricName: 'Invocations',
      Dimensions: [
        { Name: 'EndpointName', Value: resourcesOf(run).production.endpoint },
        { Name: 'VariantName', Value: VARIANT },
      ],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 10,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      Tags: sagemakerTags(tagsOf(run.lab, run.learner)),
    }),
  );
}
