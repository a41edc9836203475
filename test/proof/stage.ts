/** A private local cloud with a lab in it, for scenarios that a rehearsal does not play. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { Context } from '../../lib/commands/context';
import { type Deps, realDeps } from '../../lib/commands/deps';
import { planRemoval, removeLab } from '../../lib/commands/removal';
import { loadRun } from '../../lib/course/load';
import { type LabId, stackName } from '../../lib/course/names';
import type { Lab, Step, Verdict } from '../../lib/course/model';
import { labEntry } from '../../lib/course/registry';
import type { LabRun } from '../../lib/course/run';
import type { Target } from '../../lib/target';
import type { LearnerRights } from '../../lib/target/target';
import { Clients } from '../../lib/target/clients';
import { systemClock } from '../../lib/target/clock';
import { CloudClock } from '../../lib/target/cloud-clock';
import type { Assembly, Deployer, SynthesisInput, Template } from '../../lib/target/deployer';
import { ToolkitDeployer } from '../../lib/target/toolkit';
import { describeStack } from '../../lib/teardown/stack';
import type { LocalCloud } from '../../local-cloud/boot/start';
import { AwsCli } from './aws-cli';
import { cloudOf, openPrivateTarget } from './private-target';
import { type CliResult, runCli } from './run-cli';

export const ROOT = resolve(__dirname, '..', '..');

type Statement = { Effect: string; Action: string | string[]; Resource: unknown };

/** Synthesized once in a test run, as the code does not change meanwhile; kept in the run's own folder. */
async function assemblyOf(deployer: Deployer, input: SynthesisInput): Promise<Assembly> {
  const key = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 16);
  const folder = join(process.env.MLA_LABS_TEST_FOLDER!, 'assemblies', key);
  const name = stackName(input.lab, input.learner);
  if (!existsSync(folder)) {
    const made = await deployer.synthesize(input);
    const own = `${folder}.${process.pid}`;
    cpSync(made.folder, own, { recursive: true });
    made.dispose();
    // Another worker may have been first: it made the same.
    if (existsSync(folder)) rmSync(own, { recursive: true });
    else renameSync(own, folder);
  }
  const template = JSON.parse(readFileSync(join(folder, `${name}.template.json`), 'utf8')) as Template;
  return { stackName: name, folder, template, dispose: () => undefined };
}

/** A lab on a private local cloud, driven as its learner drives it. */
export class Stage {
  /** Stands for the project's folder: data/ and labs/ as they are, work/ of its own. */
  readonly folder = mkdtempSync(join(tmpdir(), 'mla-labs-proof-'));
  private readonly said: string[] = [];
  private aws?: AwsCli;

  private constructor(
    readonly target: Target,
    private readonly deployer: Deployer,
    readonly lab: Lab,
    readonly learner: string,
    /** Whether the cloud is another stage's, which ends it. */
    private readonly guest = false,
  ) {
    for (const room of ['data', 'labs', 'lib', 'node_modules']) symlinkSync(join(ROOT, room), join(this.folder, room));
    mkdirSync(this.workDir, { recursive: true });
    for (const { exercise } of lab.steps) {
      if (exercise) cpSync(join(lab.folder, exercise.solution), join(this.workDir, exercise.file));
    }
  }

  /**
   * @param faces conditions of AWS that the cloud simulates (boot/faces.ts)
   * @param rights what the learner may do @default everything
   */
  static async open(lab: LabId, learner = 'me', faces?: readonly string[], rights?: LearnerRights): Promise<Stage> {
    const target = await openPrivateTarget({ faces, learner: rights });
    const deployer = new ToolkitDeployer({ root: ROOT, env: process.env, ask: async () => undefined });
    const stage = new Stage(target, deployer, await labEntry(lab)!.lab(), learner);
    await deployer.bootstrap(target, () => undefined);
    return stage;
  }

  /** Another lab of the same learner in the same cloud. */
  async beside(lab: LabId): Promise<Stage> {
    return new Stage(this.target, this.deployer, await labEntry(lab)!.lab(), this.learner, true);
  }

  /** The local cloud behind the target, for its time and its inventory. */
  get cloud(): LocalCloud {
    return cloudOf(this.target);
  }

  get workDir(): string {
    return join(this.folder, 'work', this.lab.id);
  }

  /** Deploys the lab, for this stage's learner or another. */
  async up(
    learner = this.learner,
    modes: Readonly<Record<string, string>> = {},
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const assembly = await assemblyOf(this.deployer, { lab: this.lab.id, learner, modes });
    await this.deployer.deploy(this.target, assembly, parameters, () => undefined);
  }

