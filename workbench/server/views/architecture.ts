/** What stands of each box of the lab's picture. */
import { stackResources } from '../../../lib/target/stacks';
import type { ArchitectureView } from '../../api';
import { linkOf } from './console';
import type { View } from './view';

export const architecture: View = {
  title: 'Picture',
  async read({ run, stack }): Promise<ArchitectureView> {
    const resources = await stackResources(run, stack.id);
    const entries = resources.map(
      ({
        LogicalResourceId = '',
        ResourceType: type = '',
        PhysicalResourceId: name = '',
        ResourceStatus: status = '',
      }) => [LogicalResourceId, { type, name, status, link: linkOf(run, type, name) }] as const,
    );
    return { resources: Object.fromEntries(entries) };
  },
};
