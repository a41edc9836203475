/** The local target: a local cloud on loopback, with dummy credentials made for it. No other module of lib/ starts one. */
import { functionNode } from '../../local-cloud/boot/node';
import { pythonReady } from '../../local-cloud/boot/python';
import { ROOT } from '../../local-cloud/boot/paths';
import {
  type Face,
  faceNamed,
  FACES,
  findKept,
  LOCAL_ACCOUNT,
  LocalCloud,
  LocalCloudError,
  startLocalCloud,
} from '../../local-cloud/boot/start';
import { Exit, LabError } from '../course/errors';
import { Clients } from './clients';
import { CloudClock } from './cloud-clock';
import { learnerPolicies } from './learner-policy';
import { RequestRecorder } from './recorder';
import type { LearnerRights, Target, TargetOptions } from './target';

const DEFAULT_REGION = 'us-east-1';
const REGION_PATTERN = /^[a-z]{2}(-[a-z]+)+-\d$/;
/** Local engines answer within a fraction of a second. */
const POLL_MS = 200;

/** Refuses any endpoint that is not loopback. @throws LabError with exit code 3 */
export function assertLoopback(endpoint: string): void {
  const { hostname, protocol } = new URL(endpoint);
  if (protocol !== 'https:' || (hostname !== '127.0.0.1' && hostname !== 'localhost')) {
    throw new LabError(`The local target refuses the endpoint ${endpoint}.`, {
      why: 'It talks to this machine only, over TLS, so that no real account can be reached by accident.',
      next: './lab down --all --target local, then run the command again',
      exit: Exit.Refused,
    });
  }
}

async function asLabError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LocalCloudError) {
      throw new LabError(error.message, { why: error.why, next: error.next, cause: error });
    }
    throw error;
  }
}

function checkOptions(options: TargetOptions): string {
  if (options.profile !== undefined) {
    throw new LabError(`The local target takes no profile (${options.profile} was given).`, {
      why: 'It uses dummy credentials of its own.',
      next: 'Leave --profile out, or use --target aws.',
      exit: Exit.WrongUse,
    });
  }
  const region = options.region ?? DEFAULT_REGION;
  if (!REGION_PATTERN.test(region)) {
    throw new LabError(`"${region}" is not a Region's name.`, {
      why: 'Regions are named like us-east-1.',
      next: 'Give another --region, or leave it out.',
      exit: Exit.WrongUse,
    });
  }
  return region;
}

/** Faces that are asked for. @throws LabError for one that there is not */
export function facesOf({ faces }: Pick<TargetOptions, 'faces'>, env = process.env): readonly Face[] {
  const asked = faces ?? (env.LAB_LOCAL_FACES ?? '').split(',').map((face) => face.trim());
  const wanted = asked.filter((face) => face !== '');
  const unknown = wanted.filter((face) => faceNamed(face) === undefined);
  if (unknown.length === 0) return [...new Set(wanted.map((face) => faceNamed(face)!))].sort();
  throw new LabError(`The local cloud has no face ${unknown.map((face) => JSON.stringify(face)).join(', ')}.`, {
    why: `It can show AWS as ${Object.keys(FACES).join(', ')}.`,
    next: faces === undefined ? 'Change LAB_LOCAL_FACES, or unset it.' : './lab rehearse --help',
    exit: Exit.WrongUse,
  });
}

const RIGHTS: readonly LearnerRights[] = ['administrator', 'policy'];

/** What the learner shall be allowed. @throws LabError for what LAB_LOCAL_LEARNER cannot be */
export function rightsOf({ learner }: Pick<TargetOptions, 'learner'>, env = process.env): LearnerRights {
  const given = env.LAB_LOCAL_LEARNER || undefined;
  const rights = RIGHTS.find((one) => one === given);
  if (given === undefined || rights) return rights ?? learner ?? 'administrator';
  throw new LabError(`LAB_LOCAL_LEARNER=${given} is no learner of the local cloud.`, {
    why: `It is ${RIGHTS.join(' or ')}.`,
    next: 'Change LAB_LOCAL_LEARNER, or unset it.',
    exit: Exit.WrongUse,
  });
}

