/**
 * On the validation flights: for each version, the cheapest threshold with which the desk keeps a little room, then the
 * cheapest version. Without the desk it would be 1 / (1 + 5), as far as the probabilities are right.
 */
import { putObject } from '../../../../lib/aws/s3';
import { numberOf, versionsOf } from '../../../../lib/aws/versions';
import type { LabRun } from '../../../../lib/course/run';
import { objectsByFolder, rowsOf } from '../../data/copy';
import { resourcesOf } from '../../resources';
import { boosterOf, DECISION, MOST_WARNED, outcomeOf } from '../warn-crews';

const ROOM = 0.005;

export async function solve(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const validation = await rowsOf(run, resources, (await objectsByFolder(run, resources)).get('validation') ?? []);
  let best = { version: 0, threshold: 1, cost: Infinity };
  for (const one of await versionsOf(run, resources.group)) {
    const version = numberOf(one);
    const booster = await boosterOf(run, version);
    if (typeof booster === 'string') continue;
    for (let threshold = 0.1; threshold < 0.5; threshold += 0.005) {
      const { warned, cost } = outcomeOf(booster, validation, threshold);
      if (warned <= MOST_WARNED - ROOM && cost < best.cost) best = { version, threshold, cost };
    }
  }
  const { version, threshold } = best;
  const text = JSON.stringify({ version, threshold: Number(threshold.toFixed(3)) });
  await putObject(run, resources.bucket, DECISION, Buffer.from(text), 'application/json');
}
