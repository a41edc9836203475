import { DeletePipelineCommand } from '@aws-sdk/client-codepipeline';
import type { Kind } from '../../kind';
import { ourPipelines } from './ours';

/** A pipeline that a learner made or cloned, or one that outlived its stack. */
export const codepipelinePipeline: Kind = {
  id: 'codepipeline:pipeline',
  title: 'pipelines',
  after: [
    { kind: 'codepipeline:execution', why: 'a deleted pipeline leaves the actions of its executions running' },
    { kind: 'events:rule', why: 'its pipeline proves that a rule is ours' },
  ],
  async list(scope) {
    return (await ourPipelines(scope))
      .filter(({ theStacks }) => !theStacks)
      .map(({ name, because }) => ({ kind: 'codepipeline:pipeline', id: name, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.codepipeline.send(new DeletePipelineCommand({ name: found.id }));
  },
  // Those of codepipeline:execution, which it waits for.
  permissions: [],
};
