/**
 * Version of the CDK's bootstrap stack that the labs' stacks need, as each assembly says by
 * `requiresBootstrapStackVersion`: it comes with aws-cdk-lib, and a test compares it with that.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export const OLDEST_BOOTSTRAP = 6;
