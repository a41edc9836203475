/** Whether CodeBuild builds for this account. Quotas do not tell; what builds and releases did before does. */
import { BatchGetBuildsCommand, ListBuildsCommand } from '@aws-sdk/client-codebuild';
import { ListActionExecutionsCommand, ListPipelinesCommand } from '@aws-sdk/client-codepipeline';
import { baseName } from '../course/names';
import { reasonOf } from '../aws/reason';
import { day, type Finding } from './finding';
import type { Place } from './place';

/** What StartBuild says where builds are held, and what a pipeline passes on. */
const HELD = /AccountLimitExceeded|more than 0 builds in queue/i;
/** The newest of the account: older ones say little about today. */
const LOOKED_AT = 10;

interface Seen {
  readonly what: string;
  readonly at: Date;
}

export async function lookAtBuilds(place: Place): Promise<Finding> {
  const about = {
    about: 'account',
    id: 'builds',
    why: 'AWS holds the builds of some new accounts at zero though the quota allows them: the stage Verify of lab deployment then fails, and only AWS Support lifts it.',
  } as const;
  const around = `./lab up deployment --build lambda${place.suffix} (Verify in a function, without a build)`;
  try {
    const [ran, held] = await Promise.all([lastBuild(place), lastRefusal(place)]);
    if (held && (!ran || held.at > ran.at))
      return {
        ...about,
        state: 'bad',
        saw: `Builds are held: ${held.what} was refused one on ${day(held.at)}.`,
        next: `${around}; or ask AWS Support: https://support.console.aws.amazon.com/support/home#/case/create`,
      };
    if (ran) return { ...about, state: 'ok', saw: `Builds are not held: ${ran.what} ran on ${day(ran.at)}.` };
    return {
      ...about,
      state: 'note',
      saw: 'No build ran here yet: only one shows whether builds are held.',
      next: around,
    };
  } catch (error) {
    return {
      ...about,
      state: 'unknown',
      saw: `Whether builds ran here before could not be asked (${reasonOf(error)}).`,
      next: around,
    };
  }
}

/** A held build never begins, and is no build: one that is there did. */
async function lastBuild({ target: { clients } }: Place): Promise<Seen | undefined> {
  const { ids = [] } = await clients.codebuild.send(new ListBuildsCommand({ sortOrder: 'DESCENDING' }));
  if (ids.length === 0) return undefined;
  const { builds = [] } = await clients.codebuild.send(new BatchGetBuildsCommand({ ids: ids.slice(0, LOOKED_AT) }));
  return newest(builds.map(({ id, startTime }) => startTime && { what: `the build ${id}`, at: startTime }));
}

/** The last time that a release of this learner got no build. */
async function lastRefusal({ target: { clients }, learner }: Place): Promise<Seen | undefined> {
  const { pipelines = [] } = await clients.codepipeline.send(new ListPipelinesCommand({}));
  const mine = baseName('deployment', learner);
  const ours = pipelines.filter(({ name = '' }) => name === mine || name.startsWith(`${mine}--`));
  const found = await Promise.all(
    ours.map(async ({ name: pipelineName }) => {
      const { actionExecutionDetails = [] } = await clients.codepipeline.send(
        new ListActionExecutionsCommand({ pipelineName, maxResults: 50 }),
      );
      return actionExecutionDetails
        .filter(({ output }) => HELD.test(JSON.stringify(output?.executionResult ?? {})))
        .map(({ lastUpdateTime }) => lastUpdateTime && { what: `the pipeline ${pipelineName}`, at: lastUpdateTime });
    }),
  );
  return newest(found.flat());
}

function newest(seen: readonly (Seen | undefined)[]): Seen | undefined {
  return seen.filter((one) => one !== undefined).sort((a, b) => b.at.getTime() - a.at.getTime())[0];
}
