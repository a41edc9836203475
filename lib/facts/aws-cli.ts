/**
 * The oldest AWS CLI that understands every command that the labs print; the tests hold each against its models.
 *
 * Both are of 2026-05-06, the first with `CustomLogGroupPrefix` of a Data Quality run: without it, the run's log would lie in
 * a group that all runs of an account share, and the role of the lab may not write there.
 *
 * @see https://github.com/aws/aws-cli/blob/v2/.changes/2.34.44.json
 * @see https://pypi.org/project/awscli/1.45.5/ which needs botocore 1.43.5
 */
export const OLDEST_AWS_CLI = { 1: '1.45.5', 2: '2.34.44', botocore: '1.43.5' } as const;
