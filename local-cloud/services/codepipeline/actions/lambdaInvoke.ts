/** Invoke action of Lambda: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Principal } from '../../service';
import { awsWaitMs } from '../../waits';
import { ActionFailure, downstreamFailure } from '../errors';
import type { Artifact } from '../model';
import { pause } from '../timers';
import type { ActionContext, ActionResult } from './action';
import type { JobResult, Jobs } from './jobs';

/** AWS waits 20 minutes for an answer (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html), and a while before it asks again. */
const ANSWER_MS = awsWaitMs(20 * 60);
const AGAIN_MS = awsWaitMs(30);

const place = ({ name, bucket, key }: Artifact) => ({
  location: { s3Location: { bucketName: bucket, objectKey: key }, type: 'S3' },
  name,
  revision: null,
});

/** What a session for the function may do: its artifacts, and nothing else. */
function sessionPolicy(inputs: readonly Artifact[], outputs: readonly Artifact[]): string {
  const arns = (all: readonly Artifact[]) => all.map(({ bucket, key }) => `arn:aws:s3:::${bucket}/${key}`);
  const statements = [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: arns(inputs) },
    { Effect: 'Allow', Action: ['s3:PutObject'], Resource: arns(outputs) },
  ].filter(({ Resource }) => Resource.length > 0);
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** Credentials for the artifacts; those of an action's own role are narrowed to the artifacts of the action. */
async function artifactCredentials(context: ActionContext): Promise<Principal> {
  const { action, execution, inputs, outputs, cloud, principal } = context;
  if (!action.roleArn || inputs.length + outputs.length === 0) return principal;
  const pipelineRole = await cloud.assume(execution.declaration.roleArn!, 'codepipeline.amazonaws.com', execution.id);
  return pipelineRole.assume(action.roleArn, execution.id, sessionPolicy(inputs, outputs));
}

async function event(context: ActionContext, id: string, continuationToken?: string): Promise<string> {
  const { cloud, configuration, inputs, outputs } = context;
  const { credentials } = await artifactCredentials(context);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const job = {
    id,
    accountId: cloud.account,
    data: {
      actionConfiguration: { configuration },
      inputArtifacts: inputs.map(place),
      outputArtifacts: outputs.map(place),
      artifactCredentials: { accessKeyId, secretAccessKey, sessionToken },
      ...(continuationToken && { continuationToken }),
    },
  };
  return JSON.stringify({ 'CodePipeline.job': job });
}

function noResult(name: string): ActionFailure {
  return new ActionFailure(
    'JobFailed',
    `The AWS Lambda function ${name} failed to return a result. Check the function to verify that it has permission to call ` +
      'the PutJobSuccessResult action and that it made a call to PutJobSuccessResult.',
  );
}

/** Settles with what the function put, or rejects when it will put nothing. */
async function ask(context: ActionContext, jobs: Jobs, token?: string): Promise<JobResult> {
  const { principal, configuration, timers, signal } = context;
  const name = configuration.FunctionName!;
  const { id, result } = jobs.open();
  const Payload = await event(context, id, token);
  const silence = async (): Promise<never> => {
    let failed: boolean;
    try {
      // AWS does not wait for the function; here its end is known, so that one that failed need not be waited for.
      const answer = await principal.lambda.send(new InvokeCommand({ FunctionName: name, Payload }));
      failed = answer.FunctionError !== undefined;
    } catch (error) {
      throw downstreamFailure(error, 'AWSLambda', `The AWS Lambda function ${name} could not be invoked: `);
    }
    if (!failed) await pause(timers, ANSWER_MS, signal);
    throw noResult(name);
  };
  const close = (): void => jobs.close(id);
  signal.addEventListener('abort', close, { once: true });
  return Promise.race([result, silence()]).finally(close);
}

/** Makes the runner: invokes the function until it says that it is done. */
export function lambdaInvoke(jobs: Jobs) {
  return async (context: ActionContext): Promise<ActionResult> => {
    let token: string | undefined;
    for (;;) {
      const result = await ask(context, jobs, token);
      if ('failure' in result) {
        const { type, message, externalExecutionId } = result.failure;
        if (externalExecutionId) context.report({ externalExecutionId });
        throw new ActionFailure(type!, message!);
      }
      const { summary, externalExecutionId } = result.details;
      const progress = { ...(summary && { summary }), ...(externalExecutionId && { externalExecutionId }) };
      if (result.continuationToken === undefined) return { ...progress, variables: result.variables };
      context.report(progress);
      token = result.continuationToken;
      await pause(context.timers, AGAIN_MS, context.signal);
    }
  };
}
