/** Conditions that a local cloud can simulate, called faces: of a fresh account, of one that was granted more, of AWS on a bad day. */
export const FACES = {
  'builds-held': 'CodeBuild holds every build, as in some new accounts',
  'training-quota-0': 'no training job may run, as in a new account',
  'endpoint-quota-0': 'no endpoint on ml.t2.medium',
  'endpoint-quota-4': 'four instances of ml.t2.medium behind endpoints, after a request for more',
  'model-monitor-closed': 'SageMaker Model Monitor is closed, as to every new customer',
  'free-plan': 'the account is on the free plan: SageMaker and CodeBuild need a subscription',
  'rollback-unseen': 'CloudFormation takes an endpoint that an alarm rolled back for updated',
  throttled: 'a third of all requests is throttled',
  slow: 'every answer takes longer',
  failing: 'one request in twenty fails with a server error, half of them though they were carried out',
  eventual: 'lists lag seconds behind writes',
  'late-writes': 'captured requests and logs arrive seconds after what they are about, deleted or not',
  'stuck-endpoint': 'every change of an endpoint, and its deletion, takes half an hour of AWS',
  'busy-names': 'the name of a bucket, queue or log group that was deleted cannot be taken again for a while',
} as const satisfies Readonly<Record<string, string>>;

export type Face = keyof typeof FACES;

/** Names that mean the same. */
const ALIASES: Readonly<Record<string, Face>> = { 'monitor-closed': 'model-monitor-closed' };

/** @returns undefined for a name that is no face's */
export function faceNamed(name: string): Face | undefined {
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  return Object.hasOwn(FACES, name) ? (name as Face) : undefined;
}
