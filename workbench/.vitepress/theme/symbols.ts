import type { State } from '../../api';

/** As the terminal marks them. */
export const SYMBOLS: Readonly<Record<State, string>> = { done: '✓', 'not done': '✗', 'could not look': '?' };
