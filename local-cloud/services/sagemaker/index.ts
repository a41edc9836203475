/** Amazon SageMaker, as far as the labs use it: jobs that really run, the model registry, models, endpoints that serve, tags. */
import type { Cloud, Operation, Service } from '../service';
import { Containers } from './containers';
import { Endpoints } from './endpoint';
import { EndpointConfigs } from './endpointConfig';
import { EndpointMetrics } from './endpointMetrics';
import { Events } from './events';
import { EndpointInvoker } from './invoke';
import { writeDelayMs } from '../simulatedFailures';
import type { JobProcessOptions } from './jobProcess';
import { Models } from './model';
import { ModelPackages } from './modelPackage';
import { ModelPackageGroups } from './modelPackageGroup';
import { DataQualityDefinitions } from './monitoringDefinition';
import { MonitoringSchedules } from './monitoringSchedule';
import { ProcessingJobs } from './processingJob';
import { Tags } from './tags';
import { TrainingJobs } from './trainingJob';
import { TuningJobs } from './tuningJob';

export interface SageMakerOptions extends JobProcessOptions {
  /** Milliseconds that a container may take for an answer. @default a minute */
  readonly answerMs?: number;
}

export function sagemakerService(cloud: Cloud, given: SageMakerOptions = {}): Service {
  const options = { writeDelayMs: writeDelayMs(cloud), ...given };
  const containers = new Containers(cloud);
  const events = new Events(cloud);
  const tags = new Tags((arn) => exists(arn));
  const training = new TrainingJobs(cloud, containers, tags, events, options);
  const tuning = new TuningJobs(cloud, training, tags, events, options);
  const processing = new ProcessingJobs(cloud, containers, tags, events, options);
  const packages: ModelPackages = new ModelPackages(cloud, tags, events, () => groups);
  const groups = new ModelPackageGroups(
    cloud,
    tags,
    (group) => packages.count(group),
    (group) => packages.forgetGroup(group),
  );
  const models = new Models(cloud, tags, packages, events);
  const configs = new EndpointConfigs(cloud, tags, events, models);
  const endpoints = new Endpoints(cloud, { containers, tags, events, configs, models, packages }, options);
  const schedules: MonitoringSchedules = new MonitoringSchedules(
    { cloud, endpoints, processing },
    () => definitions,
    tags,
    options.secondMs,
  );
  const definitions = new DataQualityDefinitions(cloud, tags, (name) => schedules.using(name));
  const metrics = new EndpointMetrics(cloud);
  const invocations = new EndpointInvoker(cloud, endpoints, metrics, options.answerMs);
  const held = [training, tuning, processing, groups, packages, models, configs, endpoints, definitions, schedules];

  /** ARNs have names in lower case; the inventory has them as they were given. */
  function exists(arn: string): boolean {
    const wanted = `sagemaker/${arn.split(':').slice(5).join(':')}`;
    return held.some((one) => one.inventory().some((name) => name.toLowerCase() === wanted));
  }

  /** The first thing that an account makes here is followed by a job before long: the libraries load meanwhile. */
  function early<I, O>(operation: Operation<I, O>): Operation<I, O> {
    return (input, context) => {
      containers.prepare();
      return operation(input, context);
    };
  }

  return {
    id: 'sagemaker',
    operations: {
      CreateTrainingJob: early(training.create),
      DescribeTrainingJob: training.describe,
      ListTrainingJobs: training.list,
      StopTrainingJob: training.stop,
      DeleteTrainingJob: training.delete,
      CreateHyperParameterTuningJob: early(tuning.create),
      DescribeHyperParameterTuningJob: tuning.describe,
      ListHyperParameterTuningJobs: tuning.list,
      ListTrainingJobsForHyperParameterTuningJob: tuning.listTrainingJobs,
      StopHyperParameterTuningJob: tuning.stop,
      DeleteHyperParameterTuningJob: tuning.delete,
      CreateProcessingJob: early(processing.create),
      DescribeProcessingJob: processing.describe,
      ListProcessingJobs: processing.list,
      StopProcessingJob: processing.stop,
      DeleteProcessingJob: processing.delete,
      CreateModelPackageGroup: early(groups.create),
      DescribeModelPackageGroup: groups.describe,
      ListModelPackageGroups: groups.list,
      DeleteModelPackageGroup: groups.delete,
      CreateModelPackage: packages.create,
      DescribeModelPackage: packages.describe,
      ListModelPackages: packages.list,
      UpdateModelPackage: packages.update,
      DeleteModelPackage: packages.delete,
      CreateModel: models.create,
      DescribeModel: models.describe,
      ListModels: models.list,
      DeleteModel: models.delete,
      CreateEndpointConfig: early(configs.create),
      DescribeEndpointConfig: configs.describe,
      ListEndpointConfigs: configs.list,
      DeleteEndpointConfig: configs.delete,
      CreateEndpoint: endpoints.create,
      UpdateEndpoint: endpoints.update,
      DescribeEndpoint: endpoints.describe,
      ListEndpoints: endpoints.list,
      DeleteEndpoint: endpoints.delete,
      CreateDataQualityJobDefinition: definitions.create,
      DescribeDataQualityJobDefinition: definitions.describe,
      ListDataQualityJobDefinitions: definitions.list,
      DeleteDataQualityJobDefinition: definitions.delete,
      CreateMonitoringSchedule: early(schedules.create),
      UpdateMonitoringSchedule: schedules.update,
      DescribeMonitoringSchedule: schedules.describe,
      ListMonitoringSchedules: schedules.list,
      DeleteMonitoringSchedule: schedules.delete,
      StopMonitoringSchedule: schedules.stop,
      ListMonitoringExecutions: schedules.listExecutions,
      AddTags: tags.add,
      ListTags: tags.list,
      DeleteTags: tags.untag,
    },
    inventory: () => held.flatMap((one) => one.inventory()),
    tags: () => tags.all(),
    raw: (name, request, response) => invocations.answer(name, request, response),
    elapse: (ms) => schedules.elapse(ms),
    busy: () => [training, processing, schedules].flatMap((one) => one.busy()),
    async stop() {
      await endpoints.stopAll();
      await metrics.flush();
      await Promise.all([tuning.stopAll(), training.stopAll(), processing.stopAll(), containers.stop()]);
      await schedules.stopAll();
      await events.flush();
    },
  };
}
