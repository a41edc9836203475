import { mkdirSync } from 'node:fs';

import type { Lab, Step } from '../course/model';
import { LabError } from '../course/errors';
import type { LabRun } from '../course/run';
import type { Assembly, Deployer } from '../target/deployer';
import type { Denied, Invalid, Target } from '../target/target';
import type { Context } from './context';
import type { FieldReport } from './field-report';
import { messageOf } from './messages';
import { distinct, round, stateOf, type LabReport, type Seen, type StepReport } from './rehearsal-report';
import { placeExercise } from '../course/exercises';
import { receiptOf } from './receipt';
import { planRemoval, removeLab } from './removal';
import { duration } from './ui/text';
import { planFor, standUp } from './up';
import { judge, judgeAfterActing } from './verdict';

/** Times that the inventory is asked again while something is still going: deletions of AWS end a little later than they say. */
const LOOKS = 10;
/**
 * Time that passes after the last step. A schedule that looks each hour at the whole hour before, at whatever minute,
 * has by then looked at what the last steps left; no lease is over so soon.
 */
const PASSED_SECONDS = 90 * 60;

/** One lab, from up to down. */
export class LabRehearsal {
  private readonly steps: StepReport[] = [];
  /** What checks saw before the step that sets theirs going. */
  private readonly lookedBefore = new Map<string, Seen>();
  private failure: string | undefined;
  private machineFailed = false;
  /** Whether there is something of this rehearsal to take down. */
  private made = false;

  constructor(
    private readonly context: Context,
    private readonly target: Target,
    private readonly deployer: Deployer,
    private readonly lab: Lab,
    private readonly workDir: string,
    private readonly fieldReport?: FieldReport,
  ) {}

  async run(assembly: Promise<Assembly>): Promise<{ report: LabReport; machineFailed: boolean }> {
    const { ui } = this.context;
    const { lab, target } = this;
    mkdirSync(this.workDir, { recursive: true });
    ui.settle();
    ui.say(`${ui.colours.bold(lab.id)}: ${lab.title}`);
    const deniedBefore = (await target.denied()).length;
    const invalidBefore = new Set((await target.invalid()).map((one) => JSON.stringify(one)));
    const before = new Set(await target.inventory());

    const start = this.now();
    await this.aboutLab(assembly);
    this.fieldReport?.enter('up');
    const stands = await this.guard('up', () => this.standUp(assembly));
    this.fieldReport?.leave(stands);
    const up = this.now();
    if (stands) {
      this.line(true, 'up', up - start);
      await this.walk();
      if (this.steps.length === lab.steps.length) await this.guard('time', () => this.checkAgain());
    }
    const stepped = this.now();
    const leftovers: string[] = [];
    await this.countCost();
    this.fieldReport?.enter('down');
    const went = await this.guard('down', async () => void leftovers.push(...(await this.takeDown())));
    this.fieldReport?.leave(went && leftovers.length === 0);
    leftovers.push(...(await this.newSince(before)));
    const end = this.now();
    if (went) this.line(leftovers.length === 0, 'down', end - stepped);
    for (const one of leftovers) ui.say(`left over: ${one}`, '    ');
    const denied = distinct((await target.denied()).slice(deniedBefore));
    this.tellDenied(denied);
    const invalid = await this.newlyInvalid(invalidBefore);
    this.tellInvalid(invalid);

    const passed = this.steps.filter(({ ok }) => ok).length;
    const failed = this.steps.length - passed;
    const teardown = await this.context.deps.teardown();
    const report: LabReport = {
      lab: lab.id,
      ok:
        this.failure === undefined &&
        stands &&
        went &&
        failed === 0 &&
        passed === lab.steps.length &&
        leftovers.length === 0 &&
        invalid.length === 0 &&
        // Code that goes on without what it asked for would hide a permission that is missing on AWS.
        denied.length === 0,
      steps: this.steps,
      checks: { passed, failed },
      seconds: {
        up: round(up - start),
        steps: round(stepped - up),
        down: round(end - stepped),
        total: round(end - start),
      },
      denied,
      invalid,
      leftovers,
      residue: teardown.residueOf(lab.id).map(({ what }) => what),
      ...(this.failure !== undefined && { error: this.failure }),
    };
    this.fieldReport?.finished(report);
    return { report, machineFailed: this.machineFailed };
  }