async function openCloud(options: TargetOptions, region: string): Promise<LocalCloud> {
  const kept = options.keep !== false;
  const found = kept ? findKept() : undefined;
  if (found && options.region !== undefined && found.state.region !== region) {
    throw new LabError(`The local cloud runs in Region ${found.state.region}, not in ${region}.`, {
      why: 'One local cloud is kept at a time, in one Region.',
      next: `Run the command again with --region ${found.state.region}.`,
      exit: Exit.WrongUse,
    });
  }
  const faces = facesOf(options);
  if (found && faces.length > 0 && [...found.state.faces].sort().join() !== faces.join()) {
    throw new LabError(`The local cloud that runs does not show ${faces.join(', ')}.`, {
      why: 'It takes its faces when it starts.',
      next: './lab down --all --target local, then run the command again',
      exit: Exit.WrongUse,
    });
  }
  if (found) return found;
  const program = (await import('./program')).programArguments(ROOT, 'local-cloud/boot/supervisor.ts');
  return startLocalCloud({
    life: kept ? 'kept' : 'private',
    region,
    faces,
    ...(rightsOf(options) === 'policy' && {
      learnerPolicies: learnerPolicies({ partition: 'aws', account: LOCAL_ACCOUNT, region }),
    }),
    progress: options.progress,
    program,
  });
}

/** Whether its Python packages are installed, from the current lock file. */
export function localCloudInstalled(): boolean {
  return pythonReady();
}

/** Whether functions run on Lambda's Node.js or on the machine's; undefined before the first use. */
export function localFunctionNode(): 'own' | "the machine's" | undefined {
  const found = functionNode();
  return found && (found.own ? 'own' : "the machine's");
}

/** Whether a local cloud is kept on this machine now. */
export function localCloudRuns(): boolean {
  return findKept() !== undefined;
}

/** Region of the local cloud that is kept; undefined where none is. */
export function localCloudRegion(): string | undefined {
  return findKept()?.state.region;
}

/**
 * Opens the local target.
 *
 * @throws LabError when the options do not fit, or the local cloud cannot be started
 */
export async function openLocal(options: TargetOptions): Promise<Target> {
  const region = checkOptions(options);
  const cloud = await asLabError(() => openCloud(options, region));
  const { state } = cloud;
  assertLoopback(state.endpoint);
  const recorder = new RequestRecorder();
  recorder.principal = `arn:aws:iam::${state.account}:user/learner`;
  const clock = new CloudClock();
  const reach = { region: state.region, endpoint: state.endpoint, ca: cloud.ca, clock, pollMs: POLL_MS };
  const { accessKeyId, secretAccessKey } = state;
  const clients = new Clients({ ...reach, credentials: { accessKeyId, secretAccessKey }, recorder });
  const administrator = new Clients({ ...reach, credentials: state.root });
  const opened = Date.now() / 1000;
  return {
    name: 'local',
    account: state.account,
    region: state.region,
    clients,
    administrator,
    recorder,
    clock,
    shellEnv: () => ({
      AWS_ENDPOINT_URL: state.endpoint,
      AWS_ACCESS_KEY_ID: state.accessKeyId,
      AWS_SECRET_ACCESS_KEY: state.secretAccessKey,
      AWS_SESSION_TOKEN: '',
      AWS_REGION: state.region,
      AWS_DEFAULT_REGION: state.region,
      AWS_CA_BUNDLE: state.caFile,
      SSL_CERT_FILE: state.caFile,
      REQUESTS_CA_BUNDLE: state.caFile,
      NODE_EXTRA_CA_CERTS: state.caFile,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    }),
    denied: async () =>
      (await cloud.requests(true))
        .filter((request) => request.at >= opened && request.denied)
        .map((request) => ({ principal: request.principal, ...request.denied! })),
    invalid: async () => (await cloud.invalid()).filter(({ at }) => at >= opened).map(({ at: _, ...one }) => one),
    inventory: () => cloud.inventory(),
    passTime: (seconds) => asLabError(() => cloud.passTime(seconds)),
    close: async () => {
      for (const one of [clients, administrator]) one.destroy();
      if (options.keep === false) await asLabError(() => cloud.stop());
    },
    stop: async () => {
      for (const one of [clients, administrator]) one.destroy();
      await asLabError(() => cloud.stop());
    },
  };
}
