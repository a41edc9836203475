import { StopPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { arnsOf, SEARCH_BY_TAG } from '../../arns';
import { isAlreadyOver } from '../../errors';
import type { Found, Kind } from '../../kind';
import { untilGone } from '../../wait';
import { executionsGoingOn, ourPipelines } from './ours';

/** A release that goes on, whoever started it. It is abandoned: what its action deploys is removed by other kinds. */
export const codepipelineExecution: Kind = {
  id: 'codepipeline:execution',
  title: 'releases that go on',
  after: [],
  blocks: 'it goes on deploying endpoints',
  async list(scope) {
    const found: Found[] = [];
    for (const { name, because } of await ourPipelines(scope)) {
      for (const id of await executionsGoingOn(scope, name)) {
        found.push({
          kind: 'codepipeline:execution',
          id: `${name}/${id}`,
          because: `of the pipeline ${name}, ${because}`,
        });
      }
    }
    return found;
  },
  async remove(found, scope) {
    const [pipelineName = '', pipelineExecutionId = ''] = found.id.split('/');
    try {
      await scope.run.clients.codepipeline.send(
        new StopPipelineExecutionCommand({
          pipelineName,
          pipelineExecutionId,
          abandon: true,
          reason: `The lab ${scope.run.lab} is taken down.`,
        }),
      );
    } catch (error) {
      if (!isAlreadyOver(error)) throw error;
    }
    await untilGone(
      scope,
      `the release ${found.id} to stop`,
      async () => !(await executionsGoingOn(scope, pipelineName)).includes(pipelineExecutionId),
    );
  },
  permissions: [
    SEARCH_BY_TAG,
    {
      actions: ['codepipeline:ListPipelines'],
      resources: () => ['*'],
      reason: 'CodePipeline lists all pipelines or none',
    },
    {
      actions: [
        'codepipeline:GetPipeline',
        'codepipeline:ListPipelineExecutions',
        'codepipeline:StopPipelineExecution',
        'codepipeline:DeletePipeline',
      ],
      resources: (place) => arnsOf(place, 'codepipeline', '*'),
      reason:
        'a pipeline that a learner cloned is found by its role and artifact store, and may have any name and no tag; the code asks first',
    },
  ],
};
