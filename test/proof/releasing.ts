/** The lab deployment on a local cloud, with words for scenarios about its releases. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutApprovalResultCommand, StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { makeTarGz, readTarGz } from '../../lib/aws/archive';
import { decide, versionsOf } from '../../lib/aws/versions';
import { InProgress, waitWithProgress } from '../../lib/aws/wait';
import { GetPipelineStateCommand } from '@aws-sdk/client-codepipeline';
import type { LabRun } from '../../lib/course/run';
import type { StageName } from '../../labs/deployment/names';
import { releaseFailureOf } from '../../labs/deployment/failure/release-failure';
import { releaseFailedError } from '../../labs/deployment/failure/advice';
import { resourcesOf, type LabResources } from '../../labs/deployment/resources';
import {
  stageAction,
  actionsOf,
  hasEnded,
  releasesOf,
  statusOf,
  type Release,
} from '../../labs/deployment/release/releases';
import { servingAt } from '../../labs/deployment/endpoint/serving';
import { awaitRelease } from '../../labs/deployment/release/start';
import { uploadSource } from '../../labs/deployment/source-package/upload';
import { releaseProgress } from '../../labs/deployment/release/wait';
import { qualityReport, registerModel } from '../../labs/deployment/model/versions';
import { ROOT, Stage } from './stage';

/** How a release ended. */
export interface End {
  readonly id: string;
  readonly status: string;
  /** Where and why it stopped, as the lab tells it: `Verify: …`; empty when it did not fail. */
  readonly stop: string;
  /** Stages that it entered. */
  readonly stages: readonly string[];
}

export const GOOD = readFileSync(join(ROOT, 'data/prepared/model/model.tar.gz'));
const AUC = 0.7719;

/** The good model with other files, or with files taken out. */
export function remade(files: Readonly<Record<string, string | undefined>>): Buffer {
  const all = new Map(readTarGz(GOOD));
  for (const [name, text] of Object.entries(files)) {
    if (text === undefined) all.delete(name);
    else all.set(name, Buffer.from(text));
  }
  return makeTarGz([...all].map(([name, content]) => ({ name, content })));
}

/** The good model's own script with lines put behind it: they see all that the script defines. */
export function scripted(lines: string): Buffer {
  const script = readTarGz(GOOD).get('code/inference.py')!.toString();
  return remade({ 'code/inference.py': `${script}\n\n${lines}\n` });
}

/** Raises on what no test of a release has: a temperature of 999. */
export const RAISES = [
  'good = transform_fn',
  'def transform_fn(model, body, content_type, accept):',
  '    if str(body).startswith("999,"):',
  '        raise KeyError("a station that nobody knew")',
  '    return good(model, body, content_type, accept)',
].join('\n');

export class Releasing {
  private constructor(
    readonly stage: Stage,
    private run: LabRun,
    readonly place: LabResources,
  ) {}

  /** The lab of a stage, which is up: its first run, which has nothing to release, has ended. */
  static async of(stage: Stage, learner = stage.learner): Promise<Releasing> {
    const run = await stage.run(learner);
    const lab = new Releasing(stage, run, resourcesOf(run));
    // The run on creation would take the first version that is approved while it goes on.
    for (const { id } of await lab.all()) await lab.end(id);
    return lab;
  }

  /** A private local cloud with the lab in it. */
  static async open(modes: Readonly<Record<string, string>> = {}, faces?: readonly string[]): Promise<Releasing> {
    const stage = await Stage.open('deployment', 'me', faces);
    await stage.up('me', modes);
    return Releasing.of(stage);
  }

  /** Registers a model, waiting for a decision. @returns its ARN */
  async register(archive: Buffer = GOOD, about = 'A model.', auc = AUC): Promise<string> {
    const figures = { auc, calibrationError: 0.01 };
    const quality = qualityReport(figures);
    const lineage = { copiedFrom: 'prepared' };
    const version = await registerModel(this.run, this.place, archive, { about, lineage, quality, ...figures });
    return version.ModelPackageArn!;
  }

  /** Decides on a version. */
  async decide(arn: string, status: 'Approved' | 'Rejected', why = 'AUC 0.77'): Promise<void> {
    const version = (await versionsOf(this.run, this.place.group)).find(
      ({ ModelPackageArn }) => ModelPackageArn === arn,
    );
    await decide(this.run, version!, status, why);
  }

