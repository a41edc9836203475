/** Athena beside the emulator: queries that run. Workgroups, saved queries, data catalogs and tags are the emulator's. */
import type { DeleteWorkGroupInput, UpdateWorkGroupInput } from '@aws-sdk/client-athena';
import type { Cloud, Operation, Service } from '../service';
import { Executions } from './executions';
import { Results } from './results';
import { invalid } from './workGroup';

export function athenaService(cloud: Cloud): Service {
  const executions = new Executions(cloud);
  const results = new Results(executions);
  return {
    id: 'athena',
    operations: {
      StartQueryExecution: executions.start,
      GetQueryExecution: executions.get,
      BatchGetQueryExecution: executions.batchGet,
      GetQueryResults: results.get,
      StopQueryExecution: executions.stop,
      ListQueryExecutions: executions.list,
      DeleteWorkGroup: deleteWorkGroup(cloud, executions),
      UpdateWorkGroup: updateWorkGroup(cloud),
    },
    inventory: () => executions.going().map(({ query }) => `athena:query/${query.id}`),
    stop: () => executions.stopAll(),
  };
}

/** A workgroup in which a query ran goes only with RecursiveDeleteOption; its history goes with it. */
function deleteWorkGroup(cloud: Cloud, executions: Executions): Operation<DeleteWorkGroupInput, object> {
  return async (input) => {
    const kept = executions.of(input.WorkGroup ?? '');
    if (kept.length > 0 && !input.RecursiveDeleteOption) throw invalid(`WorkGroup ${input.WorkGroup} is not empty`);
    const answer = await cloud.emulate('athena', 'DeleteWorkGroup', input);
    for (const execution of kept) {
      await executions.cancel(execution);
      executions.forget(execution);
    }
    return answer;
  };
}

/** The emulator passes over the request to have no limit of bytes any more. */
function updateWorkGroup(cloud: Cloud): Operation<UpdateWorkGroupInput, object> {
  return async ({ ConfigurationUpdates, ...input }) => {
    if (ConfigurationUpdates === undefined) return cloud.emulate('athena', 'UpdateWorkGroup', input);
    const { RemoveBytesScannedCutoffPerQuery: unlimited, ...others } = ConfigurationUpdates;
    const updates = unlimited ? { ...others, BytesScannedCutoffPerQuery: null } : others;
    return cloud.emulate('athena', 'UpdateWorkGroup', { ...input, ConfigurationUpdates: updates });
  };
}
