/** ARNs for permissions, out of a {@link Place}. */
import { tagsOf } from '../course/names';
import type { Place } from './kind';

export function glueArns(place: Place, ...resources: string[]): string[] {
  return resources.map((resource) => `arn:${place.partition}:glue:${place.region}:${place.account}:${resource}`);
}

export function athenaWorkGroup(place: Place, name: string): string[] {
  return [`arn:${place.partition}:athena:${place.region}:${place.account}:workgroup/${name}`];
}

/** Log groups and their streams: some actions are checked on the group's ARN, others on one that ends in `:*`. */
export function logGroupArns(place: Pick<Place, 'partition' | 'region' | 'account'>, ...names: string[]): string[] {
  return names.flatMap((name) => {
    const arn = `arn:${place.partition}:logs:${place.region}:${place.account}:log-group:${name}`;
    return name.endsWith('*') ? [arn] : [arn, `${arn}:*`];
  });
}

/** IAM condition: only what carries this lab's and learner's tags. */
export function onlyTagged(place: Place): Record<string, Record<string, string>> {
  const tags = Object.entries(tagsOf(place.lab, place.learner)).map(([key, value]) => [
    `aws:ResourceTag/${key}`,
    value,
  ]);
  return { StringEquals: Object.fromEntries(tags) as Record<string, string> };
}
