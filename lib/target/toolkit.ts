import { type ChildProcess, spawn } from 'node:child_process';

import { LabError } from '../course/errors';
import { bootstrapLocal, isBootstrapped } from './bootstrap';
import type { Assembly, Deployer, Report, SynthesisInput } from './deployer';
import { programArguments } from './program';
import { removeStack } from './stack-removal';
import { synthesize } from './synth';
import type { Target } from './target';
import { toolkitEnv } from './toolkit-env';
import type { Answer, Job } from './toolkit-protocol';

const BOOTSTRAPPING = 'Bootstrapping the CDK';

/** An error of the toolkit, as the worker saw it. */
export class ToolkitFailure extends Error {
  constructor(
    override readonly name: string,
    message: string,
    /** The toolkit's own sort of error: `bootstrap`, `authentication`, `deployment` ... */
    readonly type: string | undefined,
    /** The first resource that failed, and why. */
    readonly reason: string | undefined,
  ) {
    super(message);
  }
}

export interface ToolkitOptions {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Answers a question of the toolkit's: the code of a multi-factor device. */
  ask(question: string): Promise<string | undefined>;
}

/** Deployments through `@aws-cdk/toolkit-lib`, in a child process that knows one target only. */
export class ToolkitDeployer implements Deployer {
  private worker: { readonly target: Target; readonly process: ChildProcess } | undefined;
  private previous: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ToolkitOptions) {}

  synthesize(input: SynthesisInput): Promise<Assembly> {
    return synthesize(this.options.root, input, this.options.env);
  }

  isBootstrapped(target: Target): Promise<boolean> {
    return isBootstrapped(target);
  }

  async bootstrap(target: Target, report: Report): Promise<void> {
    report(BOOTSTRAPPING);
    if (target.name === 'local') return bootstrapLocal(target, this.options.root);
    await this.request(target, { kind: 'bootstrap', ...this.place(target) }, (_stage, detail) =>
      report(BOOTSTRAPPING, detail),
    );
  }

  prepare(target: Target): void {
    this.start(target).catch(() => undefined);
  }

  async deploy(
    target: Target,
    assembly: Assembly,
    parameters: Readonly<Record<string, string>>,
    report: Report,
  ): Promise<Record<string, string>> {
    const { folder, stackName } = assembly;
    const local = target.name === 'local';
    const job: Job = {
      kind: 'deploy',
      ...this.place(target),
      folder,
      stackName,
      parameters,
      changeSet: !local,
      pollMs: local ? 500 : 2000,
    };
    return this.request(target, job, report);
  }

  async remove(target: Target, stackName: string, report: Report): Promise<void> {
    await removeStack(target, stackName, report);
  }

  async close(): Promise<void> {
    const child = this.worker?.process;
    this.worker = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  private place(target: Target): { account: string; region: string; profile?: string } {
    return { account: target.account, region: target.region, profile: target.shellEnv().AWS_PROFILE };
  }

  /** One job at a time: the worker's answers do not say which job they are of. */
  private request(target: Target, job: Job, report: Report): Promise<Record<string, string>> {
    const answer = this.previous.then(() => this.ask(target, job, report));
    this.previous = answer.catch(() => undefined);
    return answer;
  }

  private async ask(target: Target, job: Job, report: Report): Promise<Record<string, string>> {
    const child = await this.start(target);
    return new Promise((resolve, reject) => {
      let last = '';
      const onSaid = (text: Buffer): void => void (last = (last + text.toString()).slice(-4000));
      const onEnd = (code: number | null): void =>
        finish(() =>
          reject(
            new LabError(`The deployment's process ended with ${code ?? 'a signal'}.`, {
              why: last.trim() || 'It said nothing.',
              next: './lab status',
            }),
          ),
        );
      const onAnswer = (answer: Answer): void => {
        if (answer.kind === 'progress') report(answer.stage, answer.detail);
        else if (answer.kind === 'question') {
          void this.options.ask(answer.text).then((text) => child.send({ kind: 'answer', text: text ?? '' }));
        } else if (answer.kind === 'done') finish(() => resolve(answer.outputs));
        else {
          const failure = new ToolkitFailure(answer.name, answer.message, answer.type, answer.reason);
          failure.stack = answer.stack;
          finish(() => reject(failure));
        }
      };
      const finish = (settle: () => void): void => {
        child.off('message', onAnswer).off('exit', onEnd);
        child.stderr?.off('data', onSaid);
        settle();
      };
      child.on('message', onAnswer).on('exit', onEnd);
      child.stderr?.on('data', onSaid);
      child.send(job);
    });
  }

  private async start(target: Target): Promise<ChildProcess> {
    if (this.worker && this.worker.target !== target) await this.close();
    if (!this.worker) {
      const { root, env } = this.options;
      const child = spawn(process.execPath, programArguments(root, 'lib/target/toolkit-worker.ts'), {
        cwd: root,
        env: toolkitEnv(target, env),
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      child.once('exit', () => (this.worker = undefined));
      this.worker = { target, process: child };
    }
    return this.worker.process;
  }
}
