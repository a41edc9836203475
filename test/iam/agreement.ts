/** What a local cloud recorded of IAM's decisions, decided again by the second engine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudDecision, CloudDecisions } from '../../local-cloud/boot/start';
import { decide, type Document, lets, type Policies, type Request } from './evaluation';

/** What clouds kept in a folder, as `LAB_LOCAL_DECISIONS` names it. */
export function decisionsIn(folder: string): CloudDecisions[] {
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as CloudDecisions);
}

export function requestOf({ principal, service, action, resource, context }: CloudDecision): Request {
  const asking = service === undefined ? {} : { service };
  return { caller: { arn: principal.arn, account: principal.account, ...asking }, action, resource, context };
}

/** The policies of a recorded request. */
export function policiesOf(
  { identity = [], limits = [], resourcePolicy }: CloudDecision,
  documents: CloudDecisions['documents'],
): Policies {
  const read = (key: string): Document => JSON.parse(documents[key]!) as Document;
  return {
    identity: identity.map(read),
    limits: limits.map((layer) => layer.map(read)),
    ...(resourcePolicy && {
      resource: {
        document: read(resourcePolicy.policy),
        owner: resourcePolicy.owner,
        required: resourcePolicy.required,
      },
    }),
  };
}

/** Whether the second engine allows what was asked. */
export function allowedAgain(decision: CloudDecision, documents: CloudDecisions['documents']): boolean {
  const request = requestOf(decision);
  if (decision.kind === 'policy') return lets(request, JSON.parse(documents[decision.policy!]!) as Document);
  return decide(request, policiesOf(decision, documents)) === 'allowed';
}

/** What the second engine decides otherwise than the local cloud did, one line each. */
export function disagreements({ decisions, documents }: CloudDecisions): string[] {
  return decisions
    .filter((one) => allowedAgain(one, documents) !== one.allowed)
    .map(
      ({ kind, principal, service, action, resource, allowed }) =>
        `${kind}: ${service ?? principal.arn} ${action} on ${resource}: ${allowed ? 'allowed' : 'denied'} by the local cloud`,
    );
}
