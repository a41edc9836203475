import { DeleteModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import { onlyTagged } from '../../arns';
import { isTheStacks } from '../../belonging';
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
    await scope.run.clients.sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: found.id }));
  },
  permissions: [
    {
      actions: ['sagemaker:DeleteModelPackageGroup'],
      resources: (place) => sagemakerArns(place, 'model-package-group/*'),
      reason: 'a learner may name a group freely; the condition lets only those with our tags go',
      conditions: onlyTagged,
    },
  ],
};
