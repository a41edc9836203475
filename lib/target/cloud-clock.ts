import { systemClock, type Clock } from './clock';

/**
 * The cloud's time, on a machine whose clock is wrong: what AWS says of its things is compared with it. Each answer's
 * `Date` header bounds by how much the machine is wrong; where it may as well be right, it is believed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-date
 */
export class CloudClock implements Clock {
  /** By how many milliseconds the cloud is ahead of the machine, at least and at most. */
  private least = -Infinity;
  private most = Infinity;

  constructor(private readonly machine: Clock = systemClock) {}

  now(): Date {
    return new Date(this.machine.now().getTime() + this.ahead);
  }

  sleep(milliseconds: number): Promise<void> {
    return this.machine.sleep(milliseconds);
  }

  private get ahead(): number {
    return this.least <= 0 && this.most >= 0 ? 0 : (this.least + this.most) / 2;
  }

  /** @param asked when the request left, by the machine, in ms; `answered` likewise. @param date the answer's header */
  learn(asked: number, answered: number, date: string | undefined): void {
    const said = Date.parse(date ?? '');
    if (Number.isNaN(said)) return;
    // The header names whole seconds, and the cloud wrote it at some time between both.
    const [least, most] = [said - answered, said + 1000 - asked];
    const known = { least: Math.max(least, this.least), most: Math.min(most, this.most) };
    // Where this cannot be, somebody has set the machine's clock meanwhile.
    Object.assign(this, known.least <= known.most ? known : { least, most });
  }

  /** Learns from each answer that a client gets. */
  // The SDK's middleware types differ per client; only the names read here matter.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  watch(client: { middlewareStack: any }): void {
    client.middlewareStack.add(
      (next: (args: unknown) => Promise<{ response?: { headers?: Record<string, string> } }>) =>
        async (args: unknown) => {
          const asked = this.machine.now().getTime();
          const answer = await next(args);
          this.learn(asked, this.machine.now().getTime(), answer.response?.headers?.date);
          return answer;
        },
      // Next to the wire: it sees each attempt, and answers that are errors, too.
      { step: 'deserialize', name: 'mlaLabsCloudClock', priority: 'low' },
    );
  }
}
