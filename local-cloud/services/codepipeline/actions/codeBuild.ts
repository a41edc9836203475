/** Build and test actions of CodeBuild: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html */
import { BatchGetBuildsCommand, type Build, StartBuildCommand, type StartBuildInput } from '@aws-sdk/client-codebuild';
import { ActionFailure, downstreamFailure } from '../errors';
import type { Artifact } from '../model';
import { pause } from '../timers';
import type { ActionContext, ActionResult } from './action';

type Variable = NonNullable<StartBuildInput['environmentVariablesOverride']>[number];

function variables(text: string | undefined): Variable[] {
  if (text === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new ActionFailure(
      'ConfigurationError',
      `EnvironmentVariables is not valid JSON: ${(error as Error).message}`,
    );
  }
  const all = Array.isArray(parsed) ? (parsed as Record<string, unknown>[]) : undefined;
  if (!all || all.some((one) => typeof one?.name !== 'string' || typeof one.value !== 'string')) {
    throw new ActionFailure(
      'ConfigurationError',
      'EnvironmentVariables must be a JSON list of objects with name and value.',
    );
  }
  return all.map(({ name, value, type = 'PLAINTEXT' }) => ({ name, value, type }) as Variable);
}

/** Where a build puts an artifact: a zip under the very key that the pipeline reserved. */
function target({ bucket, key }: Artifact): NonNullable<StartBuildInput['artifactsOverride']> {
  const cut = key.lastIndexOf('/');
  return {
    type: 'S3',
    location: bucket,
    path: key.slice(0, cut),
    name: key.slice(cut + 1),
    namespaceType: 'NONE',
    packaging: 'ZIP',
    overrideArtifactName: false,
  };
}

/** The build that the action asks for. On AWS the two services hand artifacts over between themselves. */
export function buildRequest(context: Pick<ActionContext, 'configuration' | 'inputs' | 'outputs'>): StartBuildInput {
  const { configuration, inputs, outputs } = context;
  return {
    projectName: configuration.ProjectName,
    sourceTypeOverride: 'S3',
    sourceLocationOverride: `${inputs[0]!.bucket}/${inputs[0]!.key}`,
    artifactsOverride: outputs[0] ? target(outputs[0]) : { type: 'NO_ARTIFACTS' },
    environmentVariablesOverride: variables(configuration.EnvironmentVariables),
  };
}

function failed(build: Build): ActionFailure {
  const phase = build.phases?.find(({ phaseStatus }) => phaseStatus && phaseStatus !== 'SUCCEEDED');
  const { statusCode, message } = phase?.contexts?.find((context) => context.statusCode || context.message) ?? {};
  const where = phase ? `. Phase: ${phase.phaseType}, Code: ${statusCode ?? ''}, Message: ${message ?? ''}` : '';
  return new ActionFailure('JobFailed', `Build terminated with state: ${build.buildStatus}${where}`);
}

/** Starts a build and waits for its end. */
export async function codeBuild(context: ActionContext): Promise<ActionResult> {
  const { cloud, principal, timers, pollMs, signal, configuration } = context;
  const request = buildRequest(context);
  let build: Build;
  try {
    build = (await principal.codebuild.send(new StartBuildCommand(request))).build!;
  } catch (error) {
    throw downstreamFailure(error, 'AWSCodeBuild', 'Error calling startBuild: ');
  }
  const id = build.id!;
  const url = `https://console.aws.amazon.com/codebuild/home?region=${cloud.region}#/builds/${id}/view/new`;
  context.report({ externalExecutionId: id, externalExecutionUrl: url });
  while (build.buildStatus === 'IN_PROGRESS') {
    await pause(timers, pollMs, signal);
    let found: Build | undefined;
    try {
      found = (await principal.codebuild.send(new BatchGetBuildsCommand({ ids: [id] }))).builds?.[0];
    } catch (error) {
      throw downstreamFailure(error, 'AWSCodeBuild', 'Error calling batchGetBuilds: ');
    }
    if (!found) {
      throw new ActionFailure(
        'JobFailed',
        `The build ${id} of project ${configuration.ProjectName} does not exist any more.`,
      );
    }
    build = found;
  }
  const logStreamARN = build.logs?.cloudWatchLogsArn;
  if (logStreamARN) context.report({ logStreamARN });
  if (build.buildStatus !== 'SUCCEEDED') throw failed(build);
  return {
    externalExecutionId: id,
    externalExecutionUrl: url,
    variables: Object.fromEntries(
      (build.exportedEnvironmentVariables ?? []).map(({ name, value }) => [name!, value ?? '']),
    ),
  };
}
