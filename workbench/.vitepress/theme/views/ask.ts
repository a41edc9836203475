/** How a view asks the server, and what becomes of the answer. */
import { reactive, ref, type Ref } from 'vue';
import type { Problem, ViewId } from '../../../api';
import { ask } from '../ask';

type Words = Readonly<Record<string, string | undefined>>;

const query = (words: Words): string => {
  const given = Object.entries(words).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
};

export const viewPath = (lab: string, view: ViewId, words: Words = {}): string =>
  `/api/labs/${lab}/views/${view}${query(words)}`;
export const rawPath = (lab: string, words: Words): string => `/api/labs/${lab}/raw${query(words)}`;

export interface Asking<T> {
  /** The last answer; it stays while the next one is awaited, and when that is an error. */
  readonly seen: Ref<T | undefined>;
  readonly state: { asking: boolean; problem: Problem | undefined };
  /** Asks; an earlier answer that comes later is dropped. @returns the answer, if it is one */
  get(path: string, body?: unknown, method?: string): Promise<T | undefined>;
}

export function asking<T>(): Asking<T> {
  const seen = ref() as Ref<T | undefined>;
  const state = reactive({ asking: false, problem: undefined as Problem | undefined });
  let latest = 0;
  const get = async (path: string, body?: unknown, method?: string): Promise<T | undefined> => {
    const mine = (latest += 1);
    state.asking = true;
    try {
      const answer = await ask<T>(path, body, method);
      if (mine !== latest) return undefined;
      state.problem = undefined;
      return (seen.value = answer);
    } catch (problem) {
      if (mine === latest) state.problem = problem as Problem;
      return undefined;
    } finally {
      if (mine === latest) state.asking = false;
    }
  };
  return { seen, state, get };
}

const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  for (; count >= 1000 && at < units.length - 1; at += 1) count /= 1000;
  return `${at === 0 ? count : count.toFixed(1)} ${units[at]}`;
}
export const number = (value: number): string => NUMBER.format(value);
export const usd = (value: number): string => (value === 0 ? '0 USD' : `${value.toPrecision(2)} USD`);
export const time = (iso: string | undefined): string =>
  iso === undefined ? '' : new Date(iso).toLocaleString([], { dateStyle: 'short', timeStyle: 'medium' });
