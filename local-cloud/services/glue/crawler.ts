/** Glue crawlers: states, and the operations on them. Definitions stay with the emulator; the crawl is crawlerRun's. */
import { randomUUID } from 'node:crypto';
import type {
  BatchGetCrawlersRequest,
  BatchGetCrawlersResponse,
  Crawler,
  CrawlerHistory,
  CrawlerMetrics,
  DeleteCrawlerRequest,
  DeleteCrawlerResponse,
  GetCrawlerMetricsRequest,
  GetCrawlerMetricsResponse,
  GetCrawlerRequest,
  GetCrawlerResponse,
  GetCrawlersRequest,
  GetCrawlersResponse,
  GetTagsResponse,
  LastCrawlInfo,
  ListCrawlersRequest,
  ListCrawlersResponse,
  ListCrawlsRequest,
  ListCrawlsResponse,
  StartCrawlerRequest,
  StartCrawlerResponse,
  StopCrawlerRequest,
  StopCrawlerResponse,
  UpdateCrawlerRequest,
  UpdateCrawlerResponse,
} from '@aws-sdk/client-glue';
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

  readonly start: Operation<StartCrawlerRequest, StartCrawlerResponse> = async ({ Name }) => {
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

  readonly stop: Operation<StopCrawlerRequest, StopCrawlerResponse> = async ({ Name }) => {
    const one = this.running(await this.definition(Name));
    if (!one) throw new ServiceError('CrawlerNotRunningException', `Crawler with name ${Name} isn't running`);
    if (one.stopping)
      throw new ServiceError('CrawlerStoppingException', `Crawler with name ${Name} is already stopping`);
    one.stopping = true;
    one.controller.abort();
    return {};
  };

  readonly get: Operation<GetCrawlerRequest, GetCrawlerResponse> = async ({ Name }) => ({
    Crawler: this.shown(await this.definition(Name)),
  });

  readonly list: Operation<GetCrawlersRequest, GetCrawlersResponse> = async (input) => {
    const all = (await this.definitions()).map((one) => this.shown(one));
    const { items, NextToken } = page(all, input.MaxResults ?? 100, input.NextToken);
    return { Crawlers: items, NextToken };
  };

  readonly names: Operation<ListCrawlersRequest, ListCrawlersResponse> = async (input) => {
    const names: string[] = [];
    for (const { Name } of await this.definitions()) {
      if (await this.hasTags(Name!, input.Tags)) names.push(Name!);
    }
    const { items, NextToken } = page(names, input.MaxResults ?? 100, input.NextToken);
    return { CrawlerNames: items, NextToken };
  };

  readonly batchGet: Operation<BatchGetCrawlersRequest, BatchGetCrawlersResponse> = async ({ CrawlerNames = [] }) => {
    const all = new Map((await this.definitions()).map((one) => [one.Name!, one]));
    return {
      Crawlers: CrawlerNames.flatMap((name) => (all.has(name) ? [this.shown(all.get(name)!)] : [])),
      CrawlersNotFound: CrawlerNames.filter((name) => !all.has(name)),
    };
  };

  readonly metrics: Operation<GetCrawlerMetricsRequest, GetCrawlerMetricsResponse> = async (input) => {
    const wanted = input.CrawlerNameList;
    const all = (await this.definitions()).filter((one) => !wanted?.length || wanted.includes(one.Name!));
    const { items, NextToken } = page(
      all.map((one) => this.metricsOf(one)),
      input.MaxResults ?? 100,
      input.NextToken,
    );
    return { CrawlerMetricsList: items, NextToken };
  };

  /** Newest first. */
  readonly history: Operation<ListCrawlsRequest, ListCrawlsResponse> = async (input) => {
    if (input.Filters?.length) throw invalid('The local cloud does not filter ListCrawls; leave Filters out.');
    const definition = await this.definition(input.CrawlerName);
    const all = [...this.of(definition)].reverse().map((one) => historyOf(definition.Name!, one));
    const { items, NextToken } = page(all, input.MaxResults ?? 20, input.NextToken);
    return { Crawls: items, NextToken };
  };

  readonly delete: Operation<DeleteCrawlerRequest, DeleteCrawlerResponse> = async (input) => {
    await this.refuseWhileRunning(input.Name);
    await this.cloud.emulate('glue', 'DeleteCrawler', input);
    this.crawls.delete(input.Name!);
    return {};
  };

  readonly update: Operation<UpdateCrawlerRequest, UpdateCrawlerResponse> = async (input) => {
    await this.refuseWhileRunning(input.Name);
    return this.cloud.emulate<UpdateCrawlerResponse>('glue', 'UpdateCrawler', input);
  };

  private async refuseWhileRunning(name: string | undefined): Promise<void> {
    if (this.running(await this.definition(name))) {
      throw new ServiceError('CrawlerRunningException', `Crawler with name ${name} is currently running`);
    }
  }

  private async definition(Name: string | undefined): Promise<Crawler> {
    if (!Name) throw invalid('The name of a crawler is required.');
    try {
      return (await this.cloud.emulate<GetCrawlerResponse>('glue', 'GetCrawler', { Name })).Crawler!;
    } catch (error) {
      if ((error as ServiceError).code !== 'EntityNotFoundException') throw error;
      throw new ServiceError('EntityNotFoundException', `Crawler entry with name ${Name} does not exist`);
    }
  }

  private async definitions(): Promise<readonly Crawler[]> {
    return (await this.cloud.emulate<GetCrawlersResponse>('glue', 'GetCrawlers', {})).Crawlers ?? [];
  }

  private async hasTags(name: string, wanted: Record<string, string> | undefined): Promise<boolean> {
    if (!wanted || Object.keys(wanted).length === 0) return true;
    const ResourceArn = `arn:aws:glue:${this.cloud.region}:${this.cloud.account}:crawler/${name}`;
    const { Tags = {} } = await this.cloud.emulate<GetTagsResponse>('glue', 'GetTags', { ResourceArn });
    return Object.entries(wanted).every(([key, value]) => Tags[key] === value);
  }

  /** The crawls of this crawler, and not of an earlier one with its name (CloudFormation deletes without asking us). */
  private of(definition: Crawler): Crawl[] {
    const born = seconds(definition.CreationTime);
    return (this.crawls.get(definition.Name!) ?? []).filter((one) => one.started.getTime() / 1000 >= born);
  }

  private running(definition: Crawler): Crawl | undefined {
    return this.of(definition).find((one) => !one.ended);
  }

  /** The definition, with the state that it really has. */
  private shown(definition: Crawler): Crawler {
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

  private metricsOf(definition: Crawler): CrawlerMetrics {
    const ended = this.of(definition).filter((one) => one.ended);
    const times = ended.map((one) => elapsed(one) / 1000).sort((a, b) => a - b);
    const last = ended.at(-1);
    return {
      CrawlerName: definition.Name,
      TimeLeftSeconds: 0,
      StillEstimating: this.running(definition) !== undefined,
      LastRuntimeSeconds: last ? elapsed(last) / 1000 : 0,
      MedianRuntimeSeconds: times[Math.floor(times.length / 2)] ?? 0,
      TablesCreated: last?.result?.counts.created ?? 0,
      TablesUpdated: last?.result?.counts.updated ?? 0,
      TablesDeleted: last?.result?.counts.deleted ?? 0,
    };
  }
}

function elapsed(one: Crawl): number {
  return one.ended!.getTime() - one.started.getTime();
}

function lastCrawl(name: string, one: Crawl): LastCrawlInfo {
  return {
    Status: one.result!.status,
    ErrorMessage: one.result!.message,
    LogGroup: CRAWLER_LOG_GROUP,
    LogStream: name,
    MessagePrefix: one.id,
    StartTime: one.started,
  };
}

function historyOf(name: string, one: Crawl): CrawlerHistory {
  const states = { SUCCEEDED: 'COMPLETED', FAILED: 'FAILED', CANCELLED: 'STOPPED' } as const;
  const counts = one.result?.counts;
  return {
    CrawlId: one.id,
    State: one.result ? states[one.result.status] : 'RUNNING',
    StartTime: one.started,
    EndTime: one.ended,
    ErrorMessage: one.result?.message,
    Summary:
      counts && JSON.stringify({ TABLE: { ADD: counts.created, UPDATE: counts.updated, DELETE: counts.deleted } }),
    LogGroup: CRAWLER_LOG_GROUP,
    LogStream: name,
    MessagePrefix: one.id,
  };
}

/** The emulator answers epoch seconds where the SDK's type has a Date. */
function seconds(time: unknown): number {
  return time instanceof Date ? Math.floor(time.getTime() / 1000) : Number(time ?? 0);
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}