  /** Deletes the stack as `npx cdk destroy` does, without anything of `down`. Throws CloudFormation's reasons. */
  async destroy(learner = this.learner): Promise<void> {
    const { standing } = await loadRun({ lab: this.lab, learner, target: this.target, progress: () => undefined });
    const { cloudformation, pollMs } = this.target.clients;
    const StackName = standing!.id;
    await cloudformation.send(new DeleteStackCommand({ StackName }));
    for (;;) {
      const [stack] = (await cloudformation.send(new DescribeStacksCommand({ StackName }))).Stacks ?? [];
      if (!stack || stack.StackStatus === 'DELETE_COMPLETE') return;
      if (stack.StackStatus === 'DELETE_FAILED') break;
      await this.target.clock.sleep(pollMs);
    }
    const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName }));
    const failed = StackEvents.filter((event) => event.ResourceStatus === 'DELETE_FAILED');
    throw new Error(failed.map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`).join('\n'));
  }

  /** Whether CloudFormation knows the learner's stack no more. */
  async stackIsGone(): Promise<boolean> {
    return (await describeStack(await this.run())) === undefined;
  }

  async run(learner = this.learner): Promise<LabRun> {
    const input = { lab: this.lab, learner, target: this.target, workDir: this.workDir };
    return (await loadRun({ ...input, progress: (line) => this.said.push(line) })).run;
  }

  /** All verdicts of a learner whose machine's clock is wrong by some seconds, the cloud's being right. */
  async verdictsAt(seconds: number): Promise<Verdict[]> {
    const machine = { ...systemClock, now: () => new Date(Date.now() + seconds * 1000) };
    const clock = new CloudClock(machine);
    const clients = new Clients({ ...this.target.clients.settings, clock });
    const target = { ...this.target, clock, clients };
    const input = { lab: this.lab, learner: this.learner, target, workDir: this.workDir, progress: () => undefined };
    const { run } = await loadRun(input);
    const verdicts: Verdict[] = [];
    for (const step of this.lab.steps) verdicts.push(await step.check(run));
    clients.destroy();
    return verdicts;
  }

  step(id: string): Step {
    return this.lab.steps.find((step) => step.id === id)!;
  }

  /** Does steps; throws what the learner would be told. */
  async act(...ids: string[]): Promise<void> {
    for (const id of ids) await this.step(id).act(await this.run());
  }

  async check(id: string): Promise<Verdict> {
    return this.step(id).check(await this.run());
  }

  /** What the learner is told when a step fails: what, why and next in one text; empty when it does not fail. */
  async failure(id: string): Promise<string> {
    try {
      await this.act(id);
      return '';
    } catch (error) {
      const { message, why = '', next = '' } = error as Error & { why?: string; next?: string };
      return `${message} ${why} ${next}`;
    }
  }

  /** Writes the learner's own work. */
  write(file: string, text: string): void {
    writeFileSync(join(this.workDir, file), text);
  }

  /** Puts the reference solution of a step back. */
  writeSolution(id: string): void {
    const exercise = this.step(id).exercise!;
    cpSync(join(this.lab.folder, exercise.solution), join(this.workDir, exercise.file));
  }

  /** Runs a line in a shell that talks to this cloud, with the stock AWS CLI on its path. */
  shell(line: string): { status: number | null; output: string } {
    this.aws ??= new AwsCli();
    return this.aws.shell(this.target, line, { cwd: this.folder });
  }

  /** What commands stand on: this stage's folder, and its cloud, which no command ends. */
  deps(): Deps {
    const target = { ...this.target, close: async () => undefined, stop: async () => undefined };
    return {
      ...realDeps(),
      root: this.folder,
      openTarget: async () => target,
      localCloudRuns: async () => true,
      localCloudRegion: async () => target.region,
    };
  }

  /** Runs a command line of `./lab` against this cloud. */
  cli(line: string): Promise<CliResult> {
    return runCli(line.split(' '), this.deps(), { COLUMNS: '100' });
  }

  /** Physical id of a resource of the stack whose logical id begins so. */
  async physical(type: string, logical: string): Promise<string> {
    const { stackName } = await this.run();
    const answer = await this.target.clients.cloudformation.send(
      new DescribeStackResourcesCommand({ StackName: stackName }),
    );
    const found = (answer.StackResources ?? []).find(
      (one) => one.ResourceType === type && one.LogicalResourceId!.startsWith(logical),
    );
    if (!found)
      throw new Error(
        `no ${type} ${logical} in ${(answer.StackResources ?? []).map((r) => r.LogicalResourceId).join(' ')}`,
      );
    return found.PhysicalResourceId!;
  }

  /**
   * Takes one action away from a role's own policies.
   *
   * @returns puts it back
   */
  async revoke(role: string, action: string): Promise<() => Promise<void>> {
    const { iam } = this.target.clients;
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
    const before: { name: string; document: string }[] = [];
    for (const name of PolicyNames) {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }));
      const document = decodeURIComponent(PolicyDocument!);
      before.push({ name, document });
      const parsed = JSON.parse(document) as { Version: string; Statement: Statement[] };
      const Statement = parsed.Statement.map((one) => ({
        ...one,
        Action: [one.Action].flat().filter((a) => a !== action),
      })).filter((one) => one.Action.length > 0);
      const changed = JSON.stringify({ ...parsed, Statement });
      if (Statement.length === 0) await iam.send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: name }));
      else await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: changed }));
    }
    if (!before.some(({ document }) => document.includes(`"${action}"`))) {
      throw new Error(`${role} was never allowed ${action}: ${before.map(({ document }) => document).join(' ')}`);
    }
    return async () => {
      for (const { name, document } of before) {
        await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: document }));
      }
    };
  }

  /** Sweeps, deletes the stack, sweeps again and removes the record, as `down` does. @returns kinds and ids of what was swept */
  async down(): Promise<string[]> {
    const { run, standing } = await loadRun({
      lab: this.lab,
      learner: this.learner,
      target: this.target,
      progress: () => undefined,
    });
    const teardown = await realDeps().teardown();
    const removal = await planRemoval(run, standing, teardown);
    const context = { ui: { progress: () => undefined } } as unknown as Context;
    const { swept, left, failure } = await removeLab(context, this.target, this.deployer, removal!, teardown);
    if (failure !== undefined) throw failure;
    if (left.length > 0)
      throw new Error(left.map(({ found, error }) => `${found.kind} ${found.id}: ${error}`).join('\n'));
    return swept.map(({ kind, id }) => `${kind} ${id}`);
  }

  async close(): Promise<void> {
    this.aws?.stop();
    if (this.guest) {
      rmSync(this.folder, { recursive: true, force: true });
      return;
    }
    try {
      await this.deployer.close();
      await this.target.close();
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
