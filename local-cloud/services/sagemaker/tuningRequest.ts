/** What CreateHyperParameterTuningJob refuses before anything starts. */
import type { CreateHyperParameterTuningJobRequest } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../service';
import { invalid, lacks, refuseMembers } from './errors';
import { isXgboost } from './images';
import { checkTrainingQuota } from './instances';
import { XGBOOST_METRICS } from './metrics';
import { atLeast, checkName, oneOf, required } from './names';
import { combinations, readRanges, type Range } from './ranges';
import { checkData, checkTraining } from './trainingRequest';

/** A request that can be run. */
export interface TuningPlan {
  readonly ranges: readonly Range[];
  readonly objective: string;
  readonly maximize: boolean;
  readonly trainings: number;
  readonly parallel: number;
}

/** @throws ServiceError as CreateHyperParameterTuningJob answers it */
export async function checkTuningRequest(
  cloud: Cloud,
  input: CreateHyperParameterTuningJobRequest,
): Promise<TuningPlan> {
  checkName(input.HyperParameterTuningJobName, 'hyperParameterTuningJobName', 32);
  refuseMembers('CreateHyperParameterTuningJob', input, ['TrainingJobDefinitions', 'WarmStartConfig', 'Autotune']);
  const config = required(input.HyperParameterTuningJobConfig, 'hyperParameterTuningJobConfig');
  const definition = required(input.TrainingJobDefinition, 'trainingJobDefinition');
  refuseMembers('CreateHyperParameterTuningJob', definition, [
    'HyperParameterRanges',
    'TuningObjective',
    'HyperParameterTuningResourceConfig',
  ]);
  oneOf(config.Strategy, ['Bayesian', 'Random', 'Hyperband', 'Grid'], 'hyperParameterTuningJobConfig.strategy');
  const strategy = required(config.Strategy, 'hyperParameterTuningJobConfig.strategy');
  if (strategy === 'Hyperband') throw lacks('the strategy Hyperband');
  const early = config.TrainingJobEarlyStoppingType;
  oneOf(early, ['Off', 'Auto'], 'hyperParameterTuningJobConfig.trainingJobEarlyStoppingType');
  if (
    config.TuningJobCompletionCriteria?.BestObjectiveNotImproving ||
    config.TuningJobCompletionCriteria?.ConvergenceDetected
  ) {
    throw lacks('completion criteria other than TargetObjectiveMetricValue');
  }

  const objective = required(
    config.HyperParameterTuningJobObjective,
    'hyperParameterTuningJobConfig.hyperParameterTuningJobObjective',
  );
  oneOf(
    objective.Type,
    ['Maximize', 'Minimize'],
    'hyperParameterTuningJobConfig.hyperParameterTuningJobObjective.type',
  );
  checkTraining(definition, 'CreateHyperParameterTuningJob');
  checkObjective(objective.MetricName, input);

  const limits = required(config.ResourceLimits, 'hyperParameterTuningJobConfig.resourceLimits');
  const most = limits.MaxNumberOfTrainingJobs;
  const parallel = required(
    limits.MaxParallelTrainingJobs,
    'hyperParameterTuningJobConfig.resourceLimits.maxParallelTrainingJobs',
  );
  atLeast(most, 1, 'hyperParameterTuningJobConfig.resourceLimits.maxNumberOfTrainingJobs');
  atLeast(parallel, 1, 'hyperParameterTuningJobConfig.resourceLimits.maxParallelTrainingJobs');
  atLeast(config.RandomSeed, 0, 'hyperParameterTuningJobConfig.randomSeed');
  if (most === undefined && strategy !== 'Grid') {
    throw invalid('MaxNumberOfTrainingJobs is required in ResourceLimits.');
  }
  if (most !== undefined && parallel > most) {
    throw invalid(`MaxParallelTrainingJobs [${parallel}] cannot be greater than MaxNumberOfTrainingJobs [${most}].`);
  }
  const ranges = readRanges(config.ParameterRanges, definition.StaticHyperParameters ?? {}, strategy, most);
  const trainings = most ?? combinations(ranges);

  const { InstanceType, InstanceCount } = definition.ResourceConfig!;
  checkTrainingQuota(cloud, InstanceType!, parallel * InstanceCount!, definition.EnableManagedSpotTraining ?? false);
  await checkData(cloud, definition);
  return { ranges, objective: objective.MetricName!, maximize: objective.Type === 'Maximize', trainings, parallel };
}

function checkObjective(name: string | undefined, input: CreateHyperParameterTuningJobRequest): void {
  const metric = required(name, 'hyperParameterTuningJobConfig.hyperParameterTuningJobObjective.metricName');
  const algorithm = input.TrainingJobDefinition!.AlgorithmSpecification!;
  const known = isXgboost(algorithm.TrainingImage)
    ? XGBOOST_METRICS
    : new Set((algorithm.MetricDefinitions ?? []).map(({ Name }) => Name!));
  if (!known.has(metric)) {
    throw invalid(
      `The objective metric ${metric} is not among the metrics of the training image: [${[...known].sort().join(', ')}].`,
    );
  }
}
