import { CancelDataQualityRulesetEvaluationRunCommand } from '@aws-sdk/client-glue';
import { glueArns } from '../../arns';
import { isAlreadyOver } from '../../errors';
import type { Kind } from '../../kind';
import { untilGone } from '../../wait';
import { isOver, ourQualityRuns } from './quality-runs';

/** A Data Quality evaluation that is going on. */
export const glueQualityRun: Kind = {
  id: 'glue:quality-run',
  title: 'running Data Quality evaluations',
  after: [],
  blocks: 'it is billed while it runs, and needs its role to end well',
  async list(scope) {
    return (await ourQualityRuns(scope))
      .filter(({ goingOn }) => goingOn)
      .map(({ id, because }) => ({ kind: 'glue:quality-run', id, because }));
  },
  async remove(found, scope) {
    try {
      await scope.run.clients.glue.send(new CancelDataQualityRulesetEvaluationRunCommand({ RunId: found.id }));
    } catch (error) {
      if (!isAlreadyOver(error)) throw error;
    }
    await untilGone(scope, `the evaluation run ${found.id} to end`, () => isOver(scope, found.id));
  },
  permissions: [
    {
      // https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html: runs have no ARN of their own.
      actions: [
        'glue:ListDataQualityRulesetEvaluationRuns',
        'glue:GetDataQualityRulesetEvaluationRun',
        'glue:CancelDataQualityRulesetEvaluationRun',
      ],
      resources: (place) => glueArns(place, 'dataQualityRuleset/*'),
      reason: 'IAM knows evaluation runs only as rulesets of any name',
    },
  ],
};
