/** The responder on a local cloud, told of the same alarm more often than once. */
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ListProcessingJobsCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { PublishCommand } from '@aws-sdk/client-sns';
import { versionsOf } from '../../lib/aws/versions';
import { Still, waitOn } from '../../lib/aws/wait';
import type { LabRun } from '../../lib/course/run';
import { isOver, type Cause } from '../../labs/monitoring/runtime/decision';
import { wentOff } from '../../labs/monitoring/shared/alarms';
import { monthFiles, trainingFiles, uploadFiles } from '../../labs/monitoring/shared/data';
import { decisionsOf, type Decision } from '../../labs/monitoring/shared/decisions';
import { NEWER_MONTHS } from '../../labs/monitoring/shared/flights';
import { placeOf, type LabPlace } from '../../labs/monitoring/shared/place';
import { Stage } from './stage';

/** The lab with what a retraining learns from, and nothing else: no step was done. */
class Responding {
  private constructor(
    readonly stage: Stage,
    readonly run: LabRun,
    readonly place: LabPlace,
  ) {}

  static async open(faces?: readonly string[]): Promise<Responding> {
    const stage = await Stage.open('monitoring', 'me', faces);
    await stage.up();
    const run = await stage.run();
    const place = placeOf(run);
    await uploadFiles(run, place, [...trainingFiles(), ...monthFiles(NEWER_MONTHS)]);
    return new Responding(stage, run, place);
  }

  /** Lets an alarm go off. @returns the event that SNS brings for it */
  async goOff(kind: 'drift' | 'auc'): Promise<object> {
    const AlarmName = this.place.alarms[kind];
    const { cloudwatch } = this.run.clients;
    const since = this.run.clock.now();
    for (const StateValue of ['OK', 'ALARM'] as const) {
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'A proof.' }));
    }
    const [off] = await wentOff(this.run, AlarmName, new Date(since.getTime() - 1000));
    return { Records: [{ Sns: { Message: this.message(AlarmName, off!.at) } }] };
  }

  message(AlarmName: string, at: Date): string {
    return JSON.stringify({ AlarmName, NewStateValue: 'ALARM', StateChangeTime: at.toISOString() });
  }

  /** Calls the responder with an event. @returns what it answers, or the error that it ends with */
  async tell(event: object): Promise<{ readonly error?: string; readonly answer: unknown }> {
    const FunctionName = this.place.responder;
    const Payload = Buffer.from(JSON.stringify(event));
    const told = await this.run.clients.lambda.send(new InvokeCommand({ FunctionName, Payload }));
    return { error: told.FunctionError, answer: JSON.parse(Buffer.from(told.Payload ?? []).toString() || 'null') };
  }

  /** The newest decision of a cause, once it is over. */
  over(kind: Cause, more: (decision: Decision) => boolean = () => true): Promise<Decision> {
    return this.decision(kind, (decision) => isOver(decision) && more(decision));
  }

  decision(kind: Cause, such: (decision: Decision) => boolean): Promise<Decision> {
    return waitOn(this.run, {
      what: 'the responder',
      minutes: 10,
      next: '',
      ask: async () => {
        const [newest] = await decisionsOf(this.run, this.place, kind);
        return newest && such(newest) ? newest : new Still(newest?.status ?? 'no decision');
      },
    });
  }

  async jobs(): Promise<{ readonly training: number; readonly processing: number }> {
    const { sagemaker } = this.run.clients;
    const { TrainingJobSummaries = [] } = await sagemaker.send(new ListTrainingJobsCommand({}));
    const { ProcessingJobSummaries = [] } = await sagemaker.send(new ListProcessingJobsCommand({}));
    return { training: TrainingJobSummaries.length, processing: ProcessingJobSummaries.length };
  }

  async versions(): Promise<(string | undefined)[]> {
    return (await versionsOf(this.run, this.place.group)).map(({ ModelApprovalStatus }) => ModelApprovalStatus).sort();
  }
}

describe('an account that may train', () => {
  let lab: Responding;
  beforeAll(async () => {
    lab = await Responding.open();
  });
  afterAll(() => lab?.stage.close());

  test('the same alarm, told five times at once and again later, is one decision, one job, one version', async () => {
    const event = await lab.goOff('drift');
    const told = await Promise.all([1, 2, 3, 4, 5].map(() => lab.tell(event)));
    expect(told.map(({ error }) => error)).toEqual(Array(5).fill(undefined));
    const decision = await lab.over('drift');
    expect(decision).toMatchObject({
      action: 'retrain',
      status: 'done',
      job: { by: 'training' },
      measured: { month: '2013-07' },
    });
    expect(decision.measured!.candidate).toBeGreaterThan(decision.measured!.serving);
    // Later, as SNS may do it: from the topic.
    const Message = lab.message(lab.place.alarms.drift, new Date(decision.cause.at));
    await lab.run.clients.sns.send(new PublishCommand({ TopicArn: lab.place.topic, Message }));
    expect(await lab.tell(event)).toMatchObject({ answer: [{ decision: decision.id, status: 'done' }] });
    expect(await decisionsOf(lab.run, lab.place)).toHaveLength(1);
    expect(await lab.jobs()).toEqual({ training: 1, processing: 0 });
    expect(await lab.versions()).toEqual(['Approved', 'PendingManualApproval']);
  });
});
