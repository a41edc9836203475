import { GetCrawlerCommand, StopCrawlerCommand } from '@aws-sdk/client-glue';
import { glueArns } from '../../arns';
import { isAlreadyOver, orUndefined } from '../../errors';
import type { Kind } from '../../kind';
import { untilGone } from '../../wait';
import { ourCrawlers } from './ours';

/** A crawl that is going on. */
export const glueCrawl: Kind = {
  id: 'glue:crawl',
  title: 'running crawls',
  after: [],
  blocks: 'Glue deletes no crawler that runs, and its tables would come back',
  async list(scope) {
    return (await ourCrawlers(scope))
      .filter(({ thing }) => thing.State === 'RUNNING' || thing.State === 'STOPPING')
      .map(({ thing, because }) => ({ kind: 'glue:crawl', id: thing.Name!, because }));
  },
  async remove(found, scope) {
    const { glue } = scope.run.clients;
    try {
      await glue.send(new StopCrawlerCommand({ Name: found.id }));
    } catch (error) {
      if (!isAlreadyOver(error)) throw error;
    }
    await untilGone(scope, `the crawler ${found.id} to stop`, async () => {
      const answer = await orUndefined(glue.send(new GetCrawlerCommand({ Name: found.id })));
      return answer?.Crawler === undefined || answer.Crawler.State === 'READY';
    });
  },
  permissions: [
    {
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html
      actions: ['glue:GetCrawlers'],
      resources: () => ['*'],
      reason: 'lists have no resource types; what a learner made is found by its role, so all have to be read',
    },
    {
      actions: ['glue:GetCrawler', 'glue:StopCrawler', 'glue:DeleteCrawler'],
      resources: (place) => glueArns(place, 'crawler/*'),
      reason:
        'a crawler that a learner made has a name of its own and perhaps no tag; the code asks for its role or target first',
    },
    {
      actions: ['tag:GetResources'],
      resources: () => ['*'],
      reason: 'the action has no resource types',
    },
  ],
};
