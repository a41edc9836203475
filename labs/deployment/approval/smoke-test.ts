/** The smoke test's numbers, and whether they are true. */
import { unzipSync } from 'fflate';
import { readObject } from '../../../lib/aws/s3';
import { versionsOf } from '../../../lib/aws/versions';
import type { LabRun } from '../../../lib/course/run';
import { auc } from '../../../lib/flights/rows';
import { probabilities, type Booster } from '../../../lib/flights/booster';
import { FLIGHTS_FILE, SOURCE_KEY } from '../names';
import { flightsOf, type Flights } from '../model/flights';
import { boosterAt } from '../model/archive';
import type { LabPlace } from '../resources';
import type { ReleaseAction } from '../release/releases';
import { artifactOf } from '../model/versions';

export interface SmokeNumbers {
  readonly auc: number;
  readonly requests: number;
  readonly p50Ms: number;
}

/** What the smoke test told the pipeline. */
export function numbersOf({ outputs }: ReleaseAction): SmokeNumbers {
  return { auc: Number(outputs.Auc), requests: Number(outputs.Requests), p50Ms: Number(outputs.P50Ms) };
}

export const tell = ({ auc: area, requests, p50Ms }: SmokeNumbers): string =>
  `AUC ${area.toFixed(4)} through staging, ${requests} requests, half of them within ${p50Ms} ms`;

/** The flights that the smoke test asks about: those in the pipeline's source as it is now. */
export async function smokeFlights(run: LabRun, place: LabPlace): Promise<Flights> {
  const files = unzipSync(await readObject(run, place.sourceBucket, SOURCE_KEY));
  return flightsOf(Buffer.from(files[FLIGHTS_FILE]!).toString().trim().split('\n'));
}

/** The model of a version, scored here; a string says why it cannot be. */
export async function boosterOf(run: LabRun, place: LabPlace, arn: string): Promise<Booster | string> {
  const version = (await versionsOf(run, place.group)).find(({ ModelPackageArn }) => ModelPackageArn === arn);
  const uri = version && artifactOf(version);
  return uri === undefined ? `${arn} is no version of ${place.group}` : boosterAt(run, uri);
}

export const aucHere = (booster: Booster, { rows }: Flights): number => auc(rows.labels, probabilities(booster, rows));
