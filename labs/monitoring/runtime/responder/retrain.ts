/** Retraining: gather, train, compare with what serves, register for approval. Each part done twice does it once. */
import { createHash } from 'node:crypto';
import { logCommand } from '../../../../lib/aws/job-log';
import { makeTarGz, readTarGz } from '../../../../lib/aws/archive';
import { parseS3 } from '../../../../lib/aws/sagemaker';
import { parseBooster, scoreTrees, type Booster } from '../../../../lib/flights/booster';
import { auc, readRows } from '../../../../lib/flights/rows';
import { servedBy } from '../../../../lib/flights/serving';
import { CODE, DATA, DECISIONS, MODELS, MONITOR, namesOf, QUALITY } from '../../names';
import type { Decision, Comparison } from './decision';
import { artifactOf, processingRequest, trainingRequest } from './retrain-requests';
import { findTrainingData, mergeTrainingData, NoData, type AvailableData, type TrainingData } from './training-data';
import type { ResponderSettings, Services } from './services';

/** What a part of the work came to: the decision goes on, waits for something, or is over. */
export type Progress = 'on' | 'wait' | 'over';

/** Writes down what has happened; `what` goes into the timeline. */
export type RecordProgress = (what: string, change?: Partial<Decision>) => Promise<void>;

/** Why there is nothing to do, in one sentence. */
export class NothingToDo extends Error {}

/** Why a decision failed, in one sentence. */
export class ResponseFailed extends Error {}

export async function startRetraining(
  services: Services,
  settings: ResponderSettings,
  decision: Decision,
  note: RecordProgress,
): Promise<Progress> {
  const collected = await findTrainingData(services).catch((error: unknown) => {
    if (error instanceof NoData) throw new ResponseFailed(`There is nothing to retrain on: ${error.message}.`);
    throw error;
  });
  await requireNews(services, decision, collected, hashOf(settings), note);
  const data = await mergeTrainingData(services, decision.id, collected);
  const code = await uploadCode(services, settings);
  const serving = await servingVersion(services);
  const name = jobName(settings, decision);
  const job = { name, train: data.train, validation: data.validation, ...code };
  let by = decision.job?.by ?? settings.compute;
  if (by === 'training') {
    try {
      await services.startTraining(trainingRequest(settings, job));
    } catch (error) {
      if ((error as Error).name !== 'ResourceLimitExceeded') throw error;
      by = 'processing';
      // Written down, so that a retry asks for no training job beside it, though there may be quota by then.
      await note(`The account may not train (${(error as Error).message}); the same script runs in a Processing job.`, {
        job: { by, name },
      });
    }
  }
  if (by === 'processing') await services.startProcessing(processingRequest(settings, job));
  const { train, validation, heldOut } = data.flights;
  await note(`Started the ${by} job ${name} on ${train} flights (${validation} to validate, ${heldOut} held out).`, {
    status: 'training',
    job: { by, name },
    from: serving,
    evidence: { ...decision.evidence, data, codeSha256: code.sha256, analysis: await analysisOf(services, decision) },
  });
  return 'on';
}

/**
 * Drift persists: each hour's analysis finds it again, and the alarm fires again. Retraining on the same data and code
 * gives the same model, at the same cost.
 *
 * @throws NothingToDo where an earlier retraining used the same data and code, and its result still stands
 */
async function requireNews(
  services: Services,
  decision: Decision,
  { version, months }: AvailableData,
  codeSha256: string,
  note: RecordProgress,
): Promise<void> {
  const versions = await services.versions();
  const answers = ({ id, action, status, registered, evidence }: Decision): boolean =>
    id !== decision.id &&
    action === 'retrain' &&
    status === 'done' &&
    (evidence.data as Partial<TrainingData> | undefined)?.version === version &&
    evidence.codeSha256 === codeSha256 &&
    (registered === undefined || versions.some(({ arn }) => arn === registered));
  for (const key of (await services.store.keys(DECISIONS)).reverse()) {
    const stored = await services.store.read(key);
    const earlier = stored && (JSON.parse(stored.text) as Decision);
    if (!earlier || !answers(earlier)) continue;
    const { id, registered } = earlier;
    const came = registered ? `registered version ${registered.split('/').at(-1)}` : 'was no better than what serves';
    await note(`${id} has learnt from the same data.`, { evidence: { ...decision.evidence, answeredBy: id } });
    throw new NothingToDo(
      `Nothing is done: ${id} has retrained on this very data (with ${months.join(', ')}) and ${came}. Once more gives the same model. Bring newer months below ${DATA}months/, or decide about that version.`,
    );
  }
}

/** What the newest analysis found, where the open monitor says it in short. */
async function analysisOf({ store }: Services, { cause }: Decision): Promise<unknown> {
  const key = await store.newest(cause.kind === 'auc' ? QUALITY : MONITOR, '/summary.json');
  if (key === undefined) return undefined;
  try {
    return { key, ...(JSON.parse((await store.bytes(key)).toString('utf8')) as object) };
  } catch {
    return { key };
  }
}

/** A name that follows from the decision: a job that was started already is not started again. */
function jobName({ learner }: ResponderSettings, { id, cause }: Decision): string {
  return `${namesOf(learner).retrainPrefix}${id.replaceAll(/\D/g, '')}-${cause.kind.charAt(0)}`;
}

async function servingVersion(services: Services): Promise<string> {
  return (await services.stack()).version;
}

