import { GetWorkGroupCommand, ListTagsForResourceCommand } from '@aws-sdk/client-athena';
import { baseName } from '../../../course/names';
import { arnHere, athenaWorkGroup } from '../../arns';
import { provenNames } from '../../ownership-proof';
import type { Permission, Scope } from '../../kind';

/** Our workgroups that exist. */
export function ourWorkGroups(scope: Scope): Promise<Map<string, string>> {
  const { athena } = scope.run.clients;
  return provenNames(scope, 'workGroups', async (name) => {
    await athena.send(new GetWorkGroupCommand({ WorkGroup: name }));
    const arn = arnHere(scope.run, 'athena', `workgroup/${name}`);
    return (await athena.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).Tags;
  });
}

/** Permission for actions on the lab's workgroup. */
export function onWorkGroup(...actions: string[]): Permission {
  return {
    actions: ['athena:GetWorkGroup', 'athena:ListTagsForResource', ...actions],
    resources: (place) => athenaWorkGroup(place, baseName(place.lab, place.learner)),
  };
}
