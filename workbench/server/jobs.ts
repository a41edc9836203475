/** Verbs that pages have run: one at a time for each lab. */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { Deps } from '../../lib/commands/deps';
import { Interrupts } from '../../lib/commands/interrupt';
import type { Options } from '../../lib/commands/options';
import { main } from '../../lib/commands/program';
import { Exit } from '../../lib/course/errors';
import type { Lab } from '../../lib/course/model';
import type { LabId } from '../../lib/course/names';
import { usd } from '../../lib/cost/estimate';
import type { Command, JobEvent, Judged, StatusView } from '../api';
import { argvOf, placeOf } from './commands';
import { PageUi } from './page-ui';

type Standing = StatusView['labs'][number];
interface Costs {
  readonly usdSoFar: number;
  readonly usdPerHour: number;
}

/** A closed laptop comes back to its question; a page that was closed does not keep its lab from others for ever. */
const PATIENCE_MS = 10 * 60_000;

/** One run of a verb. */
export class Job {
  readonly id = randomUUID();
  readonly events: JobEvent[] = [];
  private readonly news = new EventEmitter().setMaxListeners(0);
  private readonly interrupts = new Interrupts();
  private readonly ui = new PageUi((event) => this.keep(event));
  /** Ends with the verb. */
  readonly ended: Promise<number>;
  private followers = 0;
  private deserted: NodeJS.Timeout | undefined;

  constructor(
    /** Undefined for what is about all labs. */
    readonly lab: LabId | undefined,
    readonly command: Command | undefined,
    argv: readonly string[],
    deps: Deps,
    /** How long a question waits when no page is open that shows it, in milliseconds. */
    private readonly patienceMs = PATIENCE_MS,
  ) {
    this.ended = main(argv, deps, this.ui.streams, this.interrupts, () => this.ui)
      .catch((error: unknown) => {
        // What a terminal's command would end its process with must not end the pages.
        this.ui.note(`✗ ${String(error)}`);
        return Exit.Failed;
      })
      .then((exit) => {
        this.keep({ type: 'end', exit, at: this.events.at(-1)?.at ?? 0 });
        return exit;
      });
  }

  get over(): boolean {
    return this.events.at(-1)?.type === 'end';
  }

  /** The document that the verb made, if it has. */
  get document(): unknown {
    return this.events.find((event) => event.type === 'document')?.document;
  }

  /** All that it said. */
  get text(): string {
    return this.events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('\n');
  }

  answer(ask: number, text: string | undefined): boolean {
    return this.ui.answer(ask, text);
  }

  /** Its events from one on, until it ends or nobody listens any more. */
  async *follow(from: number, signal: AbortSignal): AsyncGenerator<[index: number, event: JobEvent]> {
    this.followers += 1;
    this.attend();
    try {
      for (let index = from; !signal.aborted; index += 1) {
        while (index >= this.events.length) {
          if (this.over) return;
          await once(this.news, 'event', { signal }).catch(() => undefined);
          if (signal.aborted) return;
        }
        yield [index, this.events[index]!];
      }
    } finally {
      this.followers -= 1;
      this.attend();
    }
  }

  /** As Ctrl-C does in a terminal. @returns what that says it leaves */
  async interrupt(): Promise<string> {
    const before = this.events.length;
    await this.interrupts.handle(this.ui, () => undefined);
    return this.events
      .slice(before)
      .flatMap((event) => (event.type === 'text' ? [event.text] : []))
      .join('\n');
  }

  private keep(event: JobEvent): void {
    this.events.push(event);
    this.news.emit('event');
    if (event.type === 'ask') this.attend();
  }

  /** Lets a question that nobody sees any more be answered with nothing, as a closed terminal would. */
  private attend(): void {
    clearTimeout(this.deserted);
    if (this.followers > 0) return;
    const asked = this.events.at(-1);
    if (asked?.type === 'ask')
      this.deserted = setTimeout(() => this.answer(asked.ask, undefined), this.patienceMs).unref();
  }
}

/** The jobs of one `./lab open`. */
export class Jobs {
  private readonly latest = new Map<LabId, Job>();
  private readonly verdicts = new Map<string, Judged>();
  private looking: Promise<StatusView> | undefined;

  constructor(
    private readonly deps: Deps,
    private readonly options: Options,
  ) {}

  /** The lab's job that runs, or ran last. */
  of(lab: LabId): Job | undefined {
    return this.latest.get(lab);
  }

  find(id: string): Job | undefined {
    return [...this.latest.values()].find((job) => job.id === id);
  }

  /** What the last check of a step said. */
  judged(lab: LabId, step: string): Judged | undefined {
    return this.verdicts.get(`${lab} ${step}`);
  }

  /** Runs a verb. @returns undefined while another one runs for that lab */
  start(lab: Lab, command: Command): Job | undefined {
    if (this.latest.get(lab.id)?.over === false) return undefined;
    const job = new Job(lab.id, command, [...argvOf(lab, command), ...placeOf(this.options)], this.deps);
    this.latest.set(lab.id, job);
    void job.ended.then((exit) => this.remember(job, exit));
    return job;
  }

  /** What `./lab status` says now; who asks meanwhile gets the same answer. */
  status(): Promise<StatusView> {
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking;
  }

  /** Interrupts what runs. @returns what each says it leaves */
  async close(): Promise<string[]> {
    const running = [...this.latest.values()].filter(({ over }) => !over);
    return Promise.all(running.map((job) => job.interrupt()));
  }

  private async look(): Promise<StatusView> {
    const job = new Job(undefined, undefined, ['status', ...placeOf(this.options)], this.deps);
    const exit = await job.ended;
    type Document = Omit<StatusView, 'labs'> & { readonly labs?: readonly (Standing & Costs)[] };
    const { account, region, labs = [] } = (job.document ?? {}) as Document;
    return {
      exit,
      text: job.text,
      account,
      region,
      labs: labs.map(({ lab, learner, status, leaseEnds, usdSoFar, usdPerHour }) => {
        const cost =
          this.options.target === 'local'
            ? 'nothing, on this machine'
            : `${usd(usdSoFar)} so far, ${usd(usdPerHour)} an hour now (list prices)`;
        return { lab, learner, status, leaseEnds, cost };
      }),
    };
  }

  /** Keeps the verdicts of its document; where a lab was made or removed, those from before say nothing. */
  private remember({ lab, command, document }: Job, exit: number): void {
    if (command?.verb === 'up' || command?.verb === 'down') {
      if (exit !== (Exit.Refused as number))
        for (const key of this.verdicts.keys()) if (key.startsWith(`${lab} `)) this.verdicts.delete(key);
      return;
    }
    type Said = Judged & { readonly id?: string; readonly step?: string; readonly steps?: readonly Said[] };
    const said = (document ?? {}) as Said;
    for (const { id, step = id, state, saw, next } of said.steps ?? [said])
      if (step !== undefined && state !== undefined) this.verdicts.set(`${lab} ${step}`, { state, saw, next });
  }
}
