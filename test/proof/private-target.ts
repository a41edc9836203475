/** A private local cloud for one file of proofs, which is held to what others judge when it is closed. */
import { basename, dirname, join } from 'node:path';
import { openTarget, type Target, type TargetOptions } from '../../lib/target';
import type { Invalid } from '../../lib/target/target';
import { LocalCloud } from '../../local-cloud/boot/start';
import { readState } from '../../local-cloud/boot/state';
import { disagreements } from '../iam/agreement';
import { notMissed } from '../iam/exercised';

/**
 * Opens a local cloud that ends with this file. What proofs ask on purpose may break a model; what the cloud answers,
 * and what roles of a lab ask, may not, IAM's decisions must be those of the second engine, and each action that a role was
 * asked for must be missed where it is taken away: otherwise `close` throws.
 */
export async function openPrivateTarget(options: Partial<TargetOptions> = {}): Promise<Target> {
  keepDecisionsApart();
  const target = await openTarget('local', { keep: false, progress: () => undefined, ...options });
  const close = async (): Promise<void> => {
    try {
      await expectConformity(cloudOf(target));
    } finally {
      await target.close();
    }
  };
  return { ...target, close, stop: close };
}

/** Of what IAM decides, each file has a folder of its own, by which test/iam/record.ts names it. */
export function keepDecisionsApart(): void {
  const folder = process.env.LAB_LOCAL_DECISIONS;
  const file = basename(expect.getState().testPath!, '.test.ts');
  if (folder && basename(folder) !== file) process.env.LAB_LOCAL_DECISIONS = join(folder, file);
}

/** The local cloud behind a target, for its time and its inventory. */
export function cloudOf(target: Target): LocalCloud {
  return new LocalCloud(readState(dirname(target.shellEnv().AWS_CA_BUNDLE!))!);
}

/** @throws Error with a line for every answer, and every request of a role, that broke a model, every decision of IAM in dispute, and every action that could be taken away unnoticed */
export async function expectConformity(cloud: LocalCloud): Promise<void> {
  const broken = new Set((await cloud.invalid()).filter(ofTheCloud).map(told));
  const decisions = await cloud.decisions();
  if (decisions.decisions.length === 0 || !decisions.complete)
    throw new Error(
      `The local cloud kept ${decisions.decisions.length} decisions of IAM: too few or too many to judge.`,
    );
  // Most learners of proofs are administrators; what the others may do, rehearsals hold.
  const missed = notMissed(decisions, (who) => who !== 'learner');
  const problems = [...broken, ...disagreements(decisions), ...missed];
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

const ofTheCloud = ({ side, principal }: Invalid): boolean => side === 'answer' || principal.includes(':assumed-role/');
const told = ({ side, operation, member, problem, principal }: Invalid): string =>
  `AWS's model does not allow this ${side} of ${operation} to ${principal}: ${member.replaceAll(/\.\d+\b/g, '.*')} ${problem}`;
