/** Rulesets: create, get, update, delete, list; and tags of rulesets. */
import type * as glue from '@aws-sdk/client-glue';
import { type Cloud, type Operation, ServiceError } from '../service';
import type { DataQualityStore, StoredRuleset } from './dataQualityStore';
import { checkName, invalid, isBetween } from './dataQualityStore';
import { parseDqdl } from './dqdl/parser';
import { DqdlError } from './dqdl/types';
import { page } from './page';

const MAX_RULESET = 65_536;
const MAX_TAGS = 50;

/** @throws ServiceError InvalidInputException saying where the text is no DQDL */
function ruleCount(text: unknown): number {
  if (typeof text !== 'string' || text.length === 0 || text.length > MAX_RULESET) {
    return invalid(`Ruleset must have 1 to ${MAX_RULESET} characters.`);
  }
  try {
    return parseDqdl(text).rules.length;
  } catch (error) {
    if (error instanceof DqdlError) return invalid(`Ruleset is not valid. ${error.message}`);
    throw error;
  }
}

/** The rulesets' operations. `now` gives the time of creation and change. */
export function rulesetOperations(store: DataQualityStore, now: () => Date) {
  const create: Operation<glue.CreateDataQualityRulesetRequest, glue.CreateDataQualityRulesetResponse> = async (
    input,
  ) => {
    const Name = checkName('Name', input.Name);
    ruleCount(input.Ruleset);
    const known = store.rulesets.get(Name);
    if (known) {
      if (input.ClientToken && known.clientToken === input.ClientToken) return { Name };
      throw new ServiceError('AlreadyExistsException', `Another ruleset with the same name already exists: ${Name}`);
    }
    const tags = new Map(Object.entries(input.Tags ?? {}));
    if (tags.size > MAX_TAGS) invalid(`A ruleset takes at most ${MAX_TAGS} tags, not ${tags.size}.`);
    const { Description, TargetTable, ClientToken } = input;
    if (TargetTable) {
      checkName('TargetTable.DatabaseName', TargetTable.DatabaseName);
      checkName('TargetTable.TableName', TargetTable.TableName);
    }
    const time = now();
    const ruleset: StoredRuleset = {
      Name,
      Ruleset: input.Ruleset as string,
      CreatedOn: time,
      LastModifiedOn: time,
      RuleCount: () => ruleCount(ruleset.Ruleset),
      tags,
      ...(Description !== undefined && { Description }),
      ...(TargetTable && { TargetTable }),
      ...(ClientToken && { clientToken: ClientToken }),
    };
    store.rulesets.set(Name, ruleset);
    return { Name };
  };

  const get: Operation<glue.GetDataQualityRulesetRequest, glue.GetDataQualityRulesetResponse> = async (input) => {
    const { Name, Description, Ruleset, TargetTable, CreatedOn, LastModifiedOn } = store.ruleset(
      checkName('Name', input.Name),
    );
    return { Name, Description, Ruleset, TargetTable, CreatedOn, LastModifiedOn };
  };

  const update: Operation<glue.UpdateDataQualityRulesetRequest, glue.UpdateDataQualityRulesetResponse> = async (
    input,
  ) => {
    const ruleset = store.ruleset(checkName('Name', input.Name));
    if (input.Ruleset !== undefined) {
      ruleCount(input.Ruleset);
      ruleset.Ruleset = input.Ruleset;
    }
    if (input.Description !== undefined) ruleset.Description = input.Description;
    ruleset.LastModifiedOn = now();
    const { Name, Description, Ruleset } = ruleset;
    return { Name, Description, Ruleset };
  };

  const remove: Operation<glue.DeleteDataQualityRulesetRequest, object> = async (input) => {
    store.rulesets.delete(store.ruleset(checkName('Name', input.Name)).Name);
    return {};
  };

  const list: Operation<glue.ListDataQualityRulesetsRequest, glue.ListDataQualityRulesetsResponse> = async (input) => {
    const found = [...store.rulesets.values()].filter((ruleset) => matches(ruleset, input));
    const { items, NextToken } = page(found, input.MaxResults ?? 100, input.NextToken);
    const Rulesets = items.map(({ Name, Description, CreatedOn, LastModifiedOn, TargetTable, RuleCount }) => ({
      Name,
      Description,
      CreatedOn,
      LastModifiedOn,
      TargetTable,
      RuleCount: RuleCount(),
    }));
    return { Rulesets, NextToken };
  };

  return {
    CreateDataQualityRuleset: create,
    GetDataQualityRuleset: get,
    UpdateDataQualityRuleset: update,
    DeleteDataQualityRuleset: remove,
    ListDataQualityRulesets: list,
  };
}

function matches(ruleset: StoredRuleset, { Filter, Tags }: glue.ListDataQualityRulesetsRequest): boolean {
  const target = Filter?.TargetTable;
  return (
    (!Filter?.Name || ruleset.Name === Filter.Name) &&
    (!Filter?.Description || ruleset.Description === Filter.Description) &&
    isBetween(ruleset.CreatedOn, Filter?.CreatedAfter, Filter?.CreatedBefore) &&
    isBetween(ruleset.LastModifiedOn, Filter?.LastModifiedAfter, Filter?.LastModifiedBefore) &&
    (!target ||
      (ruleset.TargetTable?.DatabaseName === target.DatabaseName &&
        ruleset.TargetTable?.TableName === target.TableName)) &&
    Object.entries(Tags ?? {}).every(([key, value]) => ruleset.tags.get(key) === value)
  );
}

/** Tags: those of rulesets are ours, all others the emulator's. */
export function tagOperations(cloud: Cloud, store: DataQualityStore) {
  const ours = (arn: string | undefined): StoredRuleset | undefined => {
    const name = /^arn:[^:]+:glue:[^:]+:\d+:dataQualityRuleset\/(.+)$/.exec(arn ?? '')?.[1];
    if (name === undefined) return undefined;
    if (arn !== store.rulesetArn(name)) invalid(`The ARN ${arn} is of another account or Region.`);
    return store.ruleset(name);
  };

  const tag: Operation<glue.TagResourceRequest, object> = async (input) => {
    const ruleset = ours(input.ResourceArn);
    if (!ruleset) return cloud.emulate('glue', 'TagResource', input);
    const merged = new Map([...ruleset.tags, ...Object.entries(input.TagsToAdd ?? {})]);
    if (merged.size > MAX_TAGS) invalid(`A ruleset takes at most ${MAX_TAGS} tags, not ${merged.size}.`);
    for (const [key, value] of merged) ruleset.tags.set(key, value);
    return {};
  };

  const untag: Operation<glue.UntagResourceRequest, object> = async (input) => {
    const ruleset = ours(input.ResourceArn);
    if (!ruleset) return cloud.emulate('glue', 'UntagResource', input);
    for (const key of input.TagsToRemove ?? []) ruleset.tags.delete(key);
    return {};
  };

  const getTags: Operation<glue.GetTagsRequest, glue.GetTagsResponse> = async (input) => {
    const ruleset = ours(input.ResourceArn);
    if (!ruleset) return cloud.emulate<glue.GetTagsResponse>('glue', 'GetTags', input);
    return { Tags: Object.fromEntries(ruleset.tags) };
  };

  return { TagResource: tag, UntagResource: untag, GetTags: getTags };
}
