/** Tags of a service's resources, by ARN. Requests write them as `{Key, Value}` or as `{key, value}`, each service in its own way. */

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices */
const MOST = 50;

interface Given {
  readonly Key?: string;
  readonly Value?: string;
  readonly key?: string;
  readonly value?: string;
}

export class TagStore {
  private readonly held = new Map<string, Map<string, string>>();

  /**
   * @param refusals the service's errors for a key that AWS keeps for itself, and for too many tags
   */
  constructor(
    private readonly refusals: { readonly key: (key: string) => Error; readonly many: (most: number) => Error },
  ) {}

  /** Every tagged resource, for the Resource Groups Tagging API. */
  all(): Record<string, Record<string, string>> {
    return Object.fromEntries([...this.held].map(([arn, tags]) => [arn, Object.fromEntries(tags)]));
  }

  /** Keys with their values. */
  entries(arn: string): [string, string][] {
    return [...(this.held.get(arn) ?? [])];
  }

  /** Adds tags to those of a resource: all of them, or none. */
  set(arn: string, tags: readonly Given[] = []): void {
    const known = new Map(this.held.get(arn));
    for (const { Key, Value, key = Key ?? '', value = Value ?? '' } of tags) {
      if (key === '' || key.toLowerCase().startsWith('aws:')) throw this.refusals.key(key);
      known.set(key, value);
    }
    if (known.size > MOST) throw this.refusals.many(MOST);
    if (known.size > 0) this.held.set(arn, known);
  }

  remove(arn: string, keys: readonly string[]): void {
    const known = this.held.get(arn);
    for (const key of keys) known?.delete(key);
    if (known?.size === 0) this.held.delete(arn);
  }

  forget(arn: string): void {
    this.held.delete(arn);
  }
}
