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

async function lookAt(clients: Clients, service: string): Promise<Finding> {
  const found = (state: Finding['state'], saw: string, next?: string): Finding => ({
    about: 'service',
    id: `service:${service}`,
    state,
    saw,
    ...(next !== undefined && { next }),
  });
  try {
    await PROBES[service]!(clients);
    return found('ok', `${service} answers.`);
  } catch (error) {
    const { name, message } = error as Error;
    const first = message.split('\n')[0]!.slice(0, 200);
    if (name === 'SubscriptionRequiredException' || name === 'OptInRequired') {
      return found(
        'bad',
        `${service} is closed to this account: ${first}`,
        'upgrade the account’s plan in the Billing console (the free plan blocks some services); a new account can need some hours',
      );
    }
    return found('unknown', `${service} was asked and did not say (${name}: ${first}).`);
  }
}
