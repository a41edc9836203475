/** Glue crawlers: states, and the operations on them. Definitions stay with the emulator; the crawl is crawlerRun's. */
import { randomUUID } from 'node:crypto';
import type * as glue from '@aws-sdk/client-glue';
import { ServiceError, type Cloud, type Operation } from '../service';
import { crawl, CRAWLER_LOG_GROUP, type CrawlResult } from './crawlerRun';
import { page } from './page';

interface Crawl {
  readonly id: string;
  readonly started: Date;
  readonly controller: AbortController;
  readonly done: Promise<void>;
  stopping: boolean;
  ended?: Date;
  result?: CrawlResult;
}

/** The crawlers of one local cloud. */
export class Crawlers {
  private readonly crawls = new Map<string, Crawl[]>();

  constructor(private readonly cloud: Cloud) {}

  /** Crawls that are going on; past ones vanish with their crawler, which is the emulator's to hold. */
  inventory(): string[] {
    return [...this.crawls].flatMap(([name, list]) =>
      list.filter((one) => !one.ended).map((one) => `glue/crawl/${name}/${one.id}`),
    );
  }

  async stopAll(): Promise<void> {
    const all = [...this.crawls.values()].flat();
    for (const one of all) one.controller.abort();
    await Promise.all(all.map((one) => one.done));
  }

  readonly start: Operation<glue.StartCrawlerRequest, glue.StartCrawlerResponse> = async ({ Name }) => {
    const definition = await this.definition(Name);
    if (this.running(definition)) {
      throw new ServiceError('CrawlerRunningException', `Crawler with name ${Name} has already started`);
    }
    const id = randomUUID();
    const controller = new AbortController();
    const one: Crawl = { id, started: new Date(), controller, stopping: false, done: Promise.resolve() };
    const done = crawl(this.cloud, definition, id, controller.signal, () => (one.stopping = true)).then((result) => {
      one.result = result;
      one.ended = new Date();
    });
    this.crawls.set(Name!, [...this.of(definition), Object.assign(one, { done })]);
    return {};
  };

  readonly stop: Operation<glue.StopCrawlerRequest, glue.StopCrawlerResponse> = async ({ Name }) => {
    const one = this.running(await this.definition(Name));
    if (!one) throw new ServiceError('CrawlerNotRunningException', `Crawler with name ${Name} isn't running`);
    if (one.stopping)
      throw new ServiceError('CrawlerStoppingException', `Crawler with name ${Name} is already stopping`);
    one.stopping = true;
    one.controller.abort();
    return {};
  };

  readonly get: Operation<glue.GetCrawlerRequest, glue.GetCrawlerResponse> = async ({ Name }) => ({
    Crawler: this.shown(await this.definition(Name)),
  });

  readonly list: Operation<glue.GetCrawlersRequest, glue.GetCrawlersResponse> = async (input) => {
    const all = (await this.definitions()).map((one) => this.shown(one));
    const { items, NextToken } = page(all, input.MaxResults ?? 100, input.NextToken);
    return { Crawlers: items, NextToken };
  };

  readonly delete: Operation<glue.DeleteCrawlerRequest, glue.DeleteCrawlerResponse> = async (input) => {
    await this.refuseWhileRunning(input.Name);
    await this.cloud.emulate('glue', 'DeleteCrawler', input);
    this.crawls.delete(input.Name!);
    return {};
  };

  readonly update: Operation<glue.UpdateCrawlerRequest, glue.UpdateCrawlerResponse> = async (input) => {
    await this.refuseWhileRunning(input.Name);
    return this.cloud.emulate<glue.UpdateCrawlerResponse>('glue', 'UpdateCrawler', input);
  };

  private async refuseWhileRunning(name: string | undefined): Promise<void> {
    if (this.running(await this.definition(name))) {
      throw new ServiceError('CrawlerRunningException', `Crawler with name ${name} is currently running`);
    }
  }

  private async definition(Name: string | undefined): Promise<glue.Crawler> {
    if (!Name) throw invalid('The name of a crawler is required.');
    try {
      return (await this.cloud.emulate<glue.GetCrawlerResponse>('glue', 'GetCrawler', { Name })).Crawler!;
    } catch (error) {
      if ((error as ServiceError).code !== 'EntityNotFoundException') throw error;
      throw new ServiceError('EntityNotFoundException', `Crawler entry with name ${Name} does not exist`);
    }
  }

  private async definitions(): Promise<readonly glue.Crawler[]> {
    return (await this.cloud.emulate<glue.GetCrawlersResponse>('glue', 'GetCrawlers', {})).Crawlers ?? [];
  }

  /** The crawls of this crawler, and not of an earlier one with its name (CloudFormation deletes without asking us). */
  private of(definition: glue.Crawler): Crawl[] {
    const born = seconds(definition.CreationTime);
    return (this.crawls.get(definition.Name!) ?? []).filter((one) => one.started.getTime() / 1000 >= born);
  }

  private running(definition: glue.Crawler): Crawl | undefined {
    return this.of(definition).find((one) => !one.ended);
  }

  /** The definition, with the state that it really has. */
  private shown(definition: glue.Crawler): glue.Crawler {
    const all = this.of(definition);
    const now = all.find((one) => !one.ended);
    const last = all.filter((one) => one.ended).pop();
    return {
      ...definition,
      State: now ? (now.stopping ? 'STOPPING' : 'RUNNING') : 'READY',
      CrawlElapsedTime: now ? Date.now() - now.started.getTime() : last ? elapsed(last) : 0,
      LastCrawl: last && lastCrawl(definition.Name!, last),
    };
  }
}

function elapsed(one: Crawl): number {
  return one.ended!.getTime() - one.started.getTime();
}

function lastCrawl(name: string, one: Crawl): glue.LastCrawlInfo {
  return {
    Status: one.result!.status,
    ErrorMessage: one.result!.message,
    LogGroup: CRAWLER_LOG_GROUP,
    LogStream: name,
    MessagePrefix: one.id,
    StartTime: one.started,
  };
}

/** The emulator answers epoch seconds where the SDK's type has a Date. */
function seconds(time: unknown): number {
  return time instanceof Date ? Math.floor(time.getTime() / 1000) : Number(time ?? 0);
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}
