/** Where the lab's first model comes from: the approved version of the lab training, or the model of the project. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { outputsOf } from '../../../lib/aws/other-lab';
import { parseS3 } from '../../../lib/aws/sagemaker';
import { readObject } from '../../../lib/aws/s3';
import { consumersPick, numberOf, versionsOf } from '../../../lib/aws/versions';
import { DATA_FOLDER, dataPlan, readDataFile } from '../../../lib/course/data-plan';
import { preparedManifest } from '../../../lib/course/prepared-data';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, labCommand } from '../../../lib/course/say';
import type { Booster } from '../../../lib/flights/booster';
import { readRows, type Rows } from '../../../lib/flights/rows';
import { figuresOn } from './flights';
import { readBooster } from './archive';
import { artifactOf, figuresIn, qualityReport, type Figures, type Lineage, type Version } from './versions';

export interface FirstModel extends Figures {
  readonly archive: Buffer;
  /** The quality report, as text. */
  readonly quality: string;
  readonly lineage: Lineage;
  readonly about: string;
}

/** Folder of the model that the project ships, relative to data/. */
export const PREPARED_MODEL = 'prepared/model';

/** The test slice, which no model has learnt from. */
export function testRows(): Rows {
  const file = preparedManifest().files.find(({ key }) => key.includes('/test/'))!;
  return readRows([{ name: file.path, text: readDataFile(file).toString() }], dataPlan().features.length);
}

/** What a trained version says of where it came from, as far as it is of use here. */
const KEPT = ['job', 'codeSha256', 'dataVersion', 'evaluation'] as const;

/** @throws LabError when training's approved version cannot be copied */
export async function findFirstModel(run: LabRun): Promise<FirstModel> {
  const group = (await outputsOf(run, 'training'))?.ModelPackageGroup;
  const versions = group === undefined ? [] : await versionsOf(run, group);
  const picked = consumersPick(versions);
  if (picked) return fromTraining(run, picked);
  const training = `./lab step training approve --target ${run.target}`;
  run.progress(
    group === undefined
      ? 'the lab training is not deployed: taking the model that comes with the project'
      : `the lab training has ${count(versions.length, 'version')} and none is approved: taking the model that comes with the project. To take yours: ${training}, then ${labCommand(run, 'step', 'source')}`,
  );
  return prepared();
}

async function fromTraining(run: LabRun, version: Version): Promise<FirstModel> {
  const uri = artifactOf(version) ?? '';
  const cannot = (why: string): LabError =>
    new LabError(`Version ${numberOf(version)} of the lab training is approved and cannot be copied: ${why}.`, {
      why: 'Nothing was registered here.',
      next: `Approve another there (./lab check training approve --target ${run.target}), or take that lab down (./lab down training --target ${run.target}); then ${labCommand(run, 'step', 'source')}`,
    });
  const archive = await objectAt(run, uri);
  if (archive === undefined) throw cannot(`${uri || 'its model.tar.gz'} does not exist`);
  const booster = readBooster(archive);
  if (typeof booster === 'string') throw cannot(`of its model.tar.gz, ${booster}`);
  run.progress(`copying version ${numberOf(version)} of the lab training: ${uri}`);
  const statistics = version.ModelMetrics?.ModelQuality?.Statistics?.S3Uri;
  const report = statistics === undefined ? undefined : (await objectAt(run, statistics))?.toString();
  const figures = report === undefined ? undefined : figuresIn(report);
  const properties = version.CustomerMetadataProperties ?? {};
  const kept = KEPT.flatMap((key) => (properties[key] === undefined ? [] : [[key, properties[key]] as const]));
  return {
    archive,
    ...(figures && report !== undefined ? { ...figures, quality: report } : measured(booster)),
    lineage: { ...Object.fromEntries(kept), copiedFrom: version.ModelPackageArn! },
    about: `Copy of version ${numberOf(version)} of the lab training.`,
  };
}

async function objectAt(run: LabRun, uri: string): Promise<Buffer | undefined> {
  try {
    const { bucket, key } = parseS3(uri);
    return await readObject(run, bucket, key);
  } catch (error) {
    if (['NoSuchKey', 'NoSuchBucket'].includes((error as Error).name) || /is no S3 URI/.test((error as Error).message))
      return undefined;
    throw error;
  }
}

function measured(booster: Booster): Figures & { readonly quality: string } {
  const figures = figuresOn(booster, testRows());
  return { ...figures, quality: qualityReport(figures) };
}

function prepared(): FirstModel {
  const folder = path.join(DATA_FOLDER, PREPARED_MODEL);
  const { test } = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as { test: Figures };
  return {
    archive: readFileSync(path.join(folder, 'model.tar.gz')),
    ...test,
    quality: qualityReport(test),
    lineage: { copiedFrom: 'prepared' },
    about: 'The model that comes with the project.',
  };
}