  /** Approves a version. @returns id of the release that this started */
  async release(arn: string): Promise<string> {
    const before = new Set((await this.all()).map(({ id }) => id));
    await this.decide(arn, 'Approved');
    return (await awaitRelease(this.run, this.place, arn, 'release', before)).id;
  }

  /** Starts a release by hand. */
  async start(arn?: string): Promise<string> {
    const answer = await this.run.clients.codepipeline.send(
      new StartPipelineExecutionCommand({
        name: this.place.pipeline,
        variables: arn === undefined ? [] : [{ name: 'ModelPackageArn', value: arn }],
      }),
    );
    return answer.pipelineExecutionId!;
  }

  /** Uploads a source. @returns id of the release that the upload started */
  async upload(Body: Buffer | string): Promise<string> {
    return (await uploadSource(this.run, this.place, Body, 'source')).id;
  }

  all(): Promise<Release[]> {
    return releasesOf(this.run, this.place);
  }

  /** Waits until a stage's action of a release is so. */
  async until(id: string, stage: StageName, status: string): Promise<void> {
    await this.wait(`${stage} ${status} in ${id}`, async () => {
      const actions = await actionsOf(this.run, this.place, id);
      if (stageAction(actions, stage)?.status === status) return true;
      const release = (await this.all()).find((one) => one.id === id)!;
      if (hasEnded(release)) throw new Error(`${id} is ${release.status}: ${(await this.end(id)).stop}`);
      return new InProgress(releaseProgress(release, actions));
    });
  }

  /** Waits until a release has ended. */
  async end(id: string): Promise<End> {
    const status = await this.wait(`the end of ${id}`, async () => {
      const now = await statusOf(this.run, this.place, id);
      return hasEnded({ status: now }) ? now : undefined;
    });
    const actions = await actionsOf(this.run, this.place, id);
    const release = (await this.all()).find((one) => one.id === id)!;
    const stop = await releaseFailureOf(this.run, this.place, release, actions);
    const stages = [...new Set(actions.map(({ stage }) => stage))];
    return { id, status, stop: stop ? `${stop.stage}: ${stop.reason}` : '', stages };
  }

  /** What a learner is told of a release that stopped. */
  async told(id: string): Promise<string> {
    await this.end(id);
    const release = (await this.all()).find((one) => one.id === id)!;
    const { message, why, next } = releaseFailedError(
      this.run,
      this.place,
      release,
      await releaseFailureOf(this.run, this.place, release),
    );
    return `${message} ${why} ${next}`;
  }

  /** Waits until a release asks for approval, and answers. */
  async answer(id: string, status: 'Approved' | 'Rejected', summary = 'AUC 0.77'): Promise<void> {
    await this.until(id, 'Approval', 'InProgress');
    const token = await this.wait('the token of the approval', () => this.token());
    await this.run.clients.codepipeline.send(
      new PutApprovalResultCommand({
        pipelineName: this.place.pipeline,
        stageName: 'Approval',
        actionName: 'Approve',
        token,
        result: { status, summary },
      }),
    );
  }

  /** Token of the approval that is asked for now. */
  async token(): Promise<string | undefined> {
    const { stageStates } = await this.run.clients.codepipeline.send(
      new GetPipelineStateCommand({ name: this.place.pipeline }),
    );
    const stage = stageStates?.find(({ stageName }) => stageName === 'Approval');
    return stage?.actionStates?.[0]?.latestExecution?.token;
  }

  /** Releases a version all the way to production. */
  async promote(arn: string): Promise<string> {
    const id = await this.release(arn);
    await this.answer(id, 'Approved');
    const { status, stop } = await this.end(id);
    if (status !== 'Succeeded') throw new Error(`${id} is ${status}: ${stop}`);
    return id;
  }

  /** ARN of the version that an endpoint serves; undefined where there is none. */
  async serving(which: 'staging' | 'production' = 'production'): Promise<string | undefined> {
    return (await servingAt(this.run, this.place[which]))?.version;
  }

  wait<T>(what: string, ask: () => Promise<T | InProgress | undefined>): Promise<T> {
    return waitWithProgress(this.run, {
      what,
      minutes: 2,
      next: '',
      ask: async () => (await ask()) ?? new InProgress('not there'),
    });
  }

  close(): Promise<void> {
    return this.stage.close();
  }
}
