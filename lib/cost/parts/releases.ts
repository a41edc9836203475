/** Builds, by the minutes of their machine, and actions of pipelines, by the minute. */
import { BatchGetBuildsCommand, ListBuildsForProjectCommand, type Build } from '@aws-sdk/client-codebuild';
import { ListActionExecutionsCommand, type ActionExecutionDetail } from '@aws-sdk/client-codepipeline';
import { count } from '../../course/say';
import { ourProjects } from '../../teardown/kinds/codebuild/ours';
import { ourPipelines } from '../../teardown/kinds/codepipeline/ours';
import { orUndefined } from '../../teardown/errors';
import { earliest, MOST, type Look } from '../look';
import { priced, type Line, type NotKnown, type Part } from '../line';

const SMALL = 'BUILD_GENERAL1_SMALL';
/** Categories of actions that are not billed. @see https://aws.amazon.com/codepipeline/pricing/ */
const FREE = new Set(['Source', 'Approval']);
const PAGES = 5;

/** Begun minutes count whole. */
const minutes = (seconds: number): number => Math.max(1, Math.ceil(seconds / 60));

export const builds: Part = {
  what: 'builds',
  kind: 'codebuild:build',
  async read(look) {
    const { codebuild } = look.run.clients;
    const found: (Line | NotKnown)[] = [];
    for (const { name } of await ourProjects(look.scope)) {
      const list = await orUndefined(
        codebuild.send(new ListBuildsForProjectCommand({ projectName: name, sortOrder: 'DESCENDING' })),
      );
      const ids = (list?.ids ?? []).slice(0, MOST);
      if (ids.length === 0) continue;
      const { builds: all = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids }));
      const of = all.filter(({ startTime }) => look.isOfThisLab(startTime));
      if (of.length === 0) continue;
      const what = `${count(of.length, 'build')} of ${name}`;
      const other = of.find(({ environment }) => environment?.computeType !== SMALL);
      if (other) {
        const type = other.environment?.computeType ?? 'its machine';
        found.push({ what, because: `lib/facts/prices.json has no price of ${type}` });
        continue;
      }
      const going = of.filter(({ buildComplete }) => buildComplete === false);
      found.push(
        priced(look, (usd) => ({
          what,
          since: earliest(of.map(({ startTime }) => startTime)),
          usdSoFar: of.reduce((sum, build) => sum + minutes(secondsOf(look, build)), 0) * usd('codeBuildSmallMinute'),
          usdPerHour: going.length * 60 * usd('codeBuildSmallMinute'),
          usdNextDay:
            going.reduce((sum, { timeoutInMinutes = 60 }) => sum + timeoutInMinutes, 0) * usd('codeBuildSmallMinute'),
        })),
      );
    }
    return found;
  },
};

/** From the phase in which its machine is there: until then, a build waits in the queue. */
function secondsOf(look: Look, { phases = [], startTime, endTime }: Build): number {
  const timed = phases.filter(({ phaseType }) => phaseType !== 'SUBMITTED' && phaseType !== 'QUEUED');
  if (timed.length === 0 || endTime === undefined) return startTime ? look.secondsSince(startTime, endTime) : 0;
  return timed.reduce((sum, { durationInSeconds = 0 }) => sum + durationInSeconds, 0);
}

export const pipelineActions: Part = {
  what: 'actions of pipelines',
  kind: 'codepipeline:execution',
  async read(look) {
    const found: Line[] = [];
    for (const { name } of await ourPipelines(look.scope)) {
      const { all, more } = await newest(look, name);
      const of = all.filter(({ input }) => !FREE.has(input?.actionTypeId?.category ?? ''));
      if (of.length === 0) continue;
      const sum = of.reduce(
        (so, { startTime, lastUpdateTime, status }) =>
          so +
          (startTime ? minutes(look.secondsSince(startTime, status === 'InProgress' ? look.now : lastUpdateTime)) : 0),
        0,
      );
      const going = of.filter(({ status }) => status === 'InProgress').length;
      found.push(
        priced(look, (usd) => ({
          what: `${more ? 'the newest ' : ''}${count(of.length, 'action')} of the pipeline ${name}, ${sum} min`,
          since: earliest(of.map(({ startTime }) => startTime)),
          usdSoFar: sum * usd('codePipelineV2ActionMinute'),
          usdPerHour: going * 60 * usd('codePipelineV2ActionMinute'),
          // An action ends by itself, the longest after an hour.
          usdNextDay: going * 60 * usd('codePipelineV2ActionMinute'),
        })),
      );
    }
    return found;
  },
};

async function newest(look: Look, pipelineName: string): Promise<{ all: ActionExecutionDetail[]; more: boolean }> {
  const all: ActionExecutionDetail[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await look.run.clients.codepipeline.send(
      new ListActionExecutionsCommand({ pipelineName, maxResults: MOST, nextToken }),
    );
    all.push(...(answer.actionExecutionDetails ?? []).filter(({ startTime }) => look.isOfThisLab(startTime)));
    nextToken = answer.nextToken;
    if (!nextToken) return { all, more: false };
  }
  return { all, more: true };
}
