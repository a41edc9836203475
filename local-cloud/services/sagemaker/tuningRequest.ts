/** What CreateHyperParameterTuningJob refuses before anything starts. */
import type { CreateHyperParameterTuningJobRequest } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../service';
import { invalid, lacks, refuseMembers } from './errors';
import { isXgboost } from './images';
import { checkTrainingQuota } from './instances';
import { XGBOOST_METRICS } from './metrics';
import { required } from './names';
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
  refuseMembers('CreateHyperParameterTuningJob', input, ['TrainingJobDefinitions', 'WarmStartConfig', 'Autotune']);
  const config = input.HyperParameterTuningJobConfig!;
  const definition = required(input.TrainingJobDefinition, 'trainingJobDefinition');
  refuseMembers('CreateHyperParameterTuningJob', definition, [
    'HyperParameterRanges',
    'TuningObjective',
    'HyperParameterTuningResourceConfig',
  ]);
  const strategy = config.Strategy!;
  if (strategy === 'Hyperband') throw lacks('the strategy Hyperband');
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
  checkTraining(definition, 'CreateHyperParameterTuningJob');
  checkObjective(objective.MetricName!, input);

  const most = config.ResourceLimits!.MaxNumberOfTrainingJobs;
  const parallel = config.ResourceLimits!.MaxParallelTrainingJobs!;
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

function checkObjective(metric: string, input: CreateHyperParameterTuningJobRequest): void {
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
