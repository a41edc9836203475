import { DeleteModelPackageGroupCommand, DescribeModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import { onlyTagged } from '../../arns';
import { isTheStacks } from '../../ownership-proof';
import type { Found, Kind } from '../../kind';
import { ourGroups, sagemakerArns } from './ours';

/** A group of versions that a learner made with our tags, or that outlived its stack. */
export const sagemakerModelPackageGroup: Kind = {
  id: 'sagemaker:model-package-group',
  title: 'groups of model versions',
  after: [{ kind: 'sagemaker:model-package', why: 'SageMaker deletes no group that has versions' }],
  async list(scope) {
    const found: Found[] = [];
    for (const [id, because] of await ourGroups(scope)) {
      if (await isTheStacks(scope, 'modelPackageGroups', id)) continue;
      found.push({ kind: 'sagemaker:model-package-group', id, because });
    }
    return found;
  },
  async remove(found, scope) {
    const { sagemaker } = scope.run.clients;
    // Lists lag: of a group that is gone, a deletion that is allowed by its tags would be refused, and never say so.
    await sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: found.id }));
    await sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: found.id }));
  },
  permissions: [
    {
      actions: ['sagemaker:DescribeModelPackageGroup'],
      resources: (place) => sagemakerArns(place, 'model-package-group/*'),
      reason: 'whether a group that a list has is still there',
    },
    {
      actions: ['sagemaker:DeleteModelPackageGroup'],
      resources: (place) => sagemakerArns(place, 'model-package-group/*'),
      reason: 'a learner may name a group freely; the condition lets only those with our tags go',
      conditions: onlyTagged,
    },
  ],
};
