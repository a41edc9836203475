import { DeleteCrawlerCommand } from '@aws-sdk/client-glue';
import type { Kind } from '../../kind';
import { ourCrawlers } from './ours';

/** A crawler that a learner made with our role, our bucket or our tags, or one that outlived its stack. */
export const glueCrawler: Kind = {
  id: 'glue:crawler',
  title: 'Glue crawlers',
  after: [
    { kind: 'glue:crawl', why: 'Glue deletes no crawler that runs' },
    { kind: 'logs:stream', why: 'the crawler proves that its log stream is ours' },
  ],
  async list(scope) {
    return (await ourCrawlers(scope))
      .filter(({ theStacks }) => !theStacks)
      .map(({ thing, because }) => ({ kind: 'glue:crawler', id: thing.Name!, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.glue.send(new DeleteCrawlerCommand({ Name: found.id }));
  },
  permissions: [],
};
