/**
 * AWS Glue Data Quality: rulesets in DQDL, their evaluation on Data Catalog tables, and the results.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/data-quality-getting-started.html
 */
import type { GetDataQualityResultRequest, GetDataQualityResultResponse } from '@aws-sdk/client-glue';
import type { Cloud, Operation } from '../service';
import { rulesetOperations, tagOperations } from './dataQualityRulesets';
import { EvaluationRuns } from './dataQualityRuns';
import { checkName, DataQualityStore } from './dataQualityStore';

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

/**
 * Data Quality's operations for the Glue service.
 *
 * @param now the time, in results and for `now()` in rules @default the machine's
 */
export function dataQualityOperations(cloud: Cloud, now: () => Date = () => new Date()): DataQuality {
  const store = new DataQualityStore(cloud.account, cloud.region);
  const runs = new EvaluationRuns(cloud, store, now);
  const getResult: Operation<GetDataQualityResultRequest, GetDataQualityResultResponse> = async ({ ResultId }) =>
    store.result(checkName('ResultId', ResultId));
  // An action without an operation in any SDK: the engine's request for it is checked by IAM, and that is all.
  const publish: Operation<object, object> = async () => ({});
  return {
    operations: {
      ...rulesetOperations(store, now),
      ...tagOperations(cloud, store),
      ...runs.operations(),
      GetDataQualityResult: getResult,
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