/** Names the code that trains, by its content. */
function hashOf({ code }: Pick<ResponderSettings, 'code'>): string {
  const hash = createHash('sha256');
  for (const [name, content] of Object.entries(code)) hash.update(`${name}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

async function uploadCode(
  services: Services,
  { code }: ResponderSettings,
): Promise<{ archive: string; files: string; sha256: string }> {
  const files = Object.entries(code).map(([name, content]) => ({ name, content }));
  const sha256 = hashOf({ code });
  const folder = `${CODE}${sha256.slice(0, 16)}/`;
  await Promise.all(files.map(({ name, content }) => services.store.put(`${folder}files/${name}`, content)));
  await services.store.put(`${folder}source.tar.gz`, makeTarGz(files));
  return { archive: `${folder}source.tar.gz`, files: `${folder}files/`, sha256 };
}

/** Looks at the job; once it has ended, at its model. */
export async function finishRetraining(
  services: Services,
  settings: ResponderSettings,
  decision: Decision,
  note: RecordProgress,
): Promise<Progress> {
  const { by, name } = decision.job!;
  const { status, reason } = await services.job(by, name);
  if (status === 'InProgress' || status === 'Stopping') return 'wait';
  if (status !== 'Completed') {
    // The image tells of a script that failed its command, and not a word of why: the log does.
    const why = (reason ?? 'no reason given').replaceAll(/\s+/g, ' ').replace(/[. ]+$/, '');
    throw new ResponseFailed(`The ${by} job ${name} ended as ${status}: ${why}. Its log: ${logCommand({ by, name })}`);
  }
  const data = decision.evidence.data as TrainingData;
  const versions = await services.versions();
  const registered = versions.find(({ metadata }) => metadata.decision === decision.id);
  if (registered !== undefined) {
    await note(`${registered.arn} is registered already.`, { status: 'done', registered: registered.arn });
    return 'over';
  }
  // What serves now, which may be another than when the training began.
  const serving = versions.find(({ arn }) => arn === decision.from) ?? versions[0]!;
  const measured = await compare(services, data, serving.model, name);
  const figures = `${measured.candidate.toFixed(4)} against ${measured.serving.toFixed(4)} of version ${serving.number}, on ${measured.flights} flights of ${measured.month} that no training saw`;
  if (!(measured.candidate > measured.serving)) {
    await note(`The new model is no better: AUC ${figures}. It is not registered.`, {
      status: 'done',
      measured,
      reason: `Retrained, and not better: AUC ${figures}. What serves goes on; look at the data.`,
    });
    return 'over';
  }
  const arn = await register(services, settings, decision, { serving: serving.number, measured, data });
  await note(`Registered ${arn} for approval: AUC ${figures}.`, {
    status: 'done',
    measured,
    registered: arn,
    reason: `${decision.reason} Retrained: AUC ${figures}. A person approves it, or not.`,
  });
  return 'over';
}

async function compare(services: Services, data: TrainingData, serving: string, job: string): Promise<Comparison> {
  const text = (await services.store.bytes(data.newest.key)).toString('utf8');
  const candidate = await boosterOf(services, artifactOf(job));
  const current = await boosterOf(services, parseS3(serving).key);
  const rows = readRows([{ name: data.newest.key, text }], candidate.features.length);
  const of = (booster: Booster): number => auc(rows.labels, scoreTrees(booster, rows));
  return { month: data.newest.month, flights: rows.rows, serving: of(current), candidate: of(candidate) };
}

async function boosterOf(services: Services, key: string): Promise<Booster> {
  try {
    const files = readTarGz(await services.store.bytes(key));
    const model = files.get('model.json');
    if (model === undefined) throw new Error('it holds no model.json');
    return parseBooster(model.toString('utf8'));
  } catch (error) {
    throw new ResponseFailed(`The model ${key} cannot be read: ${(error as Error).message}.`);
  }
}

async function register(
  services: Services,
  settings: ResponderSettings,
  { id, job, evidence, cause }: Decision,
  { serving, measured, data }: { readonly serving: number; readonly measured: Comparison; readonly data: TrainingData },
): Promise<string> {
  const folder = `${MODELS}${job!.name}/`;
  const uri = (key: string): string => `s3://${settings.bucket}/${key}`;
  const quality = { binary_classification_metrics: { auc: { value: measured.candidate } }, mla_labs: measured };
  await services.store.put(`${folder}quality.json`, JSON.stringify(quality));
  return services.register({
    ModelPackageGroupName: settings.group,
    ModelPackageDescription: `Retrained with ${data.months.join(', ')} because of ${cause.alarm}.`,
    ModelApprovalStatus: 'PendingManualApproval',
    ClientToken: createHash('sha256').update(`${settings.group} ${id}`).digest('hex').slice(0, 36),
    InferenceSpecification: servedBy(settings.image, uri(artifactOf(job!.name)), settings.region),
    ModelMetrics: {
      ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: uri(`${folder}quality.json`) } },
    },
    CustomerMetadataProperties: {
      decision: id,
      job: job!.name,
      jobKind: job!.by,
      codeSha256: String(evidence.codeSha256),
      dataVersion: data.version,
      months: data.months.join(' '),
      newestMonth: measured.month,
      newestAuc: measured.candidate.toFixed(6),
      servingVersion: String(serving),
      servingAuc: measured.serving.toFixed(6),
    },
  });
}
