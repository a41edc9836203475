/** Filters, order and pages that SageMaker's List operations share. */
import { page } from '../page';
import { invalid } from './errors';

export interface ListInput {
  readonly NameContains?: string;
  readonly CreationTimeAfter?: Date | number;
  readonly CreationTimeBefore?: Date | number;
  readonly LastModifiedTimeAfter?: Date | number;
  readonly LastModifiedTimeBefore?: Date | number;
  readonly StatusEquals?: string;
  readonly SortBy?: string;
  readonly SortOrder?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** What a thing is filtered and sorted by. */
export interface ListedFields {
  readonly name: string;
  readonly created: Date;
  readonly modified?: Date;
  readonly status?: string;
  /** For SortBy FinalObjectiveMetricValue. */
  readonly value?: number;
}

/**
 * What resources of a kind are filtered and sorted by: SageMaker names the members of all kinds alike.
 *
 * @param kind as the members' names begin, such as `TrainingJob`
 */
export function listedFields(kind: string): (shown: object) => ListedFields {
  return (shown) => {
    const members = shown as Readonly<Record<string, unknown>>;
    return {
      name: members[`${kind}Name`] as string,
      created: members.CreationTime as Date,
      modified: members.LastModifiedTime as Date | undefined,
      status: members[`${kind}Status`] as string | undefined,
    };
  };
}

/** Dates of a request are epoch seconds on the wire. */
function time(value: Date | number | undefined): number | undefined {
  if (value === undefined) return undefined;
  return value instanceof Date ? value.getTime() : Number(value) * 1000;
}

function between(at: Date | undefined, after: Date | number | undefined, before: Date | number | undefined): boolean {
  const [from, to] = [time(after), time(before)];
  if (from === undefined && to === undefined) return true;
  if (at === undefined) return false;
  return (from === undefined || at.getTime() >= from) && (to === undefined || at.getTime() <= to);
}

function matches(facts: ListedFields, input: ListInput): boolean {
  return (
    (input.NameContains === undefined || facts.name.toLowerCase().includes(input.NameContains.toLowerCase())) &&
    (input.StatusEquals === undefined || facts.status === input.StatusEquals) &&
    between(facts.created, input.CreationTimeAfter, input.CreationTimeBefore) &&
    between(facts.modified, input.LastModifiedTimeAfter, input.LastModifiedTimeBefore)
  );
}

function order(by: string): (a: ListedFields, b: ListedFields) => number {
  if (by === 'Name') return (a, b) => (a.name < b.name ? -1 : Number(a.name > b.name));
  if (by === 'Status') return (a, b) => (a.status ?? '').localeCompare(b.status ?? '');
  if (by === 'FinalObjectiveMetricValue') return (a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity);
  return (a, b) => a.created.getTime() - b.created.getTime();
}

/**
 * One page of what matches. Things come in the order in which they were made; equals keep it.
 *
 * @throws ServiceError ValidationException for a token that this did not give out
 */
export function filterAndPage<T>(
  all: readonly T[],
  factsOf: (thing: T) => ListedFields,
  input: ListInput,
): { readonly items: T[]; readonly NextToken?: string } {
  const known = all.map((thing) => ({ thing, facts: factsOf(thing) })).filter(({ facts }) => matches(facts, input));
  const by = input.SortBy ?? 'CreationTime';
  const unsorted = by === 'FinalObjectiveMetricValue' ? known.filter(({ facts }) => facts.value !== undefined) : known;
  const compare = order(by);
  const sorted = unsorted.sort((a, b) => compare(a.facts, b.facts));
  // Reversed as a whole, so that of two made in one instant the later one is the newer.
  if (input.SortOrder === 'Descending') sorted.reverse();
  const { items, next } = page(sorted, input.MaxResults ?? 10, input.NextToken, () => invalid('Invalid NextToken.'));
  return { items: items.map(({ thing }) => thing), NextToken: next };
}
