/**
 * Is the version's model one that an endpoint could serve? As far as a function can tell without XGBoost: it reads the
 * trees and scores flights with them. The model's own code it does not run; the smoke test does, behind the endpoint.
 */
import { readTarGz } from '../../../../lib/aws/archive';
import { parseBooster, scoreTrees, type Booster } from '../../../../lib/flights/booster';
import { stepCommand } from '../pipeline-action/command';
import { ReleaseError } from '../pipeline-action/release-error';
import { sampleAuc, type Sample } from '../model/sample';
import type { Version } from '../model/version';

/** What the container needs to run code/inference.py. */
const PROGRAM = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' };

/** What only the other mode checks. */
export const NOT_CHECKED = [
  'the template with cfn-lint (CloudFormation’s ValidateTemplate and the pipeline’s own needs were)',
  'code/inference.py, which a function without XGBoost cannot run: whether bad requests are refused is for the smoke test',
  'the scores as probabilities: their order was, by the trees of model.json',
];

/** Reads an object of the data bucket; undefined for one that is not there. */
export type ReadObject = (key: string) => Promise<Buffer | undefined>;

/** @throws ReleaseError saying what an endpoint could not do with it */
export async function checkModel(
  { container }: Version,
  bucket: string,
  read: ReadObject,
  sample: Sample,
): Promise<{ flights: number; trees: number; auc: number }> {
  const wrong = Object.entries(PROGRAM).filter(([name, value]) => container.environment[name] !== value);
  if (wrong.length > 0) {
    throw new ReleaseError(
      `The version’s environment lacks ${wrong.map((pair) => pair.join('=')).join(' and ')}. Without these the container runs in algorithm mode: it would score flights with missing columns instead of refusing them. Register the version so.`,
    );
  }
  const prefix = `s3://${bucket}/`;
  if (!container.model.startsWith(prefix)) {
    throw new ReleaseError(
      `The version’s model is at ${container.model}, outside the lab’s bucket ${bucket}, where the endpoint may not read it. Register a copy (${stepCommand('source')}).`,
    );
  }
  const archive = await read(container.model.slice(prefix.length));
  if (archive === undefined)
    throw new ReleaseError(`The version’s model is not there: ${container.model} does not exist.`);
  const booster = boosterIn(archive);
  if (booster.features.length !== sample.rows.columns) {
    throw new ReleaseError(
      `The model takes ${booster.features.length} features, and a flight has ${sample.rows.columns}.`,
    );
  }
  const scores = scoreTrees(booster, sample.rows);
  if (scores.some((score) => !Number.isFinite(score))) {
    throw new ReleaseError('The model scores a flight with something else than a number.');
  }
  if (new Set(scores).size === 1)
    throw new ReleaseError('The model scores every flight alike: it does not look at them.');
  return { flights: scores.length, trees: booster.trees.length, auc: sampleAuc(sample, scores) };
}

function boosterIn(archive: Buffer): Booster {
  let files: ReadonlyMap<string, Buffer>;
  try {
    files = readTarGz(archive);
  } catch (error) {
    throw new ReleaseError(`model.tar.gz cannot be unpacked (${(error as Error).message}): no endpoint could load it.`);
  }
  if (!files.has('code/inference.py')) {
    throw new ReleaseError('model.tar.gz has no code/inference.py: nothing would check the columns of a request.');
  }
  const json = files.get('model.json');
  if (json === undefined) throw new ReleaseError('model.tar.gz has no model.json: there is nothing to load.');
  try {
    return parseBooster(json.toString('utf8'));
  } catch (error) {
    throw new ReleaseError(
      `The model does not load: ${(error as Error).message.split('\n')[0]!.slice(0, 300)}. An endpoint of it would fail its health check and never get in service.`,
    );
  }
}
