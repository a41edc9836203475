/** Model archives: reading one, and making worse ones of a good one, as a careless change would. */
import { createHash } from 'node:crypto';
import { makeTarGz, readTarGz } from '../../../lib/aws/archive';
import { parseS3 } from '../../../lib/aws/sagemaker';
import { readObject } from '../../../lib/aws/s3';
import { dataPlan } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { parseBooster, type Booster } from '../../../lib/flights/booster';

export const MODEL_FILE = 'model.json';
export const SCRIPT_FILE = 'code/inference.py';

/** What can be wrong with a model that is released for practice. */
export type Flaw = 'broken' | 'worse' | 'thin';

/** Trees that a thin model keeps. It orders flights nearly as well, and is far off about how likely a delay is. */
export const THIN_TREES = 3;

/** @returns the booster in a model.tar.gz, or why it cannot be used */
export function readBooster(archive: Buffer): Booster | string {
  try {
    const files = readTarGz(archive);
    const json = files.get(MODEL_FILE);
    if (json === undefined)
      return `it has no ${MODEL_FILE}, but ${[...files.keys()].slice(0, 4).join(', ') || 'nothing'}`;
    if (!files.has(SCRIPT_FILE)) return `it has no ${SCRIPT_FILE}: the container would answer in algorithm mode`;
    const booster = parseBooster(json.toString('utf8'));
    const expected = dataPlan().features.map(({ name }) => name);
    if (booster.features.join() !== expected.join()) return 'its features are not those of the plan, in their order';
    return booster;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What S3 says of an object that is not there for us: also of another lab's, or another account's, that was left behind. */
const UNREADABLE: readonly string[] = ['NoSuchKey', 'NoSuchBucket', 'AccessDenied', 'PermanentRedirect'];

/**
 * The model of a version; a string says why it cannot be used.
 *
 * @param uri of its archive. @default - the version names none
 */
export async function loadBooster(run: LabRun, uri: string | undefined): Promise<Booster | string> {
  if (!uri?.startsWith('s3://')) return uri ? `${uri} is no S3 URI` : 'the version names none';
  const { bucket, key } = parseS3(uri);
  try {
    return readBooster(await readObject(run, bucket, key));
  } catch (error) {
    const { name } = error as Error;
    if (!UNREADABLE.includes(name)) throw error;
    return /^NoSuch/.test(name) ? `${uri} does not exist` : `${uri} cannot be read (${name})`;
  }
}

/** A model of the same file with one flaw. The same archive gives the same bytes. */
export function flawedArchive(archive: Buffer, flaw: Flaw): Buffer {
  const files = readTarGz(archive);
  const json = files.get(MODEL_FILE)!.toString('utf8');
  const text = flaw === 'broken' ? json.slice(0, json.length / 2) : modelText(changed(JSON.parse(json), flaw));
  return makeTarGz(
    [...files].map(([name, content]) => ({ name, content: name === MODEL_FILE ? Buffer.from(text) : content })),
  );
}

interface ModelJson {
  readonly learner: {
    readonly attributes?: Record<string, string>;
    readonly gradient_booster: {
      readonly model: {
        trees: { left_children: number[]; split_conditions: number[]; base_weights: number[] }[];
        tree_info: number[];
        iteration_indptr?: number[];
        readonly gbtree_model_param: Record<string, string>;
      };
    };
  };
}

function changed(json: ModelJson, flaw: 'worse' | 'thin'): ModelJson {
  const { model } = json.learner.gradient_booster;
  if (flaw === 'thin') {
    model.trees = model.trees.slice(0, THIN_TREES);
    model.tree_info = model.tree_info.slice(0, THIN_TREES);
    if (model.iteration_indptr) model.iteration_indptr = model.iteration_indptr.slice(0, THIN_TREES + 1);
    model.gbtree_model_param.num_trees = String(model.trees.length);
    return json;
  }
  for (const tree of model.trees) {
    tree.left_children.forEach((child, node) => {
      if (child !== -1) return;
      tree.split_conditions[node] = -tree.split_conditions[node]!;
      tree.base_weights[node] = -tree.base_weights[node]!;
    });
  }
  return json;
}

/** Lists of a tree that hold fractions. */
const FRACTIONS = new Set(['base_weights', 'loss_changes', 'split_conditions', 'sum_hessian']);

/** A model as XGBoost reads it: where it expects a fraction, it refuses 1 and takes 1E0. */
function modelText(json: ModelJson): string {
  const mark = '\0';
  const text = JSON.stringify(json, (key, value: unknown) =>
    FRACTIONS.has(key) ? `${mark}[${(value as number[]).map(fraction).join()}]${mark}` : value,
  );
  return text.replace(/"\\u0000(.*?)\\u0000"/g, '$1');
}

const fraction = (value: number): string => (Number.isInteger(value) ? `${value}E0` : String(value));

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
