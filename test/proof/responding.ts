/** The lab monitoring on a local cloud, with words for scenarios about its responder. */
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { ListProcessingJobsCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { putObject, readObject } from '../../lib/aws/s3';
import { versionsOf } from '../../lib/aws/versions';
import { InProgress, waitWithProgress } from '../../lib/aws/wait';
import type { LabRun } from '../../lib/course/run';
import { LOCKS, namesOf } from '../../labs/monitoring/names';
import { isFinished, keyOf, type Cause } from '../../labs/monitoring/runtime/responder/decision';
import { alarmTransitions } from '../../labs/monitoring/alarms/state';
import { monthFiles, trainingFiles, uploadFiles } from '../../labs/monitoring/bucket/training-data';
import { decisionsOf, type Decision } from '../../labs/monitoring/response/decisions';
import { NEWER_MONTHS } from '../../labs/monitoring/traffic/flights';
import { resourcesOf, type LabResources } from '../../labs/monitoring/resources';
import { Stage } from './stage';

/** What EventBridge sends each quarter of an hour. */
export const LOOK = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

/** An alarm that went off. */
export interface AlarmEvent {
  readonly kind: Cause;
  readonly at: Date;
  /** What SNS brings for it. */
  readonly event: object;
}

/** What the function answers, or the error that it ends with. */
export interface Invocation {
  readonly error?: string;
  readonly answer: unknown;
}

export class Responding {
  private constructor(
    readonly stage: Stage,
    readonly run: LabRun,
    readonly place: LabResources,
  ) {}

  /** The lab with what a retraining learns from, and nothing else: no step was done. */
  static async open(faces?: readonly string[]): Promise<Responding> {
    const stage = await Stage.open('monitoring', 'me', faces);
    await stage.up();
    const run = await stage.run();
    const place = resourcesOf(run);
    await uploadFiles(run, place, [...trainingFiles(), ...monthFiles(NEWER_MONTHS)]);
    return new Responding(stage, run, place);
  }

  /** Lets an alarm go off, with all that follows on AWS: history, topic, function. */
  async triggerAlarm(kind: Cause): Promise<AlarmEvent> {
    const AlarmName = this.place.alarms[kind];
    await this.nextSecond(AlarmName);
    const since = this.run.clock.now();
    for (const StateValue of ['OK', 'ALARM'] as const) {
      const StateReason = 'A proof.';
      await this.run.clients.cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
    }
    const [off] = await alarmTransitions(this.run, AlarmName, new Date(since.getTime() - 1000));
    return { kind, at: off!.at, event: { Records: [{ Sns: { Message: this.message(kind, off!.at) } }] } };
  }

  /** The history of alarms counts whole seconds here, and a decision is known by its alarm's time: no two within one. */
  private async nextSecond(AlarmName: string): Promise<void> {
    const now = (): number => this.run.clock.now().getTime();
    const [newest] = await alarmTransitions(this.run, AlarmName, new Date(now() - 60_000));
    const last = newest?.at.getTime() ?? 0;
    await this.wait('the next second', async () => (now() >= last + 1000 ? true : new InProgress('the same one')));
  }

  /** Tells of an alarm from the topic once more, as SNS may do it. */
  async tellAgain({ kind, at }: AlarmEvent): Promise<void> {
    const { sns } = this.run.clients;
    await sns.send(new PublishCommand({ TopicArn: this.place.topic, Message: this.message(kind, at) }));
  }

  private message(kind: Cause, at: Date): string {
    const AlarmName = this.place.alarms[kind];
    return JSON.stringify({ AlarmName, NewStateValue: 'ALARM', StateChangeTime: at.toISOString() });
  }

  /** Calls the responder with an event. */
  async tell(event: object): Promise<Invocation> {
    const FunctionName = this.place.responder;
    const Payload = Buffer.from(JSON.stringify(event));
    const told = await this.run.clients.lambda.send(new InvokeCommand({ FunctionName, Payload }));
    return { error: told.FunctionError, answer: JSON.parse(Buffer.from(told.Payload ?? []).toString() || 'null') };
  }

  /** The decision about an alarm that went off, once it is over. */
  over(off: Pick<AlarmEvent, 'kind' | 'at'>): Promise<Decision> {
    return this.wait('the responder', async () => {
      const decision = await this.decision(off);
      return decision && isFinished(decision) ? decision : new InProgress(decision?.status ?? 'no decision');
    });
  }

  async decision({ kind, at }: Pick<AlarmEvent, 'kind' | 'at'>): Promise<Decision | undefined> {
    return (await this.decisions(kind)).find(({ cause }) => cause.at === at.toISOString());
  }

  decisions(kind?: Cause): Promise<Decision[]> {
    return decisionsOf(this.run, this.place, kind);
  }

  wait<T>(what: string, ask: () => Promise<T | InProgress>): Promise<T> {
    return waitWithProgress(this.run, { what, minutes: 8, next: '', ask });
  }

  async lock(name: 'retrain' | 'rollback'): Promise<Record<string, unknown>> {
    const text = await readObject(this.run, this.place.bucket, `${LOCKS}${name}.json`);
    return JSON.parse(text.toString()) as Record<string, unknown>;
  }

  /** What a run leaves that was killed an hour ago: its lock and its claim, and neither counts any more. */
  async anHourPasses(name: 'retrain' | 'rollback', decision: Decision): Promise<void> {
    const until = new Date(this.run.clock.now().getTime() - 1000).toISOString();
    const put = (key: string, value: object): Promise<void> =>
      putObject(this.run, this.place.bucket, key, Buffer.from(JSON.stringify(value)), 'application/json');
    await put(`${LOCKS}${name}.json`, { ...(await this.lock(name)), until });
    await put(keyOf(decision.id), { ...decision, claim: { by: 'a run that was killed', until } });
  }

  async coolDown(minutes: number): Promise<void> {
    const FunctionName = this.place.responder;
    const { lambda } = this.run.clients;
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, COOL_DOWN_MINUTES: String(minutes) };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }

  /** A message of the dead-letter queue that holds this text. @returns its body, with Lambda's own reason where it has one */
  deadLetter(text: string): Promise<object> {
    const MessageAttributeNames = ['All'];
    const input = { QueueUrl: this.place.deadLetters, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    return this.wait('a dead letter', async () => {
      const { sqs } = this.run.clients;
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ ...input, MessageAttributeNames }));
      const found = Messages.find(({ Body = '' }) => Body.includes(text));
      if (found === undefined) return new InProgress(`${Messages.length} others`);
      return { ...(JSON.parse(found.Body!) as object), why: found.MessageAttributes?.ErrorMessage?.StringValue };
    });
  }

  /** How many retrainings were started; analyses come by themselves, at any time. */
  async jobs(): Promise<{ readonly training: number; readonly processing: number }> {
    const { sagemaker } = this.run.clients;
    const ours = { NameContains: namesOf(this.run.learner).retrainPrefix };
    const { TrainingJobSummaries = [] } = await sagemaker.send(new ListTrainingJobsCommand(ours));
    const { ProcessingJobSummaries = [] } = await sagemaker.send(new ListProcessingJobsCommand(ours));
    return { training: TrainingJobSummaries.length, processing: ProcessingJobSummaries.length };
  }

  /** Approval of each version, the first version first. */
  async versions(): Promise<(string | undefined)[]> {
    const versions = await versionsOf(this.run, this.place.group);
    return versions.map(({ ModelApprovalStatus }) => ModelApprovalStatus).reverse();
  }
}
