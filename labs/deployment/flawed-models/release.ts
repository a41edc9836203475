/** Models that are released for practice: a broken one, a worse one, and a thin one that passes every test. */
import { readObject } from '../../../lib/aws/s3';
import { parseS3 } from '../../../lib/aws/sagemaker';
import { decide, numberOf, versionsOf } from '../../../lib/aws/versions';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { deleteStackCommand } from '../aws-cli';
import { figuresOn, type Flights } from '../model/flights';
import { loadBooster, readBooster, flawedArchive, THIN_TREES, type Flaw } from '../model/archive';
import { testRows } from '../model/first-model';
import type { LabResources } from '../resources';
import { releasesOfVersion, type Release } from '../release/releases';
import { awaitRelease, startRelease } from '../release/start';
import { servingAt } from '../endpoint/serving';
import { computeAuc } from '../approval/smoke-test';
import {
  artifactOf,
  FLAW_PROPERTY,
  qualityReport,
  registerModel,
  type Figures,
  type Lineage,
  type Version,
} from '../model/versions';

/** What was done to each model, as its description says. */
export const FLAW_DESCRIPTIONS: Readonly<Record<Flaw, string>> = {
  broken: 'For practice: a model file that was cut off half-way.',
  worse: 'For practice: a model whose trees have lost their signs; it scores upside down.',
  thin: `For practice: a model of ${THIN_TREES} trees, evaluated honestly.`,
};

/** A version with what its model really is, found by running it here. */
export interface MeasuredVersion {
  readonly version: Version;
  readonly arn: string;
  readonly number: number;
  /** What is wrong with its model; undefined for a sound one. */
  readonly flaw?: Flaw;
  /** On the smoke test's flights; undefined for a model that does not load. */
  readonly auc?: number;
}

/** Every version of the group, newest first. */
export async function measuredVersions(
  run: LabRun,
  resources: LabResources,
  flights: Flights,
): Promise<MeasuredVersion[]> {
  const judged: MeasuredVersion[] = [];
  for (const version of await versionsOf(run, resources.group)) {
    const known = { version, arn: version.ModelPackageArn!, number: numberOf(version) };
    const booster = await loadBooster(run, artifactOf(version));
    if (typeof booster === 'string') {
      judged.push({ ...known, flaw: 'broken' });
      continue;
    }
    const auc = computeAuc(booster, flights);
    const flaw = auc < 0.5 ? 'worse' : booster.trees.length <= THIN_TREES ? 'thin' : undefined;
    judged.push({ ...known, auc, flaw });
  }
  return judged;
}

/** The version in production. @throws LabError when none serves */
export async function versionInProduction(
  run: LabRun,
  resources: LabResources,
  versions: readonly MeasuredVersion[],
): Promise<MeasuredVersion> {
  const serving = await servingAt(run, resources.production);
  const found = serving?.status === 'InService' && versions.find(({ arn }) => arn === serving.version);
  if (found) return found;
  throw new LabError(
    serving
      ? `Production is ${serving.status}, and serves ${serving.version ?? 'a model of no version'}.`
      : `There is no endpoint ${resources.production.endpoint}.`,
    {
      why: 'This step needs a version of the lab’s group in production.',
      next: serving?.configDeleted
        ? `Make it anew: ${deleteStackCommand(resources.production)}; then ${labCommand(run, 'check', 'promote')}`
        : serving && /ing$/.test(serving.status)
          ? `aws sagemaker wait endpoint-in-service --endpoint-name ${resources.production.endpoint}, then the same again`
          : labCommand(run, 'check', 'promote'),
    },
  );
}

/** Makes a flawed model of a good one, registers it, approves it and waits until its release has begun. */
export async function releaseFlawed(
  run: LabRun,
  resources: LabResources,
  good: MeasuredVersion,
  flaw: Flaw,
  step: string,
): Promise<{ readonly version: Version; readonly release: Release }> {
  const { bucket, key } = parseS3(artifactOf(good.version)!);
  const archive = flawedArchive(await readObject(run, bucket, key), flaw);
  const figures = reportedFigures(archive, good.version, flaw);
  const version = await registerModel(run, resources, archive, {
    ...figures,
    about: FLAW_DESCRIPTIONS[flaw],
    quality: qualityReport(figures),
    lineage: flawLineage(good.version, flaw),
  });
  const arn = version.ModelPackageArn!;
  const before = await releasesOfVersion(run, resources, arn);
  if (version.ModelApprovalStatus === 'Approved' && before[0]) {
    // One that was overtaken or stopped tells nothing of the model.
    if (!/^(Superseded|Stopped|Cancelled)$/.test(before[0].status)) return { version, release: before[0] };
    await startRelease(run, resources, arn);
    return { version, release: await awaitRelease(run, resources, arn, step, new Set(before.map(({ id }) => id))) };
  }
  run.progress(`approving version ${numberOf(version)}, as a careless person would`);
  await decide(run, version, 'Approved', approvalReason(figures.auc));
  const release = await awaitRelease(run, resources, arn, step, new Set(before.map(({ id }) => id)));
  return { version, release };
}

export const approvalReason = (auc: number | string): string =>
  `Approved by its report: AUC ${typeof auc === 'number' ? auc.toFixed(6) : auc}.`;

export const flawLineage = (good: { readonly ModelPackageArn?: string }, flaw: Flaw): Lineage => ({
  copiedFrom: good.ModelPackageArn!,
  [FLAW_PROPERTY]: flaw,
});

/**
 * What a flawed model's report says: that of the good one where it broke after it had been evaluated; its own where it was
 * evaluated as it is.
 */
export function reportedFigures(archive: Buffer, good: Version, flaw: Flaw): Figures {
  const booster = flaw === 'thin' ? readBooster(archive) : undefined;
  if (typeof booster === 'object') return figuresOn(booster, testRows());
  const { testAuc, testCalibrationError } = good.CustomerMetadataProperties ?? {};
  return { auc: Number(testAuc), calibrationError: Number(testCalibrationError) };
}
