/** The lab monitoring with all that can go on in it while it is taken down, and what a learner makes around it. */
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import {
  CreateDataQualityJobDefinitionCommand,
  CreateModelPackageGroupCommand,
  CreateMonitoringScheduleCommand,
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeMonitoringScheduleCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { CreateScheduleCommand, CreateScheduleGroupCommand, GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { makeTarGz } from '../../lib/aws/archive';
import { orUndefined } from '../../lib/aws/not-found';
import { listObjects, putObject } from '../../lib/aws/s3';
import { sagemakerTags } from '../../lib/aws/sagemaker';
import { tagsOf } from '../../lib/course/names';
import type { LabRun } from '../../lib/course/run';
import { waitFor } from '../../lib/target/clock';
import { CAPTURE, LOCKS, namesOf, VARIANT } from '../../labs/monitoring/names';
import { keyOf, type Decision } from '../../labs/monitoring/runtime/responder/decision';
import { processingRequest, trainingRequest } from '../../labs/monitoring/runtime/responder/retrain-requests';
import type { ResponderSettings } from '../../labs/monitoring/runtime/responder/services';
import { Callers } from '../../labs/monitoring/incident/call-log';
import { definitionRequest, scheduleRequest } from '../../labs/monitoring/model-monitor/analysis';
import { resourcesOf, type LabResources } from '../../labs/monitoring/resources';
import { sendEvents, serve, watch } from './by-hand';
import type { Stage } from './stage';

const LONG = 'import time\ntime.sleep(3600)\n';
const HOUR_MS = 3_600_000;

export class Watching {
  private constructor(
    readonly run: LabRun,
    readonly place: LabResources,
    /** Ask the endpoint all the time. */
    readonly callers: Callers,
  ) {}

  /** A learner's lab that stands: requests flow, and a retraining of the responder's runs. */
  static async of(stage: Stage, learner = stage.learner): Promise<Watching> {
    const run = await stage.run(learner);
    const place = resourcesOf(run);
    const lab = new Watching(run, place, new Callers(run, place.endpoint));
    await lab.retraining();
    await lab.learnersOwn();
    await lab.until('capture', async () => (await listObjects(run, place.bucket, CAPTURE)).length > 0);
    return lab;
  }

  /** A job that does not end by itself, with the decision that it is for, as the responder leaves them. */
  private async retraining(): Promise<void> {
    const { run, place } = this;
    const { sagemaker } = run.clients;
    const { bucket, image, retrainRole } = place;
    const name = `${namesOf(run.learner).retrainPrefix}hangs`;
    const put = (key: string, text: string | Buffer) => putObject(run, bucket, key, Buffer.from(text), 'text/plain');
    await put('code/hangs/run.py', LONG);
    await put('code/hangs.tar.gz', makeTarGz([{ name: 'train.py', content: Buffer.from(LONG) }]));
    for (const set of ['train', 'validation']) await put(`retraining/hangs/${set}/${set}.csv`, '0,1\n1,2\n');
    const settings = { bucket, image, retrainRole, learner: run.learner, region: run.region } as ResponderSettings;
    const job = {
      name,
      train: 'retraining/hangs/train/',
      validation: 'retraining/hangs/validation/',
      archive: 'code/hangs.tar.gz',
      files: 'code/hangs/',
    };
    const by = run.modes.compute === 'processing' ? 'processing' : 'training';
    await this.decided(by, name);
    if (by === 'training') {
      await sagemaker.send(new CreateTrainingJobCommand(trainingRequest(settings, job)));
      await this.until(`${name} to train`, async () => {
        const found = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
        if (found.FailureReason) throw new Error(found.FailureReason);
        return found.SecondaryStatus === 'Training';
      });
    } else {
      await sagemaker.send(new CreateProcessingJobCommand(processingRequest(settings, job)));
      await this.until(`${name} to run`, async () => {
        const found = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
        if (found.FailureReason) throw new Error(found.FailureReason);
        return found.ProcessingStartTime !== undefined;
      });
    }
  }

  /** That the job ends is told to the responder, which then writes to the bucket that is being emptied. */
  private async decided(by: 'training' | 'processing', name: string): Promise<void> {
    const now = this.run.clock.now();
    const id = `${now.toISOString().replaceAll(/[:.]/g, '-')}-drift`;
    const decision: Decision = {
      id,
      cause: { alarm: this.place.alarms.drift, kind: 'drift', at: now.toISOString(), stateReason: 'A proof.' },
      action: 'retrain',
      status: 'training',
      reason: 'A proof.',
      evidence: {},
      job: { by, name },
      timeline: [{ at: now.toISOString(), what: 'A proof.' }],
    };
    const until = new Date(now.getTime() + HOUR_MS).toISOString();
    const put = (key: string, value: object) =>
      putObject(this.run, this.place.bucket, key, Buffer.from(JSON.stringify(value)), 'application/json');
    await put(keyOf(id), decision);
    await put(`${LOCKS}retrain.json`, { holder: id, until });
  }

  /** What the console offers to make, with names of the learner's own: most of it has no tags. */
  private async learnersOwn(): Promise<void> {
    const { run, place } = this;
    const { sagemaker, scheduler, sns, sqs, s3 } = run.clients;
    const name = `own-${run.learner}`;
    await serve(run, name, ...(await this.served()));
    await watch(run, name, place.endpoint, VARIANT, `/aws/sagemaker/Endpoints/${place.endpoint}`);
    await sendEvents(run, name, place.topic);
    await s3.send(new CreateMultipartUploadCommand({ Bucket: place.bucket, Key: 'data/never-completed.csv' }));
    const tags = tagsOf('monitoring', run.learner);
    const Tags = sagemakerTags(tags);
    await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: name, Tags }));
    await scheduler.send(new CreateScheduleGroupCommand({ Name: name, Tags }));
    await sns.send(new CreateTopicCommand({ Name: name, Tags }));
    await sqs.send(new CreateQueueCommand({ QueueName: name, tags }));
  }

  /** Role and version of the model that serves. */
  private async served(): Promise<[role: string, version: string]> {
    const { sagemaker } = this.run.clients;
    const { EndpointConfigName } = await sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: this.place.endpoint }),
    );
    const { ProductionVariants } = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
    const { ModelName } = ProductionVariants![0]!;
    const { ExecutionRoleArn, PrimaryContainer, Containers } = await sagemaker.send(
      new DescribeModelCommand({ ModelName }),
    );
    return [ExecutionRoleArn!, (PrimaryContainer ?? Containers![0]!).ModelPackageName!];
  }

  /** A schedule of the learner's own with the role of the lab's: it has begun an analysis that does not end. */
  async scheduled(): Promise<void> {
    const { scheduler, sagemaker } = this.run.clients;
    const { Target } = await scheduler.send(new GetScheduleCommand({ Name: this.place.schedule }));
    const ProcessingJobName = `${namesOf(this.run.learner).analysisPrefix}own`;
    const request = JSON.parse(Target!.Input!) as Record<string, object>;
    const AppSpecification = { ...request.AppSpecification, ContainerEntrypoint: ['sh', '-c', 'sleep 3600'] };
    const soon = new Date(this.run.clock.now().getTime() + 2000).toISOString().slice(0, 19);
    await scheduler.send(
      new CreateScheduleCommand({
        Name: 'own-look',
        ScheduleExpression: `at(${soon})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { ...Target!, Input: JSON.stringify({ ...request, ProcessingJobName, AppSpecification }) },
      }),
    );
    await this.until('the schedule to start its job', async () => {
      const job = await orUndefined(sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName })));
      return job?.ProcessingStartTime !== undefined;
    });
  }

  /** Model Monitor: a schedule that stands, one that has begun an execution, and a definition that nothing runs. */
  async monitored(): Promise<void> {
    const { sagemaker } = this.run.clients;
    const definition = definitionRequest(this.run, this.place);
    await sagemaker.send(new CreateDataQualityJobDefinitionCommand(definition));
    const spare = { ...definition, JobDefinitionName: 'own-definition', Tags: [] };
    await sagemaker.send(new CreateDataQualityJobDefinitionCommand(spare));
    await sagemaker.send(new CreateMonitoringScheduleCommand(scheduleRequest(this.run, 'cron(0 * ? * * *)')));
    const now = { ...scheduleRequest(this.run, 'NOW'), MonitoringScheduleName: 'own-schedule', Tags: [] };
    await sagemaker.send(new CreateMonitoringScheduleCommand(now));
    await this.until('Model Monitor to begin', async () => {
      const { MonitoringScheduleName } = now;
      const found = await sagemaker.send(new DescribeMonitoringScheduleCommand({ MonitoringScheduleName }));
      const { ProcessingJobArn, FailureReason } = found.LastMonitoringExecutionSummary ?? {};
      if (FailureReason) throw new Error(FailureReason);
      return ProcessingJobArn !== undefined;
    });
  }

  private async until(what: string, ask: () => Promise<boolean>): Promise<void> {
    const { clock, clients } = this.run;
    await waitFor(clock, what, async () => (await ask()) || undefined, {
      pollMs: clients.pollMs,
      timeoutMs: 300_000,
    });
  }
}
