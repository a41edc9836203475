/** Resources of one kind that the account has, by name. */
import type { Cloud } from '../service';
import { arn } from './names';

export class Resources<T> {
  private readonly held = new Map<string, T>();

  /**
   * @param kind as ARNs have it, such as `training-job`
   * @param missing the error for a name that no resource has
   */
  constructor(
    private readonly cloud: Cloud,
    private readonly kind: string,
    private readonly missing: (arn: string, name: string) => Error,
  ) {}

  arn(name: string): string {
    return arn(this.cloud, this.kind, name);
  }

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `sagemaker/${this.kind}/${name}`);
  }

  all(): T[] {
    return [...this.held.values()];
  }

  get(name: string): T | undefined {
    return this.held.get(name);
  }

  /** @throws the error for a name that no resource has */
  find(name: string | undefined): T {
    const found = this.held.get(name!);
    if (!found) throw this.missing(this.arn(name!), name!);
    return found;
  }

  set(name: string, resource: T): void {
    this.held.set(name, resource);
  }

  delete(name: string): void {
    this.held.delete(name);
  }
}
