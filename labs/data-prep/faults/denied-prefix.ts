import { GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { GetJobCommand } from '@aws-sdk/client-glue';
import { getJobRuns, runJob } from '../../../lib/aws/glue';
import { type Fault, stillBroken, worksAgain } from '../../../lib/course/fault';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { resourcesOf } from '../resources';

const SID = 'WeatherUnderReview';

interface Policy {
  readonly Statement: readonly { readonly Sid?: string }[];
}

/** A well-meant statement in the bucket's policy keeps the Glue job from one of its inputs. */
export const deniedPrefix: Fault = {
  id: 'denied-prefix',
  title: 'The bucket’s policy denied the role of the Glue job s3:GetObject on raw/weather/',
  task: '4.3',
  needs: ['transform'],
  prepare: async () => ({}),
  async inject(run) {
    const { bucket, job } = resourcesOf(run);
    const { Job } = await run.clients.glue.send(new GetJobCommand({ JobName: job }));
    const statement = {
      Sid: SID,
      Effect: 'Deny',
      Principal: { AWS: Job!.Role },
      Action: 's3:GetObject',
      Resource: `arn:${Job!.Role!.split(':')[1]}:s3:::${bucket}/raw/weather/*`,
    };
    const policy = await policyOf(run, bucket);
    await putPolicy(run, bucket, { ...policy, Statement: [...policy.Statement, statement] });
    const ended = await runJob(run, job, { minutes: 30, next: labCommand(run, 'mend') });
    return `The nightly run ${ended.Id} of the Glue job ${job} ended as ${ended.JobRunState}. It went through yesterday, and nobody changed its script.`;
  },
  async check(run, { since }) {
    const { job } = resourcesOf(run);
    const [latest] = (await getJobRuns(run, job)).filter(({ StartedOn }) => (StartedOn ?? since) >= since);
    if (latest?.JobRunState === 'SUCCEEDED')
      return worksAgain(run, `The run ${latest.Id} of the Glue job ${job} has succeeded since.`);
    return stillBroken(
      run,
      latest === undefined
        ? `The Glue job ${job} has not run since.`
        : `The latest run ${latest.Id} of the Glue job ${job} is ${latest.JobRunState}; none that began later has succeeded.`,
    );
  },
  hints: [
    'A run that failed says why: its ErrorMessage, and behind it the log of the run.',
    'AccessDenied has two sides: what the role may do, and what the bucket lets it do. An explicit Deny on either side wins.',
    'The role is as it was. Read the policy of the bucket; then run the job again.',
  ],
  async mend(run) {
    const { bucket } = resourcesOf(run);
    const policy = await policyOf(run, bucket);
    await putPolicy(run, bucket, { ...policy, Statement: policy.Statement.filter(({ Sid }) => Sid !== SID) });
  },
  seen(run) {
    const { bucket, job } = resourcesOf(run);
    return [
      `the run’s error: aws glue get-job-runs --job-name ${quoted(job)} --max-items 1 --query 'JobRuns[].ErrorMessage'`,
      `the policy that denies: aws s3api get-bucket-policy --bucket ${bucket} --query Policy --output text`,
      'CloudTrail: who called PutBucketPolicy, and when',
    ];
  },
  prevented:
    'A bucket’s policy belongs into the stack, where a change is reviewed and tried on a copy of the lab first, with a run of the job. An EventBridge rule on job runs that failed would have told at once.',
};

async function policyOf(run: LabRun, bucket: string): Promise<Policy> {
  const { Policy } = await run.clients.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
  return JSON.parse(Policy!) as Policy;
}

async function putPolicy(run: LabRun, bucket: string, policy: Policy): Promise<void> {
  await run.clients.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
}
