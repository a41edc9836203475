/** Tuning jobs with their trials. */
import { trainingsOfTuning, tuningJobsOf } from '../../../lib/aws/sagemaker';
import { output } from '../../../lib/course/run';
import type { TuningView } from '../../api';
import type { View } from './view';

export const tuning: View = {
  title: 'Tuning',
  outputs: ['TrainRole'],
  async read({ run }): Promise<TuningView> {
    const found = await tuningJobsOf(run, output(run, 'TrainRole'));
    const jobs = found.map(async (job) => {
      const name = job.HyperParameterTuningJobName ?? '';
      const objective =
        job.HyperParameterTuningJobConfig?.HyperParameterTuningJobObjective ??
        job.TrainingJobDefinition?.TuningObjective ??
        job.TrainingJobDefinitions?.[0]?.TuningObjective;
      const trials = (await trainingsOfTuning(run, name)).map((one) => ({
        name: one.TrainingJobName ?? '',
        state: one.TrainingJobStatus ?? '',
        value: one.FinalHyperParameterTuningJobObjectiveMetric?.Value,
        parameters: one.TunedHyperParameters ?? {},
        began: one.CreationTime?.getTime() ?? 0,
      }));
      return {
        name,
        state: job.HyperParameterTuningJobStatus ?? '',
        metric: objective?.MetricName ?? '',
        best: objective?.Type ?? 'Maximize',
        trials: trials.sort((a, b) => a.began - b.began).map(({ began: _, ...trial }) => trial),
      };
    });
    return { jobs: await Promise.all(jobs) };
  },
};
