import { messageOf } from '../../../lib/commands/messages';
import { Exit, LabError } from '../../../lib/course/errors';
import { ToolkitFailure } from '../../../lib/target/toolkit';

const at = {
  command: 'up data-prep',
  suffix: ' --target aws',
  options: { target: 'aws' as const, region: 'eu-south-1' },
};
const failure = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });

test('credentials of a multi-factor device are taken from the shell, not from the profile that asks for a code', () => {
  const { next } = messageOf(
    failure('CredentialsProviderError', 'Profile work requires multi-factor authentication, but no MFA code callback'),
    { ...at, suffix: ' --target aws --profile work', options: { ...at.options, profile: 'work' } },
  );
  expect(next).toBe(
    'eval "$(aws configure export-credentials --profile work --format env)"; unset AWS_PROFILE; then ./lab up data-prep --target aws',
  );
});

describe('each known failure says what, why and the next command', () => {
  test.each<[string, unknown, string, string]>([
    [
      'expired',
      failure('ExpiredTokenException', 'The security token included in the request is expired'),
      'have expired',
      'aws sso login',
    ],
    [
      'expired single sign-on',
      failure('CredentialsProviderError', 'The SSO session associated with this profile has expired.'),
      'have expired',
      'aws sso login',
    ],
    [
      'no credentials',
      failure('CredentialsProviderError', 'Could not load credentials from any providers'),
      'No AWS credentials',
      '--target local',
    ],
    [
      'a new account that Glue holds back',
      new ToolkitFailure(
        'ToolkitError',
        'The stack MlaLabs-DataPrep failed',
        'deployment',
        'RawCrawler (AWS::Glue::Crawler): Account 123456789012 is denied access. (Service: AWSGlue; Status Code: 400; Error Code: AccessDeniedException; Request ID: 1; Proxy: null)',
      ),
      'does not let this account use AWS Glue yet',
      'AWS support',
    ],
    [
      'a catalog that Lake Formation keeps',
      failure(
        'AccessDeniedException',
        'Insufficient Lake Formation permission(s): Required Describe on mla_labs_data_prep_me',
      ),
      'Lake Formation',
      'Use only IAM access control',
    ],
    [
      'a profile with a multi-factor device',
      failure(
        'CredentialsProviderError',
        'Profile work requires multi-factor authentication, but no MFA code callback was provided.',
      ),
      'the code of a multi-factor device',
      'aws configure export-credentials',
    ],
    [
      'unknown key',
      failure('UnrecognizedClientException', 'The security token included in the request is invalid.'),
      'does not know these credentials in eu-south-1',
      'aws sts get-caller-identity',
    ],
    [
      'Region not enabled',
      failure('OptInRequired', 'You are not subscribed to this Region.'),
      'Region eu-south-1 is not enabled',
      'enable-region --region-name eu-south-1',
    ],
    [
      'no such Region',
      failure('Error', 'getaddrinfo ENOTFOUND glue.eu-south-1.amazonaws.com', { code: 'ENOTFOUND' }),
      'glue.eu-south-1.amazonaws.com is not known',
      '--region',
    ],
    [
      'no network',
      failure('TimeoutError', 'connect ETIMEDOUT', { code: 'ETIMEDOUT' }),
      'The connection broke',
      'network',
    ],
    [
      'a connection that gathers its failures',
      Object.assign(new AggregateError([failure('Error', 'connect ECONNREFUSED ::1:1', { code: 'ECONNREFUSED' })], '')),
      'AWS does not answer',
      'network',
    ],
    ['throttling', failure('ThrottlingException', 'Rate exceeded'), 'throttled', 'Wait a minute'],
    [
      'free plan',
      failure('SubscriptionRequiredException', 'The AWS Access Key Id needs a subscription for the service'),
      'may not use a service',
      'plan',
    ],
    [
      'free plan, met by the deployment',
      new ToolkitFailure(
        'ToolkitError',
        'The stack MlaLabs-Training failed',
        'deployment',
        'Group (AWS::SageMaker::ModelPackageGroup): The AWS Access Key Id needs a subscription for the service',
      ),
      'may not use a service',
      '--target local',
    ],
    [
      'a name that AWS still holds',
      new ToolkitFailure(
        'ToolkitError',
        'The stack MlaLabs-Monitoring failed',
        'deployment',
        'Letters (AWS::SQS::Queue): You must wait 60 seconds after deleting a queue before you can create another with the same name.',
      ),
      'still holds a name',
      'Wait a minute',
    ],
    [
      'busy port',
      failure('Error', 'listen EADDRINUSE: address already in use 127.0.0.1:4566', { code: 'EADDRINUSE' }),
      '127.0.0.1:4566',
      'LAB_LOCAL_PORT',
    ],
    [
      'full disk',
      failure('Error', 'ENOSPC: no space left on device', { code: 'ENOSPC' }),
      'disk is full',
      './lab up data-prep',
    ],
    [
      'not bootstrapped',
      new ToolkitFailure(
        'BootstrapError',
        'SSM parameter /cdk-bootstrap/hnb659fds/version not found.',
        'bootstrap',
        undefined,
      ),
      'not set up in eu-south-1',
      './lab up data-prep --target aws',
    ],
    [
      'the toolkit without credentials',
      new ToolkitFailure(
        'AuthenticationError',
        'Need to perform AWS calls for account 1, but no credentials have been configured',
        'authentication',
        undefined,
      ),
      'No AWS credentials',
      'aws configure',
    ],
    [
      'the toolkit with an expired token',
      new ToolkitFailure('AuthenticationError', 'ExpiredToken: expired', 'authentication', undefined),
      'have expired',
      'aws sso login',
    ],
    [
      'a failed deployment',
      new ToolkitFailure(
        'ToolkitError',
        'failed: ROLLBACK_COMPLETE',
        'deployment',
        'Job (AWS::Glue::Job): is not authorized to perform: glue:CreateJob',
      ),
      'The deployment failed',
      './lab down data-prep --target aws',
    ],
    [
      'a stack on the move',
      failure('ValidationError', 'Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated.'),
      'being changed already',
      './lab status',
    ],
    ['a used-up quota', failure('LimitExceededException', 'Too many crawlers'), 'Too many crawlers', 'Service Quotas'],
    [
      'an untrusted proxy',
      failure('Error', 'self-signed certificate in certificate chain', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      'not trusted',
      'NODE_EXTRA_CA_CERTS',
    ],
    [
      'a cause inside',
      new Error('Waited', { cause: failure('ExpiredToken', 'gone') }),
      'have expired',
      'aws sso login',
    ],
  ])('%s', (_name, error, what, next) => {
    const message = messageOf(error, at);
    expect(message.what).toContain(what);
    expect(message.why).not.toBe('');
    expect(message.next).toContain(next);
    expect(message.exit).toBe(Exit.Failed);
  });

  test('a refusal by IAM names who, what and where', () => {
    const error = failure(
      'AccessDeniedException',
      'User: arn:aws:sts::1:assumed-role/Job/x is not authorized to perform: glue:GetTable on resource: arn:aws:glue:table/a because no identity-based policy allows the glue:GetTable action',
    );
    expect(messageOf(error, at)).toMatchObject({
      what: 'arn:aws:sts::1:assumed-role/Job/x may not glue:GetTable on arn:aws:glue:table/a.',
      why: 'IAM says: no identity-based policy allows the glue:GetTable action.',
    });
  });

  test("a lab's own message stays as it is", () => {
    expect(messageOf(new LabError('what', { why: 'why', next: 'next', exit: Exit.Refused }), at)).toEqual({
      what: 'what',
      why: 'why',
      next: 'next',
      exit: Exit.Refused,
    });
  });

  test('an unknown failure names itself and how to see more', () => {
    expect(messageOf(failure('OddException', 'line one\nline two'), at)).toMatchObject({
      what: 'OddException: line one',
      next: './lab up data-prep --target aws --verbose shows where it happened',
    });
    expect(messageOf('only text', at).what).toContain('only text');
    expect(messageOf(undefined, at).what).toContain('undefined');
  });
});
