import { DeleteLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetCrawlerCommand } from '@aws-sdk/client-glue';
import { logGroupArns } from '../../arns';
import { isTheStacks } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Found, Kind, Scope } from '../../kind';
import { ourCrawlers, ourJobRuns } from '../glue/ours';
import { ourQualityRuns } from '../glue/quality-runs';
import { groupsStarting, streamsStarting } from './groups';

/** The groups of Glue that all of an account shares. @see https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html */
const CRAWLERS = '/aws-glue/crawlers';
const JOBS = '/aws-glue/jobs';
const QUALITY = '/aws-glue/data-quality';

/** Our streams in log groups that the whole account shares: the groups themselves stay. */
export const logsStream: Kind = {
  id: 'logs:stream',
  title: 'log streams in shared groups',
  after: [
    { kind: 'glue:crawl', why: 'a running crawl writes more' },
    { kind: 'glue:job-run', why: 'a running job writes more' },
    { kind: 'glue:quality-run', why: 'a running evaluation writes more' },
  ],
  async list(scope) {
    const found: Found[] = [];
    for (const [name, because] of await crawlerNames(scope)) {
      for (const group of (await groupsStarting(scope, CRAWLERS)).filter((one) => one === CRAWLERS)) {
        found.push(...(await streams(scope, group, name, because, (stream) => stream === name)));
      }
    }
    for (const { run, because } of await ourJobRuns(scope)) {
      for (const group of await within(scope, JOBS)) found.push(...(await streamsOfRun(scope, group, run.Id, because)));
    }
    for (const { id, because } of await ourQualityRuns(scope)) {
      for (const group of await within(scope, QUALITY)) found.push(...(await streamsOfRun(scope, group, id, because)));
    }
    return found;
  },
  async remove(found, scope) {
    const [group, stream] = found.id.split(' ');
    await scope.run.clients.logs.send(new DeleteLogStreamCommand({ logGroupName: group, logStreamName: stream }));
  },
  permissions: [
    {
      actions: ['logs:DescribeLogStreams', 'logs:DeleteLogStream'],
      resources: (place) => logGroupArns(place, CRAWLERS, `${JOBS}/*`, `${QUALITY}/*`),
      reason: 'AWS shares these groups among all of an account; streams are chosen by the runs that are ours',
    },
  ],
};

/** Names of our crawlers, with those of the record that are no longer there: their streams outlive them. */
async function crawlerNames(scope: Scope): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { thing, because } of await ourCrawlers(scope)) names.set(thing.Name!, `of the crawler ${because}`);
  for (const name of scope.ownership.crawlers) {
    if (names.has(name)) continue;
    const gone = async (): Promise<boolean> =>
      (await orUndefined(scope.run.clients.glue.send(new GetCrawlerCommand({ Name: name })))) === undefined;
    // A crawler of that name that is there and not ours is somebody's: its stream is theirs.
    if ((await isTheStacks(scope, 'crawlers', name)) || (await gone()))
      names.set(name, 'of the crawler that our record names');
  }
  return names;
}

async function within(scope: Scope, prefix: string): Promise<string[]> {
  return (await groupsStarting(scope, prefix)).filter((name) => name.startsWith(`${prefix}/`));
}

async function streamsOfRun(scope: Scope, group: string, id: string | undefined, because: string): Promise<Found[]> {
  if (!id) return [];
  return streams(
    scope,
    group,
    id,
    because,
    (name) => name === id || name.startsWith(`${id}-`) || name.startsWith(`${id}_`),
  );
}

async function streams(
  scope: Scope,
  group: string,
  prefix: string,
  because: string,
  isOurs: (stream: string) => boolean,
): Promise<Found[]> {
  const names = (await streamsStarting(scope, group, prefix)).filter(isOurs);
  return names.map((name) => ({ kind: 'logs:stream', id: `${group} ${name}`, because }));
}
