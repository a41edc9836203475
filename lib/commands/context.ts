import { loadRun, type LoadedRun } from '../course/load';
import type { Lab, Step } from '../course/model';
import { Exit, LabError } from '../course/errors';
import type { TargetName } from '../course/run';
import type { Deployer } from '../target/deployer';
import type { Target } from '../target/target';
import { type Deps, workFolder } from './deps';
import type { Interrupts } from './interrupt';
import { EVERYONE, noSuch, type Options, wrongUse } from './options';
import type { Ui } from './ui/terminal';

/** What a verb gets. */
export class Context {
  private opened: Promise<Target> | undefined;
  private made: Promise<Deployer> | undefined;

  constructor(
    readonly ui: Ui,
    readonly options: Options,
    readonly deps: Deps,
    readonly interrupts: Interrupts,
  ) {}

  /** ` --target local --learner ana`: what makes a command that we print mean the same place. */
  get suffix(): string {
    return this.suffixIn(this.options.region);
  }

  /** The same, in a Region. */
  suffixIn(region: string | undefined): string {
    const { target, profile, learner, everyone } = this.options;
    return [
      target && ` --target ${target}`,
      profile && ` --profile ${profile}`,
      region && ` --region ${region}`,
      everyone ? ` --learner '${EVERYONE}'` : learner !== 'me' && ` --learner ${learner}`,
    ]
      .filter(Boolean)
      .join('');
  }

  /** The lab of that name. @throws LabError with the nearest names */
  async lab(name: string): Promise<Lab> {
    const id = this.deps.labs.find((one) => one === name);
    if (id) return this.deps.loadLab(id);
    const what = `There is no lab ${JSON.stringify(name)}.`;
    throw noSuch(what, name, this.deps.labs, `The labs are ${this.deps.labs.join(', ')}.`, './lab list');
  }

  step(lab: Lab, id: string): Step {
    const step = lab.steps.find((one) => one.id === id);
    if (step) return step;
    const ids = lab.steps.map((one) => one.id);
    const what = `The lab ${lab.id} has no step ${JSON.stringify(id)}.`;
    throw noSuch(what, id, ids, `Its steps are ${ids.join(', ')}.`, `./lab guide ${lab.id}`);
  }

  /**
   * Where the command runs.
   *
   * @param example the command without `./lab`, for the next line of a message
   * @throws LabError when nobody said
   */
  targetName(example: string): TargetName {
    const { target } = this.options;
    if (target) return target;
    throw wrongUse(
      'No target is given.',
      'aws is your own account; local is this machine, without an account and at no cost. LAB_TARGET=local in your shell says it for all commands.',
      `./lab ${example} --target local`,
      { wrong: '', right: 'local', option: '--target' },
    );
  }

  /** The target, opened once. Only `up` may start a local cloud; other verbs use what runs. */
  async target(example: string, start = false): Promise<Target> {
    const name = this.targetName(example);
    if (name === 'local' && !start && !this.opened && !(await this.deps.localCloudRuns())) {
      const words = example.split(' ');
      throw new LabError('No local cloud is running.', {
        why: 'Nothing is deployed on the local target.',
        next: `./lab up ${this.deps.labs.find((one) => words.includes(one)) ?? this.deps.labs[0] ?? 'data-prep'}${this.suffix}`,
        exit: Exit.WrongUse,
      });
    }
    if (!this.opened) await this.refuseOtherRegion(name, example);
    this.opened ??= this.open(name, true);
    return this.opened;
  }

  /** @throws LabError where the local cloud that is kept has another Region than the one asked for */
  private async refuseOtherRegion(name: TargetName, example: string): Promise<void> {
    const { region } = this.options;
    const kept = name === 'local' && region !== undefined ? await this.deps.localCloudRegion() : undefined;
    if (kept === undefined || kept === region) return;
    const there = this.suffixIn(kept);
    const anew = example.startsWith('up ') ? `, or ./lab down --all${there} before you start one in ${region}` : '';
    throw new LabError(`The local cloud runs in Region ${kept}, not in ${region}.`, {
      why: 'One is kept at a time, in one Region: whatever stands on the local target stands there.',
      next: `./lab ${example}${there}${anew}`,
      exit: Exit.WrongUse,
    });
  }

  /**
   * Opens a target.
   *
   * @param keep whether it is the learner's kept local cloud; otherwise a private one, as rehearsals have it
   * @param faces conditions of AWS that a local cloud simulates
   */
  async open(name: TargetName, keep: boolean, faces?: readonly string[]): Promise<Target> {
    const { profile, region } = this.options;
    const target = await this.deps.openTarget(name, {
      profile,
      region,
      keep,
      ...(faces && { faces }),
      // Who rehearses has no more than whoever does the lab in an account by what docs/permissions gives.
      ...(!keep && { learner: 'policy' as const }),
      progress: (message) => this.ui.progress(message),
    });
    if (!keep) this.opened = Promise.resolve(target);
    return target;
  }

  async deployer(): Promise<Deployer> {
    this.made ??= this.deps.makeDeployer((question) => this.ui.ask(question));
    return this.made;
  }

  /** The lab on the target, as it stands. */
  async run(lab: Lab, target: Target, workDir = workFolder(this.deps.root, lab.id)): Promise<LoadedRun> {
    const { learner } = this.options;
    return loadRun({ lab, learner, target, workDir, progress: (message) => this.ui.progress(message) });
  }

  /** Lets go of all that was opened. */
  async close(): Promise<void> {
    const { made, opened } = this;
    this.made = undefined;
    this.opened = undefined;
    await (await made?.catch(() => undefined))?.close();
    await (await opened?.catch(() => undefined))?.close();
  }
}

/** A verb: what it does with its arguments, and the exit code. */
export type Verb = (context: Context, args: Readonly<Record<string, string | undefined>>) => Promise<number>;
