/** The services of AWS that the responder needs. */
import { CloudFormationClient, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateModelPackageCommand,
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  DescribeModelPackageCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListModelPackagesCommand,
  SageMakerClient,
  StopProcessingJobCommand,
  StopTrainingJobCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { everyPage } from '../../../../lib/target/pages';
import { PAUSE_MS, sleep, type LambdaContext } from '../environment';
import { s3Store } from './store';
import type { EndpointStack, Job, ResponderSettings, Transition, Version, Services } from './services';

/** A message and the history tell the time of the same change; nothing promises that they agree to the second. */
const SAME_MS = 15_000;
/** The history may come after the message, up to half a minute on AWS: an alarm that is ignored is not told again. */
const LOOKS = 12;

export function awsServices(settings: ResponderSettings, context: LambdaContext): Services {
  const sagemaker = new SageMakerClient({});
  const cloudformation = new CloudFormationClient({});
  return {
    store: s3Store(settings.bucket),
    run: context.awsRequestId,
    now: () => new Date(),
    sleep: () => sleep(PAUSE_MS),
    left: () => context.getRemainingTimeInMillis(),
    transition: (alarm, about) => transition(new CloudWatchClient({}), alarm, about),
    ...jobs(sagemaker),
    ...registry(sagemaker, settings.group),
    ...endpointStack(cloudformation, settings),
    async deadLetter(message) {
      const body = JSON.stringify(message);
      await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: settings.deadLetters, MessageBody: body }));
    },
  };
}

async function transition(client: CloudWatchClient, alarm: string, about: Date): Promise<Transition | undefined> {
  for (let look = 1; ; look += 1) {
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({
        AlarmName: alarm,
        HistoryItemType: 'StateUpdate',
        StartDate: new Date(about.getTime() - SAME_MS),
        EndDate: new Date(about.getTime() + SAME_MS),
      }),
    );
    const apart = ({ at }: Transition): number => Math.abs(at.getTime() - about.getTime());
    const found = AlarmHistoryItems.flatMap(({ Timestamp: at, HistoryData = '{}' }): Transition[] => {
      const { newState } = JSON.parse(HistoryData) as { newState?: { stateValue?: string; stateReason?: string } };
      return newState?.stateValue === 'ALARM' && at ? [{ at, reason: newState.stateReason ?? '' }] : [];
    }).sort((a, b) => apart(a) - apart(b))[0];
    if (found && apart(found) <= SAME_MS) return found;
    if (look === LOOKS) return undefined;
    await sleep(PAUSE_MS / 2);
  }
}

type Jobs = Pick<Services, 'startTraining' | 'startProcessing' | 'job' | 'stop'>;

function jobs(sagemaker: SageMakerClient): Jobs {
  const unlessThere = async (starting: Promise<unknown>): Promise<void> => {
    try {
      await starting;
    } catch (error) {
      if ((error as Error).name !== 'ResourceInUse') throw error;
    }
  };
  return {
    startTraining: (request) => unlessThere(sagemaker.send(new CreateTrainingJobCommand(request))),
    startProcessing: (request) => unlessThere(sagemaker.send(new CreateProcessingJobCommand(request))),
    async job(by, name): Promise<Job> {
      if (by === 'training') {
        const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
        return { status: job.TrainingJobStatus as Job['status'], reason: job.FailureReason };
      }
      const job = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
      return { status: job.ProcessingJobStatus as Job['status'], reason: job.ExitMessage ?? job.FailureReason };
    },
    async stop(by, name) {
      try {
        await (by === 'training'
          ? sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }))
          : sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName: name })));
      } catch (error) {
        // It has ended by itself.
        if ((error as Error).name !== 'ValidationException') throw error;
      }
    },
  };
}

function registry(sagemaker: SageMakerClient, group: string): Pick<Services, 'versions' | 'register' | 'reject'> {
  return {
    async versions() {
      const summaries = await everyPage(async (NextToken) => {
        const page = await sagemaker.send(new ListModelPackagesCommand({ ModelPackageGroupName: group, NextToken }));
        return { items: page.ModelPackageSummaryList, next: page.NextToken };
      });
      const found: Version[] = [];
      for (const { ModelPackageArn: arn = '' } of summaries) {
        const one = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
        found.push({
          arn,
          number: one.ModelPackageVersion ?? 0,
          status: one.ModelApprovalStatus ?? '',
          model: one.InferenceSpecification?.Containers?.[0]?.ModelDataUrl ?? '',
          metadata: one.CustomerMetadataProperties ?? {},
        });
      }
      return found.sort((a, b) => b.number - a.number);
    },
    async register(request) {
      return (await sagemaker.send(new CreateModelPackageCommand(request))).ModelPackageArn!;
    },
    async reject(arn, why) {
      await sagemaker.send(
        new UpdateModelPackageCommand({
          ModelPackageArn: arn,
          ModelApprovalStatus: 'Rejected',
          ApprovalDescription: why.slice(0, 1024),
        }),
      );
    },
  };
}

const VERSION = 'ModelPackageArn';
/** The version that takes over though the alarms ring. */
const UNGUARDED = 'Unguarded';

function endpointStack(client: CloudFormationClient, settings: ResponderSettings): Pick<Services, 'stack' | 'update'> {
  const describe = async () => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: settings.endpointStack }));
    return Stacks![0]!;
  };
  return {
    async stack(): Promise<EndpointStack> {
      const stack = await describe();
      return {
        status: stack.StackStatus ?? '',
        version: stack.Parameters?.find(({ ParameterKey }) => ParameterKey === VERSION)?.ParameterValue ?? '',
        changed: stack.LastUpdatedTime ?? stack.CreationTime!,
      };
    },
    async update(version, token) {
      const { Parameters = [] } = await describe();
      try {
        await client.send(
          new UpdateStackCommand({
            StackName: settings.endpointStack,
            UsePreviousTemplate: true,
            RoleARN: settings.deployRole,
            ClientRequestToken: token,
            Parameters: Parameters.map(({ ParameterKey = '' }) =>
              [VERSION, UNGUARDED].includes(ParameterKey)
                ? { ParameterKey, ParameterValue: version }
                : { ParameterKey, UsePreviousValue: true },
            ),
          }),
        );
      } catch (error) {
        if (!/No updates are to be performed/.test((error as Error).message)) throw error;
      }
    },
  };
}
