/** The live parts' one state: the lab whose page is open, and its job. Nothing of it where `./lab open` does not serve. */
import { computed, reactive } from 'vue';
import { type Command, type JobEvent, type LabView, MARK, type Problem, type StatusView } from '../../api';
import { ask, problemText } from './ask';

type Ask = Extract<JobEvent, { type: 'ask' }>;

/** A job as the page has followed it. */
export interface Followed {
  readonly id: string;
  readonly command: Command;
  /** What it said, and the stages that it went through, in their order. */
  lines: { readonly text: string; readonly stage: boolean }[];
  /** What it is at, and since when on this page's clock. */
  stage?: { name: string; detail: string; since: number };
  ask?: Ask;
  document?: unknown;
  exit?: number;
}

export const live = reactive({
  lab: undefined as LabView | undefined,
  status: undefined as StatusView | undefined,
  looking: false,
  job: undefined as Followed | undefined,
  /** What the page has to say for itself: a refusal, a connection that is gone. */
  problem: '',
});

/** The job, if it is one of these verbs about the whole lab; a step's is beside its step, a challenge's beside the challenge. */
export const jobOf = (...verbs: Command['verb'][]): Followed | undefined =>
  live.job && !('step' in live.job.command && live.job.command.step) && verbs.includes(live.job.command.verb)
    ? live.job
    : undefined;

/** The learner's lab of that name, if it stands. */
export const standing = (lab: string): StatusView['labs'][number] | undefined =>
  live.status?.labs.find((one) => one.lab === lab && (!live.lab || one.learner === live.lab.learner));

export const running = computed(() => live.job !== undefined && live.job.exit === undefined);

/** A moment, as a sentence has it. */
export const time = (iso: string): string =>
  new Date(iso).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });

/** Whether `./lab open` serves this page. */
export const served = (): boolean => document.querySelector(`meta[name="${MARK}"]`) !== null;

/** Asks the server. @returns undefined where it refuses, and `live.problem` says why */
export async function call<T>(path: string, body?: unknown, method = 'POST'): Promise<T | undefined> {
  try {
    const answer = await ask<T>(`/api/${path}`, body, method);
    live.problem = '';
    return answer;
  } catch (problem) {
    live.problem = problemText(problem as Problem);
    return undefined;
  }
}

let stream: EventSource | undefined;

/** Shows a lab, and goes on with the job that it has. What stands, the bar on every page asks. */
export async function show(lab: string): Promise<void> {
  leave();
  const view = await refresh(lab);
  if (view?.job) follow(lab, view.job.id, view.job.command);
}

export function leave(): void {
  stream?.close();
  Object.assign(live, { lab: undefined, job: undefined });
}

async function refresh(lab: string): Promise<LabView | undefined> {
  const view = await call<LabView>(`labs/${lab}`);
  if (view) live.lab = view;
  return view;
}

/** Asks what stands, and what it costs. */
export async function look(): Promise<void> {
  if (live.looking) return;
  live.looking = true;
  live.status = (await call<StatusView>('status')) ?? live.status;
  live.looking = false;
}

export async function run(command: Command): Promise<void> {
  const lab = live.lab?.lab;
  if (lab === undefined) return;
  const job = await call<{ id: string; command: Command }>(`labs/${lab}/jobs`, command);
  if (job) follow(lab, job.id, job.command);
  // Another window may have begun it.
  else if (live.problem !== '' && !running.value) {
    const { problem } = live;
    const view = await refresh(lab);
    if (view?.job) follow(lab, view.job.id, view.job.command);
    live.problem = problem;
  }
}

export async function answer(text: string | undefined): Promise<void> {
  const { job } = live;
  if (job?.ask) await call(`jobs/${job.id}/answer`, { ask: job.ask.ask, answer: text });
}

function follow(lab: string, id: string, command: Command): void {
  stream?.close();
  live.job = { id, command, lines: [] };
  const job = live.job;
  // A connection that breaks is made again, from the last event on.
  stream = new EventSource(`/api/jobs/${id}/events`);
  stream.onopen = () => (live.problem = '');
  const here = stream;
  stream.onerror = () =>
    (live.problem =
      here.readyState === EventSource.CLOSED
        ? 'The connection to this command is lost: reload the page, or open the link that ./lab open printed.'
        : 'The connection to ./lab open is broken; trying again.');
  stream.onmessage = ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as JobEvent;
    if (event.type === 'text') job.lines.push({ text: event.text, stage: false });
    else if (event.type === 'ask') job.ask = event;
    else if (event.type === 'answered') job.ask = undefined;
    else if (event.type === 'document') job.document = event.document;
    else if (event.type === 'progress') {
      if (event.stage !== job.stage?.name) {
        job.lines.push({ text: event.stage, stage: true });
        job.stage = { name: event.stage, detail: event.detail, since: Date.now() };
      } else job.stage.detail = event.detail;
    } else {
      job.exit = event.exit;
      job.stage = job.ask = undefined;
      stream?.close();
      void refresh(lab);
      if (command.verb === 'up' || command.verb === 'down' || command.verb === 'extend') void look();
    }
  };
}
