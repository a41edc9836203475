import { CfnResource, type IAspect } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/**
 * Makes what must exist first be made first, and deleted last; and what must be deleted first be made last.
 *
 * CloudFormation deletes in the reverse order of creation, so this one order is what makes a plain
 * `cdk destroy` sweep before anything is gone, and keep the lease until everything is.
 */
export class CreationOrder implements IAspect {
  /**
   * @param first all others wait for these; they and what they need must not wait for others
   * @param firstScope everything below it is left alone
   * @param last waits for all others
   * @param emptied waits for the buckets, and all others for it: it is deleted when nobody is left who could write to one
   */
  constructor(
    private readonly first: readonly CfnResource[],
    private readonly firstScope: IConstruct,
    private readonly last: CfnResource,
    private readonly emptied?: CfnResource,
  ) {}

  visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node) || node === this.last) return;
    if (node.node.scopes.includes(this.firstScope)) return;
    for (const before of this.first) node.addResourceDependency(before);
    if (this.emptied && node !== this.emptied) {
      if (node instanceof CfnBucket) this.emptied.addResourceDependency(node);
      else node.addResourceDependency(this.emptied);
    }
    this.last.addResourceDependency(node);
  }
}
