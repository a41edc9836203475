import { PassThrough } from 'node:stream';
import { Ui } from '../../lib/commands/ui/terminal';
import { printable } from '../../lib/commands/ui/text';
import type { JobEvent } from '../api';

/** An event without its time. */
type Happening = JobEvent extends infer One ? (One extends JobEvent ? Omit<One, 'at'> : never) : never;

/** Tables are laid out for so many columns; a narrower page scrolls them. */
const COLUMNS = 90;

/** What verbs print, as events for a page; what they ask, answered from there. */
export class PageUi extends Ui {
  private readonly began = performance.now();
  private asked = 0;
  private waiting: { readonly ask: number; readonly answer: (text: string | undefined) => void } | undefined;
  private last = '';

  constructor(private readonly onEvent: (event: JobEvent) => void) {
    const nowhere = { write: () => true, columns: COLUMNS };
    super({ stdout: nowhere, stderr: nowhere, stdin: new PassThrough(), env: {}, now: () => performance.now() });
  }

  /** Somebody is there: the page. */
  override get interactive(): boolean {
    return true;
  }

  override say(text = '', first = ''): void {
    this.raw(`${first}${text}`);
  }

  override raw(text: string): void {
    this.emit({ type: 'text', text: printable(text) });
  }

  override note(text: string, first = ''): void {
    this.raw(`${first}${text}`);
  }

  override document(value: unknown): void {
    this.emit({ type: 'document', document: value });
  }

  override progress(stage: string, detail = ''): void {
    const line = `${stage}\0${detail}`;
    if (line === this.last) return;
    this.last = line;
    this.emit({ type: 'progress', stage: printable(stage), detail: printable(detail) });
  }

  override settle(): void {
    this.last = '';
  }

  override async ask(question: string): Promise<string | undefined> {
    return this.question(question, false);
  }

  override async confirm(question: string): Promise<boolean> {
    return (await this.question(question, true)) === 'yes';
  }

  /** Answers the question that waits. @returns false where that one does not wait any more */
  answer(ask: number, text: string | undefined): boolean {
    if (this.waiting?.ask !== ask) return false;
    const { answer } = this.waiting;
    this.waiting = undefined;
    this.emit({ type: 'answered', ask });
    answer(text);
    return true;
  }

  private question(question: string, confirm: boolean): Promise<string | undefined> {
    const ask = (this.asked += 1);
    return new Promise((resolve) => {
      this.waiting = { ask, answer: (text) => resolve(text?.trim() || undefined) };
      this.emit({ type: 'ask', ask, question: printable(question), confirm });
    });
  }

  private emit(event: Happening): void {
    this.onEvent({ ...event, at: Math.round(performance.now() - this.began) } as JobEvent);
  }
}
