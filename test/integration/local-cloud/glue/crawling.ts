/** A crawler over buckets in memory. */
import type { Crawler, TableInput } from '@aws-sdk/client-glue';
import { Crawlers } from '../../../../local-cloud/services/glue/crawler';
import { FakeCloud, ROLE, until } from './fakeCloud';

export class Crawling {
  readonly cloud = new FakeCloud();
  readonly crawlers = new Crawlers(this.cloud);

  given(paths: readonly string[], definition: Partial<Crawler> = {}): void {
    const all: Crawler = {
      Name: 'lab',
      Role: ROLE,
      DatabaseName: 'db',
      Targets: { S3Targets: paths.map((Path) => ({ Path })) },
      CreationTime: 0 as never,
      ...definition,
    };
    this.cloud.definitions.set('GetCrawler/lab', { Crawler: all });
  }

  async get(): Promise<Crawler> {
    return (await this.crawlers.get({ Name: 'lab' }, this.cloud.context)).Crawler!;
  }

  /** Runs the crawler to its end. */
  async crawl(): Promise<NonNullable<Crawler['LastCrawl']>> {
    await this.crawlers.start({ Name: 'lab' }, this.cloud.context);
    return (await until(async () => ((await this.get()).State === 'READY' ? this.get() : undefined))).LastCrawl!;
  }

  table(name: string): TableInput {
    const found = this.cloud.tables.get(name);
    if (!found) throw new Error(`no table ${name}: ${[...this.cloud.tables.keys()].join(' ')}`);
    return found;
  }

  columns(table: string): Record<string, string> {
    const list = this.table(table).StorageDescriptor!.Columns!;
    return Object.fromEntries(list.map(({ Name, Type }) => [Name!, Type!]));
  }

  /** Values of a table's partitions. */
  partitions(table: string): string[] {
    return (this.cloud.partitions.get(table) ?? []).map(({ Values }) => Values!.join('/'));
  }

  /** Warnings of the crawler's log, without the id of their crawl. */
  warnings(): string[] {
    return this.cloud.lines('/aws-glue/crawlers').flatMap((line) => /WARN : (.*)$/.exec(line)?.[1] ?? []);
  }

  async end(): Promise<void> {
    await this.crawlers.stopAll();
    this.cloud.dispose();
  }
}
