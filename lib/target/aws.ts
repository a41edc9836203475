/** The aws target: a real account, through the SDK's own credentials. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { loadConfig } from '@smithy/node-config-provider';
import { Exit, LabError } from '../course/errors';
import { Clients } from './clients';
import { CloudClock } from './cloud-clock';
import { RequestRecorder } from './recorder';
import type { Target, TargetOptions } from './target';

/** Refuses custom endpoints: an emulator's setting left in the shell must not be taken for AWS. @throws LabError with exit code 3 */
export function refuseCustomEndpoints(env: NodeJS.ProcessEnv): void {
  const custom = Object.keys(env).find((name) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && env[name]);
  if (custom) {
    throw new LabError(`The aws target refuses the custom endpoint ${custom}=${env[custom]}.`, {
      why: 'It stands for a real account at AWS; a custom endpoint leads elsewhere.',
      next: `unset ${custom}    (or use --target local)`,
      exit: Exit.Refused,
    });
  }
}

/**
 * Refuses them in the shared configuration file too, where the SDK finds them by itself: a profile made for an emulator
 * would otherwise pass for an account.
 *
 * @param profile the chosen profile; what the SDK's clients read is the environment's, so both are looked at
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 * @throws LabError with exit code 3
 */
export async function refuseConfiguredEndpoints(profile: string | undefined, env: NodeJS.ProcessEnv): Promise<void> {
  const byEnvironment = env.AWS_PROFILE ?? 'default';
  for (const name of new Set([byEnvironment, profile ?? byEnvironment])) {
    const custom = await loadConfig<string | undefined>(
      {
        environmentVariableSelector: () => undefined,
        configFileSelector: (settings, file) => {
          const services: Readonly<Record<string, string | undefined>> =
            file?.[['services', settings.services].join('.')] ?? {};
          const ofService = Object.entries(services).find(([key]) => /(^|\.)endpoint_url$/.test(key));
          return settings.endpoint_url ?? ofService?.[1];
        },
        default: undefined,
      },
      { profile: name, preferredFile: 'config' },
    )();
    if (custom === undefined) continue;
    throw new LabError(`The aws target refuses the custom endpoint ${custom} of the profile ${name}.`, {
      why: 'It stands for a real account at AWS; a custom endpoint leads elsewhere.',
      next: 'Choose another with --profile and AWS_PROFILE, or take endpoint_url out of your AWS configuration file.',
      exit: Exit.Refused,
    });
  }
}

/** The Region of environment or profile. */
async function homeRegion(options: TargetOptions): Promise<string | undefined> {
  const profile = options.profile ?? process.env.AWS_PROFILE;
  return loadConfig<string | undefined>(
    {
      environmentVariableSelector: (env) => env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
      configFileSelector: (file) => file.region,
      default: undefined,
    },
    { profile, preferredFile: 'config' },
  )();
}

function regionOf(options: TargetOptions, home: string | undefined): string {
  const region = options.region ?? home;
  if (region) return region;
  throw new LabError('No Region is known.', {
    why: 'Neither --region nor AWS_REGION nor the profile names one.',
    next: 'Run the command again with --region, for example --region us-east-1.',
    exit: Exit.WrongUse,
  });
}

/**
 * Opens a real account, and asks it who we are.
 *
 * @throws LabError when a custom endpoint is set or no Region is known; the SDK's errors for credentials
 */
export async function openAws(options: TargetOptions): Promise<Target> {
  refuseCustomEndpoints(process.env);
  await refuseConfiguredEndpoints(options.profile, process.env);
  const home = await homeRegion(options);
  const region = regionOf(options, home);
  const recorder = new RequestRecorder();
  const credentials = fromNodeProviderChain({ ...(options.profile && { profile: options.profile }) });
  const clock = new CloudClock();
  const clients = new Clients({ region, credentials, recorder, clock });
  const identity = await clients.sts.send(new GetCallerIdentityCommand({}));
  recorder.principal = identity.Arn!;
  return {
    name: 'aws',
    account: identity.Account!,
    region,
    clients,
    clientsIn: (other) => new Clients({ region: other, credentials, recorder, failFast: true }),
    ...(home !== undefined && home !== region && { home }),
    recorder,
    clock,
    shellEnv: () => ({
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      ...(options.profile && { AWS_PROFILE: options.profile }),
    }),
    denied: async () => [],
    invalid: async () => [],
    inventory: async () => [],
    close: async () => clients.destroy(),
    stop: async () => clients.destroy(),
  };
}
