/** Releases that an approval starts, and those that are started by hand. */
import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { VERSION_VARIABLE } from '../names';
import type { LabResources } from '../resources';
import { actionsOf, stagePassed, releasesOfVersion, type Release } from './releases';

/** Longest that a release is waited for. */
const MINUTES = 10;
/** Questions after which no event is expected any more: three minutes on AWS. A rule that is new matches after a while. */
const EVENT_ASKED = 36;

/** Starts the pipeline with a version, as the function does. */
export async function startRelease(run: LabRun, resources: LabResources, arn: string): Promise<void> {
  const { pipelineExecutionId: id } = await run.clients.codepipeline.send(
    new StartPipelineExecutionCommand({
      name: resources.pipeline,
      variables: [{ name: VERSION_VARIABLE, value: arn }],
    }),
  );
  run.progress(`release ${id} started`);
}

/**
 * Waits until the approval of a version has started a release that was not there before; where no event comes, starts one.
 */
export async function awaitRelease(
  run: LabRun,
  resources: LabResources,
  arn: string,
  step: string,
  before: ReadonlySet<string> = new Set(),
): Promise<Release> {
  let asked = 0;
  const found = await waitWithProgress(run, {
    what: 'a release, which the rule and its function start',
    minutes: MINUTES,
    next: `${labCommand(run, 'check', step)}; aws lambda get-function --function-name ${resources.releaseFunction} --query Configuration.LoggingConfig.LogGroup names its log; or start it by hand: ${startReleaseCommand(resources, arn)}`,
    ask: async () => {
      const begun = (await releasesOfVersion(run, resources, arn)).find(({ id }) => !before.has(id));
      if (begun) return begun;
      asked += 1;
      if (asked === EVENT_ASKED) {
        run.progress('no event has started one – a rule that is new, or was changed, misses some: starting it by hand');
        await startRelease(run, resources, arn);
      }
      return new InProgress('not begun yet');
    },
  });
  run.progress(`release ${found.id} has begun, started by ${found.trigger}`);
  return found;
}

/**
 * A release that has yet to bring its version to production: the one that is given, or, where that one did and production
 * serves another version since, a new one.
 */
export async function unfinishedRelease(
  run: LabRun,
  resources: LabResources,
  arn: string,
  given: Release,
  step: string,
): Promise<Release> {
  if (!stagePassed(await actionsOf(run, resources, given.id), 'Watch')) return given;
  const before = new Set((await releasesOfVersion(run, resources, arn)).map(({ id }) => id));
  run.progress(`${given.id} brought it to production before, and another version serves since: it is released again`);
  await startRelease(run, resources, arn);
  return awaitRelease(run, resources, arn, step, before);
}

/** Starts a release by hand: the step `release` starts none of a version whose release passed. */
export const startReleaseCommand = (resources: LabResources, arn: string): string =>
  `aws codepipeline start-pipeline-execution --name ${quoted(resources.pipeline)} --variables name=${VERSION_VARIABLE},value=${quoted(arn)}`;
