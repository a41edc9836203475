/** The figure that an approval stands on: what a version says of itself, or what its model does here. */
import type { LabRun } from '../../../lib/course/run';
import { figuresOn } from '../model/flights';
import { loadBooster } from '../model/archive';
import { testRows } from '../model/first-model';
import { artifactOf, type Version } from '../model/versions';

/**
 * The AUC that a version claims; of one that claims none, as when it was registered by hand, its model is run here on the
 * test slice.
 *
 * @returns undefined where it claims none and its model cannot be read
 */
export async function claimedAucOf(run: LabRun, version: Version): Promise<string | undefined> {
  const claimed = version.CustomerMetadataProperties?.testAuc ?? '';
  if (Number(claimed) > 0 && Number(claimed) <= 1) return claimed;
  const booster = await loadBooster(run, artifactOf(version));
  return typeof booster === 'string' ? undefined : figuresOn(booster, testRows()).auc.toFixed(6);
}
