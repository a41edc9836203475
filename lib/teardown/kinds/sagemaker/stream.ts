import { DeleteLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import { logGroupArns } from '../../arns';
import type { Found, Kind, Scope } from '../../kind';
import { streamsStarting } from '../logs/groups';
import { ourProcessingJobs, ourTrainingJobs, type OurJob } from './ours';

/** Groups that all jobs of an account share. @see https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html */
const TRAINING = '/aws/sagemaker/TrainingJobs';
const PROCESSING = '/aws/sagemaker/ProcessingJobs';

/** The log streams of our jobs; the groups stay, for they are the account's. */
export const sagemakerStream: Kind = {
  id: 'sagemaker:stream',
  title: 'log streams of SageMaker jobs',
  after: [
    { kind: 'sagemaker:training-run', why: 'a running job writes more' },
    { kind: 'sagemaker:processing-run', why: 'a running job writes more' },
  ],
  async list(scope) {
    return [
      ...(await streams(scope, TRAINING, await ourTrainingJobs(scope))),
      ...(await streams(scope, PROCESSING, await ourProcessingJobs(scope))),
    ];
  },
  async remove(found, scope) {
    const [group, stream] = found.id.split(' ');
    await scope.run.clients.logs.send(new DeleteLogStreamCommand({ logGroupName: group, logStreamName: stream }));
  },
  permissions: [
    {
      actions: ['logs:DescribeLogStreams', 'logs:DeleteLogStream'],
      resources: (place) => logGroupArns(place, TRAINING, PROCESSING),
      reason: 'AWS shares these groups among all of an account; streams are chosen by the jobs that are ours',
    },
  ],
};

/** Streams are named `<job>/algo-1-<time>`: the slash keeps apart jobs whose names begin alike. */
async function streams(scope: Scope, group: string, jobs: readonly OurJob[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const { name, because } of jobs) {
    for (const stream of await streamsStarting(scope, group, `${name}/`))
      found.push({ kind: 'sagemaker:stream', id: `${group} ${stream}`, because: `of the job ${name}, ${because}` });
  }
  return found;
}