  /** Tells the report which words are the lab's own. */
  private async aboutLab(pending: Promise<Assembly>): Promise<void> {
    if (!this.fieldReport) return;
    const { id, steps, folder } = this.lab;
    // That it cannot be synthesized is told where it is deployed.
    const template = await pending.then(({ template: synthesized }) => JSON.stringify(synthesized)).catch(() => '');
    this.fieldReport.about(id, [template, folder.replace(/.*\//, ''), ...steps.map((step) => step.id)]);
  }

  private async standUp(pending: Promise<Assembly>): Promise<void> {
    const assembly = await pending;
    try {
      const loaded = await this.context.run(this.lab, this.target, this.workDir);
      const plan = planFor(this.context, this.lab, loaded);
      if (plan !== 'create') {
        throw new LabError(`The stack ${loaded.run.stackName} is there already (${loaded.standing?.status}).`, {
          why: 'A rehearsal makes its lab anew and removes it: it would take away yours.',
          next: `./lab down ${this.lab.id}${this.context.suffix}, or rehearse as another learner: --learner rehearsal`,
        });
      }
      const { target, deployer } = this;
      // From here on a failure leaves something of ours; a stack that was there before is not.
      this.made = true;
      await standUp(this.context, { target, deployer, assembly, plan, bootstrap: false });
    } finally {
      if (this.made) await this.fieldReport?.history(assembly.stackName);
      assembly.dispose();
      // What deploys holds 200 MB, and the engines of the steps need the memory.
      await this.deployer.close();
    }
  }

  private async walk(): Promise<void> {
    const { run } = await this.context.run(this.lab, this.target, this.workDir);
    for (const step of this.lab.steps) {
      const report = await this.rehearseStep(run, step);
      this.steps.push(report);
      if (report.ok) this.line(true, step.id, report.seconds);
      else {
        this.line(false, step.id, report.seconds);
        const { ui } = this.context;
        ui.say(`before: ${stateOf(report.before)}. ${report.before.saw}`, '    ');
        ui.say(`after: ${stateOf(report.after)}. ${report.after.saw}`, '    ');
        const reached = this.lab.steps.indexOf(step) + 1;
        if (reached < this.lab.steps.length)
          ui.say(`${this.lab.steps.length - reached} further steps are not rehearsed.`, '    ');
        return;
      }
    }
  }

  /** What the schedules do must undo no step. */
  private async checkAgain(): Promise<void> {
    if (this.target.passTime === undefined || !this.steps.every(({ ok }) => ok)) return;
    const { ui } = this.context;
    const start = this.now();
    this.fieldReport?.enter('again');
    const { run } = await this.context.run(this.lab, this.target, this.workDir);
    run.progress('Letting time pass over the schedules');
    for (const ran of await this.target.passTime(PASSED_SECONDS)) run.progress(ran);
    // One after the other: a check would see queries of the others that still run, and no two recordings would be alike.
    for (const [at, step] of this.lab.steps.entries()) {
      run.progress(`Checking ${step.id} again`);
      const again = await this.look(run, step);
      this.steps[at] = { ...this.steps[at]!, ok: again.done, again };
    }
    const undone = this.steps.filter(({ ok }) => !ok);
    this.line(undone.length === 0, 'every check again, after the schedules', this.now() - start);
    for (const { id, again } of undone)
      ui.say(`${id}, once its schedules had run: ${stateOf(again!)}. ${again!.saw}`, '    ');
  }

  private async look(run: LabRun, step: Step, judgment = judge): Promise<Seen> {
    try {
      const { done, saw } = await judgment(run, step);
      return { done, saw };
    } catch (error) {
      return { done: false, saw: this.tell(error), state: 'could not look' };
    }
  }

  private lookBefore(run: LabRun, step: Step): Promise<Seen> {
    run.progress(`Checking ${step.id} before it is done`);
    return this.look(run, step);
  }

  /** Before it is taken down: what it has cost. Only a report asks. */
  private async countCost(): Promise<void> {
    if (!this.fieldReport || !this.made) return;
    this.fieldReport.enter('cost');
    try {
      const { run, standing } = await this.context.run(this.lab, this.target, this.workDir);
      const ownership = await (await this.context.deps.teardown()).readOwnership(run);
      if (!standing || !ownership) return;
      const { spendingOf } = await this.context.deps.spending();
      this.fieldReport.cost(await spendingOf(run, ownership, standing.createdAt));
    } catch (error) {
      // It is a help, and no part of the rehearsal.
      this.fieldReport.failed(error);
    }
  }

  private async rehearseStep(run: LabRun, step: Step): Promise<StepReport> {
    const start = this.now();
    this.fieldReport?.enter(`check ${step.id} before`);
    const before = this.lookedBefore.get(step.id) ?? (await this.lookBefore(run, step));
    this.fieldReport?.leave(before.state === undefined && !before.done, before.saw);
    for (const next of this.lab.steps)
      if (next.begunBy === step.id) this.lookedBefore.set(next.id, await this.lookBefore(run, next));
    // A check that cannot look proves nothing, before its step or after it.
    const looked = before.state === undefined;
    let after: Seen = { done: false, saw: 'The step was not reached.' };
    try {
      if (looked) {
        if (step.exercise) placeExercise(this.lab, step.exercise.solution, step.exercise, this.workDir);
        this.fieldReport?.enter(`step ${step.id}`);
        run.progress(step.title);
        await step.act(run);
        this.fieldReport?.leave(true);
        this.fieldReport?.enter(`check ${step.id} after`);
        run.progress(`Checking ${step.id}`);
        after = await this.look(run, step, judgeAfterActing);
        this.fieldReport?.leave(after.done, after.saw);
      }
    } catch (error) {
      after = { done: false, saw: this.tell(error) };
      this.fieldReport?.leave(false, after.saw);
    }
    return {
      id: step.id,
      ok: looked && !before.done && after.done,
      seconds: round(this.now() - start),
      before,
      after,
    };
  }

  /** @returns what could not be removed */
  private async takeDown(): Promise<string[]> {
    if (!this.made) return [];
    const teardown = await this.context.deps.teardown();
    const { run, standing } = await this.context.run(this.lab, this.target, this.workDir);
    const removal = await planRemoval(run, standing, teardown);
    if (!removal) return [];
    const start = this.now();
    const removed = await removeLab(this.context, this.target, this.deployer, removal, teardown);
    const { left, failure } = removed;
    this.fieldReport?.receipt(await receiptOf(this.context, removal, removed, this.now() - start));
    if (standing) await this.fieldReport?.history(standing.id);
    if (failure !== undefined) throw failure;
    return left.map(({ found, error }) => `${found.kind} ${found.id}: ${error}`);
  }

  private async newSince(before: ReadonlySet<string>): Promise<string[]> {
    let fresh: string[] = [];
    for (let look = 0; look < LOOKS; look += 1) {
      fresh = (await this.target.inventory()).filter((one) => !before.has(one));
      if (fresh.length === 0) break;
      await this.target.clock.sleep(this.target.clients.pollMs);
    }
    return fresh;
  }

  /** Runs a part whose failure is the machine's or the cloud's, and goes on. */
  private async guard(part: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.machineFailed = true;
      const told = this.tell(error);
      this.failure ??= `${part}: ${told}`;
      this.line(false, part);
      this.context.ui.say(told, '    ');
      return false;
    }
  }

  private tell(error: unknown): string {
    this.fieldReport?.failed(error);
    const { what, why } = messageOf(error, {
      command: `rehearse ${this.lab.id}`,
      suffix: '',
      options: this.context.options,
    });
    if (this.context.options.verbose) this.context.ui.note((error as Error).stack ?? '');
    return `${what} ${why}`;
  }

  private tellDenied(denied: readonly Denied[]): void {
    for (const { principal, action, resource } of denied)
      this.context.ui.say(`IAM refused: ${principal} ${action} on ${resource}`, '    ');
  }

  /** What this lab broke; of what an earlier lab of the same cloud broke as well, that one tells. */
  private async newlyInvalid(before: ReadonlySet<string>): Promise<readonly Invalid[]> {
    return (await this.target.invalid()).filter((one) => !before.has(JSON.stringify(one)));
  }

  private tellInvalid(invalid: readonly Invalid[]): void {
    for (const { principal, client, side, operation, member, problem } of invalid) {
      const whose = side === 'request' ? `${operation} by ${principal} (${client})` : `the answer to ${operation}`;
      this.context.ui.say(`Not as AWS has it: ${whose}${member && `, ${member}`}: ${problem}`, '    ');
    }
  }

  private line(ok: boolean, name: string, seconds?: number): void {
    const { ui } = this.context;
    ui.settle();
    ui.say(
      `${ok ? ui.colours.green('✓') : ui.colours.red('✗')} ${name}${seconds === undefined ? '' : `: ${duration(seconds)}`}`,
      '  ',
    );
  }

  private now(): number {
    return this.context.ui.streams.now() / 1000;
  }
}
