/** A lab on a local cloud of its own, as in a rehearsal: it is torn down with its cloud. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRun } from '../../lib/course/load';
import { type LabId, stackName } from '../../lib/course/names';
import type { Lab, Step } from '../../lib/course/model';
import { labEntry } from '../../lib/course/registry';
import type { LabRun } from '../../lib/course/run';
import { openTarget, type Target } from '../../lib/target';
import { ToolkitDeployer } from '../../lib/target/toolkit';

export class PrivateLab {
  /** The learner's work/, with each exercise solved. */
  private readonly workDir = mkdtempSync(join(tmpdir(), 'mla-labs-bench-'));

  private constructor(
    readonly lab: Lab,
    readonly target: Target,
    private readonly deployer: ToolkitDeployer,
  ) {
    for (const { exercise } of lab.steps) {
      if (exercise) cpSync(join(lab.folder, exercise.solution), join(this.workDir, exercise.file));
    }
  }

  /** A cloud that is bootstrapped; the lab is not deployed yet. */
  static async open(root: string, id: LabId): Promise<PrivateLab> {
    const target = await openTarget('local', { keep: false, faces: [], progress: () => undefined });
    const deployer = new ToolkitDeployer({ root, env: process.env, ask: async () => undefined });
    const opened = new PrivateLab(await labEntry(id)!.lab(), target, deployer);
    await deployer.bootstrap(target, () => undefined);
    return opened;
  }

  /** What `./lab up` does: synthesis and deployment. */
  async deploy(): Promise<void> {
    const assembly = await this.deployer.synthesize({ lab: this.lab.id, learner: 'me', modes: {} });
    try {
      await this.deployer.deploy(this.target, assembly, {}, () => undefined);
    } finally {
      assembly.dispose();
    }
  }

  /** Deletes the stack, and waits for its end. */
  async remove(): Promise<void> {
    await this.deployer.remove(this.target, stackName(this.lab.id, 'me'), () => undefined);
  }

  async run(): Promise<LabRun> {
    const input = { lab: this.lab, learner: 'me', target: this.target, workDir: this.workDir };
    return (await loadRun({ ...input, progress: () => undefined })).run;
  }

  step(id: string): Step {
    return this.lab.steps.find((one) => one.id === id)!;
  }

  async close(): Promise<void> {
    await this.deployer.close();
    await this.target.close();
    rmSync(this.workDir, { recursive: true, force: true });
  }
}
