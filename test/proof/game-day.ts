/** Game days on a stage, by the commands that a learner types. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../../lib/course/fault';
import type { Stage } from './stage';

/** What `check --json` says of a game day. */
interface Said {
  readonly state: string;
  readonly done: boolean;
  readonly saw: string;
  readonly over?: { readonly fault: string; readonly seconds: number };
}

export class GameDays {
  /** @param faults those that are possible in the lab as it stands */
  constructor(
    private readonly stage: Stage,
    private readonly faults: readonly Fault[],
  ) {}

  fault(id: string): Fault {
    return this.faults.find((fault) => fault.id === id)!;
  }

  /** Begins the game day of one fault. @returns its symptom */
  async begin(id: string): Promise<string> {
    const seed = this.faults
      .map((fault) => fault.id)
      .sort()
      .indexOf(id);
    const line = `break ${this.stage.lab.id} --seed ${seed} --target local --json`;
    const { code, out, err } = await this.stage.cli(line);
    if (code !== 0) throw new Error(`${line}: ${code} ${err} ${out}`);
    const note = readFileSync(join(this.stage.workDir, '.game-day.json'), 'utf8');
    if (!note.includes(`"fault": "${id}"`)) throw new Error(`${id} was wanted: ${note}`);
    this.tellsNothing(id, out + err);
    return (JSON.parse(out) as { symptom: string }).symptom;
  }

  /** What a check of the whole lab says of the game day. */
  async check(id: string): Promise<Said> {
    const { out, err } = await this.stage.cli(`check ${this.stage.lab.id} --target local --json`);
    const { gameDay } = JSON.parse(out) as { gameDay?: Said };
    if (gameDay === undefined) throw new Error(`No game day is known: ${out} ${err}`);
    if (!gameDay.done) this.tellsNothing(id, JSON.stringify(gameDay));
    return gameDay;
  }

  /** Expects that a check finds the fault out, and ends the game day with it. */
  async mended(id: string): Promise<void> {
    const { done, saw, over } = await this.check(id);
    expect({ done, saw, over: over?.fault }).toEqual({ done: true, saw, over: id });
  }

  /** Expects that a check finds the fault in. */
  async stillIn(id: string): Promise<void> {
    const { state, saw } = await this.check(id);
    expect({ state, saw }).toEqual({ state: 'not done', saw });
  }

  /** Gives up. @returns what was printed */
  async mend(): Promise<string> {
    const { code, out, err } = await this.stage.cli(`mend ${this.stage.lab.id} --target local`);
    if (code !== 0) throw new Error(`mend: ${code} ${err} ${out}`);
    return out;
  }

  private tellsNothing(id: string, text: string): void {
    const { title, prevented, hints } = this.fault(id);
    const told = [id, title, prevented, ...hints].find((one) => text.includes(one));
    if (told !== undefined) throw new Error(`It is told before it is over: ${told}`);
  }
}
