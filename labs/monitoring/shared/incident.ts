/** A release that errors, and the requests that meet it. */
import { CreateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { listObjects, putObject, readObject } from '../../../lib/aws/s3';
import { versionsOf } from '../../../lib/aws/versions';
import type { LabRun } from '../../../lib/course/run';
import { MODELS } from '../names';
import { drawn, JULY, type Flight } from './flights';
import { archiveOf, artifactOf, careless, sha256, type Version } from './models';
import { INCIDENTS, s3Uri, type LabPlace } from './place';
import { askOne, refusalOf } from './send';

/** Property of a version that was made to fail. */
export const FLAW = 'practice';
const ABOUT = 'The same trees; the script also tells how gusty it is.';
/** A version's properties take letters, digits, spaces and _ . : / = + - @, and neither comma nor semicolon. */
export const RELEASED = 'Approved: same trees and same AUC. Only a line in the log is new.';

export const isCareless = (version: Version): boolean => version.CustomerMetadataProperties?.[FLAW] === 'careless';

/** What a careless version is, as a request. */
export function carelessRequest(place: LabPlace, good: Version, key: string) {
  const container = good.InferenceSpecification!.Containers![0]!;
  const { SupportedContentTypes, SupportedResponseMIMETypes, SupportedRealtimeInferenceInstanceTypes } =
    good.InferenceSpecification!;
  return {
    ModelPackageGroupName: place.group,
    ModelPackageDescription: ABOUT,
    ModelApprovalStatus: 'Approved' as const,
    InferenceSpecification: {
      Containers: [{ Image: container.Image, ModelDataUrl: s3Uri(place, key), Environment: container.Environment }],
      SupportedContentTypes,
      SupportedResponseMIMETypes,
      SupportedRealtimeInferenceInstanceTypes,
    },
    CustomerMetadataProperties: { [FLAW]: 'careless', madeFrom: good.ModelPackageArn!, approved: RELEASED },
  };
}

export const carelessKey = (archive: Buffer): string => `${MODELS}${sha256(archive).slice(0, 16)}/model.tar.gz`;

/** Registers the careless version of a good one as approved, unless one is. */
export async function registerCareless(run: LabRun, place: LabPlace, good: Version): Promise<Version> {
  const archive = careless(await archiveOf(run, good));
  const key = carelessKey(archive);
  const find = async (): Promise<Version | undefined> =>
    (await versionsOf(run, place.group)).find(
      (one) => artifactOf(one) === s3Uri(place, key) && one.ModelApprovalStatus === 'Approved',
    );
  const known = await find();
  if (known) return known;
  await putObject(run, place.bucket, key, archive, 'application/gzip');
  await run.clients.sagemaker.send(new CreateModelPackageCommand(carelessRequest(place, good, key)));
  return (await find())!;
}

/** The flights that callers ask about, one after the other. */
export const callersFlights = (): readonly Flight[] => drawn(JULY, 400, 'incident');

/** One request: when, about which flight (row of July), and the answer, or what refused it. */
export interface Call {
  readonly at: Date;
  readonly row: number;
  readonly answer: string;
}

export const isAnswer = (text: string): boolean => /^[01]\.\d{6}$/.test(text);

const CALLERS = 2;

/** Callers that go on asking until they are stopped. */
export class Callers {
  readonly calls: Call[] = [];
  private going = true;
  private readonly callers: Promise<void>[];

  constructor(
    private readonly run: LabRun,
    private readonly endpoint: string,
  ) {
    this.callers = Array.from({ length: CALLERS }, (_one, caller) => this.call(caller));
  }

  get failures(): number {
    return this.calls.filter(({ answer }) => !isAnswer(answer)).length;
  }

  /** Ends after some more requests, so that what serves then is seen. */
  async stop(): Promise<readonly Call[]> {
    this.going = false;
    await Promise.all(this.callers);
    return this.calls;
  }

  private async call(caller: number): Promise<void> {
    const flights = callersFlights();
    for (let turn = caller, left = 10; left > 0; turn += CALLERS) {
      if (!this.going) left -= 1;
      const { row, body } = flights[turn % flights.length]!;
      const at = this.run.clock.now();
      let answer: string;
      try {
        answer = await askOne(this.run.clients.sagemakerRuntime, this.endpoint, body);
      } catch (error) {
        answer = refusalOf(error);
      }
      this.calls.push({ at, row, answer });
      // Waits are long on AWS: the pace is that of the questions there.
      await this.run.clock.sleep(this.run.clients.pollMs / 10);
    }
  }
}

/** Keeps what was asked: one line a request, `time,row,answer`. */
export async function keepCalls(run: LabRun, place: LabPlace, calls: readonly Call[]): Promise<string> {
  const key = `${INCIDENTS}${run.clock.now().toISOString().replaceAll(':', '-')}.csv`;
  const lines = calls.map(({ at, row, answer }) => `${at.toISOString()},${row},${answer}\n`);
  await putObject(run, place.bucket, key, Buffer.from(lines.join('')), 'text/csv');
  return key;
}

export interface Kept {
  readonly key: string;
  readonly calls: readonly Call[];
}

/** The newest log of requests; undefined where there is none. */
export async function readCalls(run: LabRun, place: LabPlace): Promise<Kept | undefined> {
  const newest = (await listObjects(run, place.bucket, INCIDENTS)).sort(
    (a, b) => b.modified.getTime() - a.modified.getTime() || (a.key < b.key ? 1 : -1),
  )[0];
  if (newest === undefined) return undefined;
  const calls = (await readObject(run, place.bucket, newest.key))
    .toString()
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [at = '', row = '', ...answer] = line.split(',');
      return { at: new Date(at), row: Number(row), answer: answer.join(',').trim() };
    });
  return { key: newest.key, calls };
}
