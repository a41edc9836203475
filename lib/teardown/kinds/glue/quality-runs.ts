import {
  GetDataQualityRulesetEvaluationRunCommand,
  ListDataQualityRulesetEvaluationRunsCommand,
} from '@aws-sdk/client-glue';
import { usesOurRole } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import { listAll } from '../../pages';
import { ourDatabases } from './ours';

export interface QualityRun {
  readonly id: string;
  readonly goingOn: boolean;
  readonly because: string;
}

const GOING_ON = new Set(['STARTING', 'RUNNING', 'STOPPING']);

/** Evaluation runs on a table of our database, and running ones that use our role. */
export function ourQualityRuns(scope: Scope): Promise<readonly QualityRun[]> {
  return scope.once('quality runs', async () => {
    const { glue } = scope.run.clients;
    const databases = new Set([...(await ourDatabases(scope)).keys()]);
    const ours: QualityRun[] = [];
    const runs = await listAll(async (NextToken) => {
      const page = await glue.send(new ListDataQualityRulesetEvaluationRunsCommand({ NextToken }));
      return { items: page.Runs, next: page.NextToken };
    });
    for (const { RunId: id, Status, DataSource } of runs) {
      if (!id) continue;
      const goingOn = GOING_ON.has(Status ?? '');
      const database = DataSource?.GlueTable?.DatabaseName;
      if (database !== undefined && databases.has(database)) {
        ours.push({ id, goingOn, because: `on a table of our database ${database}` });
      } else if (goingOn) {
        const run = await orUndefined(glue.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId: id })));
        if (await usesOurRole(scope, run?.Role)) ours.push({ id, goingOn, because: `it uses our role ${run?.Role}` });
      }
    }
    return ours;
  });
}

/** Whether a run has ended, or is not known any more. */
export async function isOver(scope: Scope, id: string): Promise<boolean> {
  const run = await orUndefined(
    scope.run.clients.glue.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId: id })),
  );
  return !GOING_ON.has(run?.Status ?? '');
}
