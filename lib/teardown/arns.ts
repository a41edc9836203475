/** ARNs: of things of a run, and for permissions, out of a {@link LabNames}. */
import { partitionOf } from '../aws/partition';
import { tagsOf } from '../course/names';
import type { LabRun } from '../course/run';
import type { Permission, LabNames } from './kind';

/** ARN of a thing in the run's account and Region. */
export function arnHere(
  { region, account }: Pick<LabRun, 'region' | 'account'>,
  service: string,
  resource: string,
): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;
}

/** ARNs for permissions on a service's things. */
export function arnsOf(place: LabNames, service: string, ...resources: string[]): string[] {
  return resources.map((resource) => `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`);
}

/** ARN of a role without a path, as those are that CloudFormation names. */
export function arnOfRole({ region, account }: Pick<LabRun, 'region' | 'account'>, name: string): string {
  return `arn:${partitionOf(region)}:iam::${account}:role/${name}`;
}

export function roleName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

export function glueArns(place: LabNames, ...resources: string[]): string[] {
  return resources.map((resource) => `arn:${place.partition}:glue:${place.region}:${place.account}:${resource}`);
}

export function athenaWorkGroup(place: LabNames, name: string): string[] {
  return [`arn:${place.partition}:athena:${place.region}:${place.account}:workgroup/${name}`];
}

/** Log groups and their streams: some actions are checked on the group's ARN, others on one that ends in `:*`. */
export function logGroupArns(place: Pick<LabNames, 'partition' | 'region' | 'account'>, ...names: string[]): string[] {
  return names.flatMap((name) => {
    const arn = `arn:${place.partition}:logs:${place.region}:${place.account}:log-group:${name}`;
    return name.endsWith('*') ? [arn] : [arn, `${arn}:*`];
  });
}

/** IAM condition: only what carries this lab's and learner's tags. */
export function onlyTagged(place: LabNames): Record<string, Record<string, string>> {
  const tags = Object.entries(tagsOf(place.lab, place.learner)).map(([key, value]) => [
    `aws:ResourceTag/${key}`,
    value,
  ]);
  return { StringEquals: Object.fromEntries(tags) as Record<string, string> };
}

/** What finds things by our tags, whatever they are. */
export const SEARCH_BY_TAG: Permission = {
  actions: ['tag:GetResources'],
  resources: () => ['*'],
  reason: 'a search by tags is a request on all of an account; what it finds is looked up one by one',
};
