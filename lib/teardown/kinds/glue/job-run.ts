import { BatchStopJobRunCommand, GetJobRunCommand } from '@aws-sdk/client-glue';
import { glueArns } from '../../arns';
import { orUndefined } from '../../errors';
import type { Kind } from '../../kind';
import { untilGone } from '../../wait';
import { ourJobRuns } from './ours';

const GOING_ON = new Set(['STARTING', 'RUNNING', 'STOPPING', 'WAITING']);

/** A job run that is going on, billed by the second. */
export const glueJobRun: Kind = {
  id: 'glue:job-run',
  title: 'running Glue jobs',
  after: [],
  blocks: 'it is billed while it runs, and it writes to the bucket',
  async list(scope) {
    return (await ourJobRuns(scope))
      .filter(({ run }) => GOING_ON.has(run.JobRunState ?? ''))
      .map(({ run, because }) => ({ kind: 'glue:job-run', id: `${run.JobName}/${run.Id}`, because }));
  },
  async remove(found, scope) {
    const { glue } = scope.run.clients;
    const cut = found.id.lastIndexOf('/');
    const job = { JobName: found.id.slice(0, cut) };
    const id = found.id.slice(cut + 1);
    const answer = await glue.send(new BatchStopJobRunCommand({ ...job, JobRunIds: [id] }));
    const refusal = answer.Errors?.[0]?.ErrorDetail;
    const over = async (): Promise<boolean> => {
      const now = await orUndefined(glue.send(new GetJobRunCommand({ ...job, RunId: id })));
      return !GOING_ON.has(now?.JobRun?.JobRunState ?? '');
    };
    // A run that ended in between is refused too; only a run that goes on is a failure.
    if (refusal && !(await over()) && refusal.ErrorCode !== 'JobRunInvalidStateTransitionException') {
      throw new Error(`${refusal.ErrorCode}: ${refusal.ErrorMessage}`);
    }
    await untilGone(scope, `the job run ${found.id} to stop`, over);
  },
  permissions: [
    {
      actions: ['glue:GetJobs'],
      resources: () => ['*'],
      reason: 'lists have no resource types; a job that a learner made is found by its role, so all have to be read',
    },
    {
      actions: ['glue:GetJobRuns', 'glue:GetJobRun', 'glue:BatchStopJobRun', 'glue:DeleteJob'],
      resources: (place) => glueArns(place, 'job/*'),
      reason:
        'a job that a learner made is found by its role, and may have any name and no tag; the code asks for the role first',
    },
  ],
};
