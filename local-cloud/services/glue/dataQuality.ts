/**
 * AWS Glue Data Quality: rulesets in DQDL, their evaluation on Data Catalog tables, and the results.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/data-quality-getting-started.html
 */
import type {
  BatchGetDataQualityResultRequest,
  BatchGetDataQualityResultResponse,
  GetDataQualityResultRequest,
  GetDataQualityResultResponse,
  ListDataQualityResultsRequest,
  ListDataQualityResultsResponse,
} from '@aws-sdk/client-glue';
import type { Cloud, Operation } from '../service';
import { rulesetOperations, tagOperations } from './dataQualityRulesets';
import { EvaluationRuns } from './dataQualityRuns';
import { checkName, DataQualityStore, sameTable, isBetween } from './dataQualityStore';
import { page } from './page';

export interface DataQuality {
  // Each operation has its own input type; the service only passes them through.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly operations: Readonly<Record<string, Operation<any, any>>>;
  /** Rulesets, and runs that go on. Ended runs and results stay on AWS too: nobody can delete them. */
  inventory(): string[];
  /** Tags of rulesets by ARN; those of other things are the emulator's. */
  tags(): Record<string, Record<string, string>>;
  /** Waits for every run that goes on. */
  settled(): Promise<void>;
  /** Stops every run that goes on. */
  stop(): Promise<void>;
}

function resultOperations(store: DataQualityStore) {
  const get: Operation<GetDataQualityResultRequest, GetDataQualityResultResponse> = async (input) =>
    store.result(checkName('ResultId', input.ResultId));

  const batchGet: Operation<BatchGetDataQualityResultRequest, BatchGetDataQualityResultResponse> = async (input) => {
    const ids = input.ResultIds ?? [];
    return {
      Results: ids.flatMap((id) => store.results.get(id) ?? []),
      ResultsNotFound: ids.filter((id) => !store.results.has(id)),
    };
  };

  const list: Operation<ListDataQualityResultsRequest, ListDataQualityResultsResponse> = async (input) => {
    const { Filter, MaxResults, NextToken } = input;
    const found = [...store.results.values()]
      .filter((result) => sameTable(Filter?.DataSource, result.DataSource))
      .filter((result) => !Filter?.JobName || result.JobName === Filter.JobName)
      .filter((result) => !Filter?.JobRunId || result.JobRunId === Filter.JobRunId)
      .filter((result) => isBetween(result.StartedOn, Filter?.StartedAfter, Filter?.StartedBefore))
      .reverse();
    const { items, NextToken: next } = page(found, MaxResults ?? 100, NextToken);
    const Results = items.map(({ ResultId, DataSource, JobName, JobRunId, StartedOn }) => ({
      ResultId,
      DataSource,
      JobName,
      JobRunId,
      StartedOn,
    }));
    return { Results, NextToken: next };
  };

  return { GetDataQualityResult: get, BatchGetDataQualityResult: batchGet, ListDataQualityResults: list };
}

/**
 * Data Quality's operations for the Glue service.
 *
 * @param now the time, in results and for `now()` in rules @default the machine's
 */
export function dataQualityOperations(cloud: Cloud, now: () => Date = () => new Date()): DataQuality {
  const store = new DataQualityStore(cloud.account, cloud.region);
  const runs = new EvaluationRuns(cloud, store, now);
  // An action without an operation in any SDK: the engine's request for it is checked by IAM, and that is all.
  const publish: Operation<object, object> = async () => ({});
  return {
    operations: {
      ...rulesetOperations(store, now),
      ...tagOperations(cloud, store),
      ...runs.operations(),
      ...resultOperations(store),
      PublishDataQuality: publish,
    },
    tags: () =>
      Object.fromEntries(
        [...store.rulesets.values()].map(({ Name, tags }) => [store.rulesetArn(Name), Object.fromEntries(tags)]),
      ),
    inventory: () => [
      ...[...store.rulesets.keys()].map((name) => `glue:dataQualityRuleset/${name}`),
      ...[...store.runs.values()]
        .filter(({ CompletedOn }) => CompletedOn === undefined)
        .map(({ RunId }) => `glue:dataQualityRulesetEvaluationRun/${RunId}`),
    ],
    settled: () => runs.settled(),
    stop: () => runs.stop(),
  };
}
