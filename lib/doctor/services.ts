/** Whether the account may use the services of the labs: one question to each that changes nothing. */
import { ListWorkGroupsCommand } from '@aws-sdk/client-athena';
import { ListProjectsCommand } from '@aws-sdk/client-codebuild';
import { ListPipelinesCommand } from '@aws-sdk/client-codepipeline';
import { GetDatabasesCommand } from '@aws-sdk/client-glue';
import { ListModelPackageGroupsCommand } from '@aws-sdk/client-sagemaker';
import type { Lab } from '../course/model';
import type { Clients } from '../target/clients';
import type { Finding } from './finding';

type Probe = (clients: Clients) => Promise<unknown>;

/** By the part of a teardown kind before the colon, which names the service. */
const PROBES: Readonly<Record<string, Probe>> = {
  athena: ({ athena }) => athena.send(new ListWorkGroupsCommand({ MaxResults: 1 })),
  codebuild: ({ codebuild }) => codebuild.send(new ListProjectsCommand({})),
  codepipeline: ({ codepipeline }) => codepipeline.send(new ListPipelinesCommand({ maxResults: 1 })),
  glue: ({ glue }) => glue.send(new GetDatabasesCommand({ MaxResults: 1 })),
  sagemaker: ({ sagemaker }) => sagemaker.send(new ListModelPackageGroupsCommand({ MaxResults: 1 })),
};

/** Services of the labs that can be asked. */
export function servicesOf(labs: readonly Pick<Lab, 'kinds'>[]): string[] {
  const named = labs.flatMap(({ kinds }) => kinds.map((kind) => kind.split(':')[0]!));
  return [...new Set(named)].filter((service) => Object.hasOwn(PROBES, service)).sort();
}

export async function lookAtServices(clients: Clients, labs: readonly Pick<Lab, 'kinds'>[]): Promise<Finding[]> {
  return Promise.all(servicesOf(labs).map((service) => lookAt(clients, service)));
}

/** Services among the findings that refuse the account. */
export function closedServices(findings: readonly Finding[]): string[] {
  return findings.filter(({ state }) => state === 'bad').map(({ id }) => id.replace(/^service:/, ''));
}

async function lookAt(clients: Clients, service: string): Promise<Finding> {
  const about = {
    about: 'service',
    id: `service:${service}`,
    why: `Labs make things in ${service}; a new account, or one on the free plan, may not have it.`,
  } as const;
  try {
    await PROBES[service]!(clients);
    return { ...about, state: 'ok', saw: `${service} answers.` };
  } catch (error) {
    const { name, message } = error as Error;
    const first = message.split('\n')[0]!.slice(0, 200);
    if (name === 'SubscriptionRequiredException' || name === 'OptInRequired') {
      return {
        ...about,
        state: 'bad',
        saw: `${service} is closed to this account: ${first}`,
        next: 'upgrade the account’s plan on https://console.aws.amazon.com/billing/home (the free plan bars some services); a new account can need some hours',
      };
    }
    return { ...about, state: 'unknown', saw: `${service} was asked and did not say (${name}: ${first}).` };
  }
}
