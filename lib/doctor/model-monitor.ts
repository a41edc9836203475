/** SageMaker Model Monitor, which is closed to new customers. */
import { ListDataQualityJobDefinitionsCommand } from '@aws-sdk/client-sagemaker';
import { reasonOf } from '../aws/reason';
import type { Finding } from './finding';
import type { Place } from './place';

/** @param monitor the lab's mode: `open` does without */
export async function lookAtModelMonitor({ target, suffix }: Place, monitor: string | undefined): Promise<Finding> {
  const about = {
    about: 'account',
    id: 'model-monitor',
    why: 'SageMaker Model Monitor is closed to new customers since 2026-07-30; lab monitoring uses it only with --monitor managed.',
  } as const;
  const around =
    monitor === 'managed'
      ? `./lab up monitoring --monitor open${suffix} (an analysis of the lab's own)`
      : '--monitor open, the default, does without it';
  try {
    const { JobDefinitionSummaries = [] } = await target.clients.sagemaker.send(
      new ListDataQualityJobDefinitionsCommand({ MaxResults: 1 }),
    );
    const [one] = JobDefinitionSummaries;
    if (one)
      return {
        ...about,
        state: 'ok',
        saw: `The account has a definition of Model Monitor (${one.MonitoringJobDefinitionName}): who had it, keeps it.`,
      };
  } catch (error) {
    return {
      ...about,
      state: 'unknown',
      saw: `Whether the account used Model Monitor could not be asked (${reasonOf(error)}).`,
      next: around,
    };
  }
  return {
    ...about,
    state: 'note',
    saw: 'The account has no definition of Model Monitor. Nothing that only reads tells whether it may make one.',
    next: around,
  };
}
