/** Whether the Region has what the labs need, and whether the account has the Region. */
import { GetRegionOptStatusCommand } from '@aws-sdk/client-account';
import type { Lab } from '../course/model';
import { isKnownRegion, isOnByDefault, REGIONS } from '../facts/regions';
import type { Clients } from '../target/clients';
import { reasonOf } from '../aws/reason';
import type { Finding } from './finding';
import { type Place, profileOption } from './place';

const WHY = 'A lab is deployed into one Region, and its jobs run images that AWS keeps there.';

export function lookAtRegion({ target: { account, region } }: Place, labs: readonly Lab[]): Finding {
  const about = { about: 'account', id: 'region', why: WHY } as const;
  const where = `Account ${account}, Region ${region}`;
  const needing = labs.filter(({ kinds }) => kinds.some((kind) => kind.startsWith('sagemaker:'))).map(({ id }) => id);
  if (needing.length === 0 || isKnownRegion(region)) return { ...about, state: 'ok', saw: `${where}.` };
  return {
    ...about,
    state: 'bad',
    saw: `${where}: this project knows no SageMaker images there, and ${needing.join(', ')} cannot be deployed.`,
    next: `use one of ${Object.keys(REGIONS).join(', ')}, for example: --region ${Object.keys(REGIONS)[0]}`,
  };
}

/** Whether the account has switched the Region on. @param clients those of a Region that answers */
export async function lookAtRegionEnabled(
  { target, suffix }: Place,
  clients: Pick<Clients, 'account'> = target.clients,
): Promise<Finding> {
  const { region, name } = target;
  const about = {
    about: 'account',
    id: 'region-enabled',
    why: 'In a Region that is not switched on, AWS refuses every request as if the credentials were wrong.',
  } as const;
  if (name === 'local') return { ...about, state: 'ok', saw: `${region} is the one Region of the local cloud.` };
  if (isOnByDefault(region)) return { ...about, state: 'ok', saw: `${region} is switched on in every account.` };
  const options = `--region-name ${region}${profileOption(target)}`;
  try {
    const { RegionOptStatus: status } = await clients.account.send(
      new GetRegionOptStatusCommand({ RegionName: region }),
    );
    if (status === 'ENABLED' || status === 'ENABLED_BY_DEFAULT')
      return { ...about, state: 'ok', saw: `${region} is switched on (${status}).` };
    if (status === 'ENABLING')
      return {
        ...about,
        state: 'bad',
        saw: `${region} is being switched on (ENABLING): that takes minutes, in some accounts hours.`,
        next: `wait some minutes, then look again: ./lab doctor${suffix}`,
      };
    return {
      ...about,
      state: 'bad',
      saw: `${region} is not switched on in this account (${status ?? 'no status'}).`,
      next: `aws account enable-region ${options} (it takes minutes, in some accounts hours; or https://console.aws.amazon.com/billing/home#/account; or use --region us-east-1)`,
    };
  } catch (error) {
    return {
      ...about,
      state: 'unknown',
      saw: `Whether ${region} is switched on could not be asked (${reasonOf(error)}).`,
      next: `aws account get-region-opt-status ${options}`,
    };
  }
}
