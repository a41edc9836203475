/** The CDK's own set-up in the Region: whether it is there, and new enough for the labs' stacks. */
import { OLDEST_BOOTSTRAP } from '../facts/cdk';
import { BOOTSTRAP_PARAMETER, bootstrapVersion } from '../target/bootstrap';
import { reasonOf } from '../aws/reason';
import type { Finding } from './finding';
import { type Place, profileOption } from './place';

export async function lookAtBootstrap({ target }: Place): Promise<Finding> {
  const about = {
    about: 'account',
    id: 'bootstrap',
    why: `Stacks are deployed through the bucket and the roles of the stack CDKToolkit; those of the labs need its version ${OLDEST_BOOTSTRAP} or newer.`,
  } as const;
  const command = `npx cdk bootstrap aws://${target.account}/${target.region}${profileOption(target)}`;
  try {
    const version = await bootstrapVersion(target);
    if (version === undefined)
      return {
        ...about,
        state: 'note',
        saw: 'The CDK is not set up there: ./lab up does it first, within the same question.',
        next: `${command} (only to do it yourself)`,
      };
    if (!(version >= OLDEST_BOOTSTRAP))
      return {
        ...about,
        state: 'bad',
        saw: `The CDK's set-up there (stack CDKToolkit) has version ${version}, which is too old.`,
        next: `${command} (it updates the set-up; what other apps deployed stays)`,
      };
    return { ...about, state: 'ok', saw: `The CDK is set up there (stack CDKToolkit, version ${version}).` };
  } catch (error) {
    return {
      ...about,
      state: 'unknown',
      saw: `Whether the CDK is set up could not be asked (${reasonOf(error)}).`,
      next: `aws ssm get-parameter --name ${BOOTSTRAP_PARAMETER} --region ${target.region}${profileOption(target)}`,
    };
  }
}
