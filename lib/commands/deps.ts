import { join, resolve } from 'node:path';

import type { Fault } from '../course/fault';
import type { LoadChallenges } from '../course/challenge';
import type { LabId } from '../course/names';
import type { Lab } from '../course/model';
import { labEntry, LABS } from '../course/registry';
import type { LabRun } from '../course/run';
import type { Spending } from '../cost/spending';
import type { Machine } from '../doctor/machine';
import type { Deployer } from '../target/deployer';
import type { OpenTarget } from '../target/target';
import type { Found } from '../teardown/kind';
import type { Ownership } from '../teardown/ownership';
import type { PlannedGroup } from '../teardown/plan';
import type { Residue } from '../teardown/residue';
import type { SweepOptions, SweepResult } from '../teardown/sweep';
import type { Options } from './options';

/** Teardown as commands use it. */
export interface Teardown {
  readOwnership(run: LabRun): Promise<Ownership | undefined>;
  /** The record alone, without asking the stack. */
  readRecord(run: LabRun): Promise<Ownership | undefined>;
  writeRecord(run: LabRun, ownership: Ownership): Promise<void>;
  removeRecord(run: LabRun): Promise<void>;
  inventory(run: LabRun, ownership: Ownership): Promise<Found[]>;
  sweep(run: LabRun, ownership: Ownership, options?: SweepOptions): Promise<SweepResult>;
  residueOf(lab: LabId): readonly Residue[];
  planOf(found: readonly Found[]): PlannedGroup[];
}

/** How it is read what a lab costs by what exists of it. */
export interface Spends {
  spendingOf(run: LabRun, ownership: Ownership, since: Date): Promise<Spending>;
}

/** The labs in a browser. */
export interface Workbench {
  /** Serves the pages on this machine until they are closed. */
  serve(given: {
    readonly deps: Deps;
    /** Place and learner that the pages' commands are about. */
    readonly options: Options;
    readonly progress: (message: string) => void;
    /** Makes sure that the pages are built. @returns their folder */
    readonly site?: (progress: (message: string) => void) => Promise<string>;
  }): Promise<Served>;
}

/** Pages that are served. */
export interface Served {
  /** A link to a page that lets its browser have commands run. */
  link(path: string): string;
  /** Ends when nobody is served any more. */
  readonly closed: Promise<void>;
  /** Interrupts what pages have running, and ends. @returns what each command left */
  close(): Promise<string[]>;
}

/** What commands stand on. Tests give their own; the real ones load on first use, so that `./lab list` starts quickly. */
export interface Deps {
  /** The project's folder, absolute. */
  readonly root: string;
  /** Labs that exist, in the order of the story. */
  readonly labs: readonly LabId[];
  loadLab(id: LabId): Promise<Lab>;
  loadFaults(id: LabId): Promise<readonly Fault[]>;
  readonly loadChallenges: LoadChallenges;
  readonly openTarget: OpenTarget;
  /** Whether a local cloud is kept on this machine: only `up` and `rehearse` start one. */
  localCloudRuns(): Promise<boolean>;
  /** Region of the local cloud that is kept; undefined where none is. */
  localCloudRegion(): Promise<string | undefined>;
  makeDeployer(ask: (question: string) => Promise<string | undefined>): Promise<Deployer>;
  teardown(): Promise<Teardown>;
  spending(): Promise<Spends>;
  /** How this machine is looked at. */
  machine(): Promise<Machine>;
  workbench(): Promise<Workbench>;
}

/** @param workbench what `open` serves pages by: the room beside this one, which lib knows nothing of */
export function realDeps(workbench: Deps['workbench'] = async () => Promise.reject(new Error('no workbench'))): Deps {
  const root = resolve(__dirname, '..', '..');
  return {
    root,
    labs: LABS.map(({ id }) => id),
    async loadLab(id) {
      const entry = labEntry(id);
      if (!entry) throw new Error(`The registry has no lab ${id}.`);
      return entry.lab();
    },
    loadFaults: async (id) => labEntry(id)!.faults(),
    loadChallenges: async (id) => labEntry(id)!.challenges(),
    openTarget: async (name, options) => (await import('../target/index')).openTarget(name, options),
    localCloudRuns: async () => (await import('../target/local')).localCloudRuns(),
    localCloudRegion: async () => (await import('../target/local')).localCloudRegion(),
    makeDeployer: async (ask) =>
      new (await import('../target/toolkit')).ToolkitDeployer({ root, env: process.env, ask }),
    async teardown() {
      const [record, sweep, residue, plan] = await Promise.all([
        import('../teardown/record'),
        import('../teardown/sweep'),
        import('../teardown/residue'),
        import('../teardown/plan'),
      ]);
      return { ...record, ...sweep, ...residue, ...plan };
    },
    spending: async () => import('../cost/spending'),
    workbench,
    async machine() {
      const [{ thisMachine }, local] = await Promise.all([import('../doctor/machine'), import('../target/local')]);
      return thisMachine(root, {
        installed: async () => local.localCloudInstalled(),
        functionNode: async () => local.localFunctionNode(),
      });
    },
  };
}

/** The learner's own folder for a lab. */
export function workFolder(root: string, lab: LabId): string {
  return join(root, 'work', lab);
}
