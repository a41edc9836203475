import * as path from 'node:path';
import { Aws } from 'aws-cdk-lib';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { LabStack } from '../../../lib/infra/lab-stack';
import type { ImageSource } from '../../../lib/infra/statements';
import { analysisRequest } from '../analysis/request';
import type { MonitoringNames } from '../names';
import { monitorStatements, scheduleStatements } from '../permissions';

/** Twenty minutes after the hour: capture comes minutes late, and an analysis takes the whole hour before. */
const HOURLY = 'cron(20 * * * ? *)';

export interface MonitorProps {
  readonly names: MonitoringNames;
  readonly learner: string;
  readonly image: ImageSource & { readonly uri: string };
  readonly analyzer: ImageSource;
}

/** The role and the code of analyses; with the open monitor, the schedule that starts one each hour. */
export function addMonitor(stack: LabStack, { names, learner, image, analyzer }: MonitorProps): void {
  const code = new assets.Asset(stack, 'MonitorCode', {
    path: path.resolve(__dirname, '../runtime/monitor'),
    exclude: ['*', '!*.py', '!*.json', '!requirements.txt'],
  });
  const managed = stack.modes.monitor === 'managed';
  const role = stack.role(
    'MonitorRole',
    'sagemaker.amazonaws.com',
    'Looks at what the endpoint captured: reads it, writes results and metrics.',
    monitorStatements(stack.bucket, managed ? [image, analyzer] : [image], {
      bucket: code.s3BucketName,
      key: code.s3ObjectKey,
    }),
  );
  stack.output('MonitorRole', role.roleArn, 'Role of analyses');
  stack.output('MonitorImage', image.uri, 'Image of the open monitor');
  stack.output('MonitorCode', code.s3ObjectUrl, 'Code of the open monitor');
  if (managed) return;

  const starts = stack.role(
    'ScheduleRole',
    'scheduler.amazonaws.com',
    'Starts an analysis each hour.',
    scheduleStatements(role.roleArn, names),
  );
  const request = analysisRequest(
    {
      learner,
      region: Aws.REGION,
      bucket: stack.bucket.bucketName,
      endpoint: names.endpoint,
      role: role.roleArn,
      image: image.uri,
      code: code.s3ObjectUrl,
      codeFile: code.s3ObjectKey,
    },
    {
      mode: 'analyze',
      // New for each attempt: names of jobs are used once.
      name: `${names.analysisPrefix}<aws.scheduler.execution-id>`,
      scheduled: '<aws.scheduler.scheduled-time>',
    },
  );
  new scheduler.CfnSchedule(stack, 'Schedule', {
    name: names.schedule,
    description: `Starts an analysis of what ${names.endpoint} captured in the hour before.`,
    scheduleExpression: HOURLY,
    scheduleExpressionTimezone: 'UTC',
    flexibleTimeWindow: { mode: 'OFF' },
    state: 'ENABLED',
    target: {
      arn: `arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob`,
      roleArn: starts.roleArn,
      input: stack.toJsonString(request),
      // A second attempt would be a second analysis of the same hour.
      retryPolicy: { maximumRetryAttempts: 0 },
    },
  });
  stack.own('schedules', names.schedule);
  stack.output('Schedule', names.schedule, 'Schedule of the open monitor');
}
