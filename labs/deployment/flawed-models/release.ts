/** Models that are released for practice: a broken one, a worse one, and a thin one that passes every test. */
import { readObject } from '../../../lib/aws/s3';
import { parseS3 } from '../../../lib/aws/sagemaker';
import { decide, numberOf, versionsOf } from '../../../lib/aws/versions';
import { LabError, type LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { remakeCommand } from '../aws-cli';
import { figuresOn, type Flights } from '../model/flights';
import { boosterAt, boosterIn, flawed, THIN_TREES, type Flaw } from '../model/archive';
import { testRows } from '../model/first-model';
import type { LabPlace } from '../resources';
import { releasesOfVersion, type Release } from '../release/releases';
import { awaitRelease, startRelease } from '../release/start';
import { servingAt } from '../endpoint/serving';
import { aucHere } from '../approval/smoke-test';
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
export const ABOUT: Readonly<Record<Flaw, string>> = {
  broken: 'For practice: a model file that was cut off half-way.',
  worse: 'For practice: a model whose trees have lost their signs; it scores upside down.',
  thin: `For practice: a model of ${THIN_TREES} trees, evaluated honestly.`,
};

/** A version with what its model really is, found by running it here. */
export interface Judged {
  readonly version: Version;
  readonly arn: string;
  readonly number: number;
  /** What is wrong with its model; undefined for a sound one. */
  readonly flaw?: Flaw;
  /** On the smoke test's flights; undefined for a model that does not load. */
  readonly auc?: number;
}

/** Every version of the group, newest first. */
export async function judgedVersions(run: LabRun, place: LabPlace, flights: Flights): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const version of await versionsOf(run, place.group)) {
    const known = { version, arn: version.ModelPackageArn!, number: numberOf(version) };
    const booster = await boosterAt(run, artifactOf(version));
    if (typeof booster === 'string') {
      judged.push({ ...known, flaw: 'broken' });
      continue;
    }
    const auc = aucHere(booster, flights);
    const flaw = auc < 0.5 ? 'worse' : booster.trees.length <= THIN_TREES ? 'thin' : undefined;
    judged.push({ ...known, auc, flaw });
  }
  return judged;
}

/** The version in production. @throws LabError when none serves */
export async function inProduction(run: LabRun, place: LabPlace, versions: readonly Judged[]): Promise<Judged> {
  const serving = await servingAt(run, place.production);
  const found = serving?.status === 'InService' && versions.find(({ arn }) => arn === serving.version);
  if (found) return found;
  throw new LabError(
    serving
      ? `Production is ${serving.status}, and serves ${serving.version ?? 'a model of no version'}.`
      : `There is no endpoint ${place.production.endpoint}.`,
    {
      why: 'This step needs a version of the lab’s group in production.',
      next: serving?.gone
        ? `Make it anew: ${remakeCommand(place.production)}; then ${labCommand(run, 'check', 'promote')}`
        : serving && /ing$/.test(serving.status)
          ? `aws sagemaker wait endpoint-in-service --endpoint-name ${place.production.endpoint}, then the same again`
          : labCommand(run, 'check', 'promote'),
    },
  );
}

/** Makes a flawed model of a good one, registers it, approves it and waits until its release has begun. */
export async function releaseFlawed(
  run: LabRun,
  place: LabPlace,
  good: Judged,
  flaw: Flaw,
  step: string,
): Promise<{ readonly version: Version; readonly release: Release }> {
  const { bucket, key } = parseS3(artifactOf(good.version)!);
  const archive = flawed(await readObject(run, bucket, key), flaw);
  const figures = figuresFor(archive, good.version, flaw);
  const version = await registerModel(run, place, archive, {
    ...figures,
    about: ABOUT[flaw],
    quality: qualityReport(figures),
    lineage: flawLineage(good.version, flaw),
  });
  const arn = version.ModelPackageArn!;
  const before = await releasesOfVersion(run, place, arn);
  if (version.ModelApprovalStatus === 'Approved' && before[0]) {
    // One that was overtaken or stopped tells nothing of the model.
    if (!/^(Superseded|Stopped|Cancelled)$/.test(before[0].status)) return { version, release: before[0] };
    await startRelease(run, place, arn);
    return { version, release: await awaitRelease(run, place, arn, step, new Set(before.map(({ id }) => id))) };
  }
  run.progress(`approving version ${numberOf(version)}, as a careless person would`);
  await decide(run, version, 'Approved', approvalReason(figures.auc));
  const release = await awaitRelease(run, place, arn, step, new Set(before.map(({ id }) => id)));
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
export function figuresFor(archive: Buffer, good: Version, flaw: Flaw): Figures {
  const booster = flaw === 'thin' ? boosterIn(archive) : undefined;
  if (typeof booster === 'object') return figuresOn(booster, testRows());
  const { testAuc, testCalibrationError } = good.CustomerMetadataProperties ?? {};
  return { auc: Number(testAuc), calibrationError: Number(testCalibrationError) };
}
