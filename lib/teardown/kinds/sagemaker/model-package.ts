import { DeleteModelPackageCommand, ListModelPackagesCommand } from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../errors';
import type { Found, Kind, Scope } from '../../kind';
import { listAll } from '../../pages';
import { ourGroups, sagemakerArns } from './ours';

/** The versions in our groups. */
export const sagemakerModelPackage: Kind = {
  id: 'sagemaker:model-package',
  title: 'model versions',
  after: [
    { kind: 'cloudformation:stack', why: 'a stack that rolls back makes its model of the earlier version' },
    { kind: 'sagemaker:model', why: 'its version proves that a model is ours' },
  ],
  blocks: 'a group with versions cannot be deleted, and the deletion of its stack would fail',
  async list(scope) {
    const found: Found[] = [];
    for (const [group] of await ourGroups(scope)) found.push(...(await versions(scope, group)));
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: found.id }));
  },
  permissions: [
    {
      actions: ['sagemaker:ListModelPackages', 'sagemaker:ListModelPackageGroups'],
      resources: () => ['*'],
      reason:
        'SageMaker lists all groups or none: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html',
    },
    {
      actions: ['sagemaker:DeleteModelPackage'],
      resources: (place) => sagemakerArns(place, 'model-package/*'),
      reason: 'versions carry no tags; the code takes only those of a group that is proven ours',
    },
    {
      actions: ['sagemaker:ListTags'],
      resources: (place) => sagemakerArns(place, 'model-package-group/*'),
      reason: 'the tags of a group say whether it is ours',
    },
  ],
};

async function versions(scope: Scope, group: string): Promise<Found[]> {
  const packages = await listAll(async (NextToken) => {
    const page = await orUndefined(
      scope.run.clients.sagemaker.send(
        new ListModelPackagesCommand({ ModelPackageGroupName: group, NextToken, MaxResults: 100 }),
      ),
    );
    return { items: page?.ModelPackageSummaryList, next: page?.NextToken };
  });
  return packages.flatMap(({ ModelPackageArn: id }) =>
    id ? [{ kind: 'sagemaker:model-package', id, because: `in our group ${group}` }] : [],
  );
}
