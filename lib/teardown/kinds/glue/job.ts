import { DeleteJobCommand } from '@aws-sdk/client-glue';
import type { Kind } from '../../kind';
import { ourJobs } from './ours';

/** A job that a learner made with our role, a script in our bucket or our tags, or one that outlived its stack. */
export const glueJob: Kind = {
  id: 'glue:job',
  title: 'Glue jobs',
  after: [
    { kind: 'glue:job-run', why: 'a deleted job leaves its runs running' },
    { kind: 'logs:stream', why: 'the runs of a job prove that their log streams are ours' },
  ],
  async list(scope) {
    return (await ourJobs(scope))
      .filter(({ theStacks }) => !theStacks)
      .map(({ thing, because }) => ({ kind: 'glue:job', id: thing.Name!, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.glue.send(new DeleteJobCommand({ JobName: found.id }));
  },
  permissions: [],
};
