import { Exit, LabError } from '../course/errors';
import { RETRIES } from './retries';
import type { Target } from './target';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an address can only be this machine. */
export function isLoopback(address: string): boolean {
  try {
    const { hostname } = new URL(address);
    return LOOPBACK.has(hostname) || hostname.endsWith('.localhost');
  } catch {
    return false;
  }
}

/**
 * The whole environment of a process that deploys: this target's, and nothing that could lead to another one.
 *
 * On `local` every AWS variable of the learner's shell is dropped and no configuration file is read, so that no real
 * credentials are in reach; on `aws` any custom endpoint is refused.
 *
 * @throws LabError (refused) when the two could be confused
 */
export function toolkitEnv(
  target: Pick<Target, 'name' | 'shellEnv'>,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  // The toolkit goes on with the learner's own rights where a role could not be assumed: a throttled request must not be why.
  const env: Record<string, string> = { ...RETRIES };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && (target.name === 'aws' || !/^(AWS|AMAZON|CDK)_/.test(name))) env[name] = value;
  }
  Object.assign(env, target.shellEnv());
  const endpoints = Object.entries(env).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL'));
  if (target.name === 'aws' && endpoints.length > 0) {
    const [name, value] = endpoints[0] ?? ['', ''];
    throw new LabError(`${name} is set to ${JSON.stringify(value)}.`, {
      why: 'The aws target talks to AWS and to nothing else.',
      next: `unset ${name}`,
      exit: Exit.Refused,
    });
  }
  if (target.name === 'local') {
    const other = endpoints.find(([, value]) => !isLoopback(value));
    if (other || env.AWS_ENDPOINT_URL === undefined || env.AWS_ACCESS_KEY_ID === undefined) {
      throw new LabError(
        `The local cloud's endpoint is ${JSON.stringify(other?.[1] ?? env.AWS_ENDPOINT_URL ?? 'not set')}.`,
        {
          why: 'The local target only ever talks to this machine.',
          next: './lab down --all --target local',
          exit: Exit.Refused,
        },
      );
    }
    // Left unset, the SDK would read the learner's own files, and find real credentials there.
    env.AWS_CONFIG_FILE = '/dev/null';
    env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null';
    env.AWS_EC2_METADATA_DISABLED = 'true';
  }
  return env;
}
