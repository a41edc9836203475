/** Failures in the words of AWS, the CDK, Node.js or the machine: one at least for each message of the catalogue. */
import { ToolkitFailure } from '../../lib/target/toolkit';

export interface Failure {
  /** What a learner would call it. */
  readonly title: string;
  readonly error: Error;
  /** Where it is met, if not in an account. */
  readonly target?: 'local';
}

const failure = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });
const system = (code: string, message: string): Error => failure('Error', message, { code });
const deployment = (reason: string): Error =>
  new ToolkitFailure('ToolkitError', 'The stack failed: ROLLBACK_COMPLETE', 'deployment', reason);

const PRINCIPAL = 'arn:aws:sts::123456789012:assumed-role/Student/ana';

/** By what one meets first: credentials, the account, deployments, the network, this machine. */
export const FAILURES: readonly Failure[] = [
  {
    title: 'No credentials',
    error: failure('CredentialsProviderError', 'Could not load credentials from any providers'),
  },
  {
    title: 'Credentials that have expired',
    error: failure('ExpiredTokenException', 'The security token included in the request is expired'),
  },
  {
    title: 'Credentials that AWS does not know',
    error: failure('UnrecognizedClientException', 'The security token included in the request is invalid.'),
  },
  {
    title: 'A secret key that does not fit',
    error: failure(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    ),
  },
  {
    title: 'A clock that is wrong',
    error: failure(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    ),
  },
  {
    title: 'A profile with a multi-factor device',
    error: failure(
      'CredentialsProviderError',
      'Profile work requires multi-factor authentication, but no MFA code callback was provided.',
    ),
  },
  {
    title: 'IAM refuses',
    error: failure(
      'AccessDeniedException',
      `User: ${PRINCIPAL} is not authorized to perform: glue:GetTable on resource: arn:aws:glue:us-east-1:123456789012:table/a because no identity-based policy allows the glue:GetTable action`,
    ),
  },
  {
    title: 'The free plan, or a new account',
    error: failure('SubscriptionRequiredException', 'The AWS Access Key Id needs a subscription for the service'),
  },
  {
    title: 'A new account that Glue holds back',
    error: deployment(
      'RawCrawler (AWS::Glue::Crawler): Account 123456789012 is denied access. (Service: AWSGlue; Status Code: 400; Error Code: AccessDeniedException)',
    ),
  },
  {
    title: 'A Data Catalog that Lake Formation keeps',
    error: failure(
      'AccessDeniedException',
      'Insufficient Lake Formation permission(s): Required Describe on mla_labs_data_prep_me',
    ),
  },
  {
    title: 'A Region that is not enabled',
    error: failure('OptInRequired', 'You are not subscribed to this Region.'),
  },
  {
    title: 'A quota that is used up',
    error: failure(
      'ResourceLimitExceeded',
      "The account-level service limit 'ml.m5.large for training job usage' is 0 Instances",
    ),
  },
  { title: 'Throttling', error: failure('ThrottlingException', 'Rate exceeded') },
  {
    title: 'The CDK is not set up',
    error: new ToolkitFailure(
      'BootstrapError',
      'SSM parameter /cdk-bootstrap/hnb659fds/version not found.',
      'bootstrap',
      undefined,
    ),
  },
  {
    title: 'A deployment that failed',
    error: deployment(`Job (AWS::Glue::Job): ${PRINCIPAL} is not authorized to perform: glue:CreateJob`),
  },
  {
    title: 'A name that AWS still holds',
    error: deployment(
      'Letters (AWS::SQS::Queue): You must wait 60 seconds after deleting a queue before you can create another with the same name.',
    ),
  },
  {
    title: 'A stack that is being changed',
    error: failure('ValidationError', 'Stack:MlaLabs-Training is in UPDATE_IN_PROGRESS state and can not be updated.'),
  },
  { title: 'AWS does not answer', error: system('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:443') },
  {
    title: 'The local cloud does not answer',
    error: system('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:4566'),
    target: 'local',
  },
  {
    title: 'No network, or no such Region',
    error: system('ENOTFOUND', 'getaddrinfo ENOTFOUND glue.eu-south-9.amazonaws.com'),
  },
  { title: 'A connection that broke', error: failure('TimeoutError', 'connect ETIMEDOUT', { code: 'ETIMEDOUT' }) },
  {
    title: 'A proxy that is not trusted',
    error: system('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
  },
  {
    title: 'A port that is busy',
    error: system('EADDRINUSE', 'listen EADDRINUSE: address already in use 127.0.0.1:4566'),
    target: 'local',
  },
  { title: 'A disk that is full', error: system('ENOSPC', 'ENOSPC: no space left on device, write') },
  {
    title: 'A file that cannot be written',
    error: system('EACCES', "EACCES: permission denied, open 'work/data-prep/by-carrier.sql'"),
  },
];
