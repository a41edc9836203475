/** The learner of a local cloud: an IAM user, so that requests carry a name and IAM is evaluated for them too. */
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import type { Credentials } from '../services/service';
import type { EndpointAccess } from '../services/principal';

const UserName = 'learner';
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

/**
 * Makes the user.
 *
 * @param policies documents of managed policies by name, which are all that the learner has; without, everything is allowed
 * @returns the user's access key
 */
export async function makeLearner(
  reach: EndpointAccess,
  root: Credentials,
  policies?: Readonly<Record<string, string>>,
): Promise<Credentials> {
  const iam = new IAMClient({
    region: reach.region,
    endpoint: reach.endpoint,
    credentials: root,
    requestHandler: { httpsAgent: { ca: reach.ca } },
  });
  const attach = (PolicyArn: string) => iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  await iam.send(new CreateUserCommand({ UserName }));
  if (policies === undefined) await attach(ADMINISTRATOR);
  for (const [PolicyName, PolicyDocument] of Object.entries(policies ?? {})) {
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    await attach(Policy!.Arn!);
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  iam.destroy();
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}
