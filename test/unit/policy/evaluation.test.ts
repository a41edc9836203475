/** The second engine decides as the IAM User Guide says of its own examples, and of each rule that they stand for. */
import { decide, type Document, lets, type Policies, type Request, type Statement } from '../../iam/evaluation';

const ACCOUNT = '111122223333';
const user = (name: string) => ({ arn: `arn:aws:iam::${ACCOUNT}:user/${name}`, account: ACCOUNT });
const session = { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Analyst/morning`, account: ACCOUNT };
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Analyst`;

const of = (...Statement: Statement[]): Document => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], Resource: string | string[] = '*', more: Partial<Statement> = {}) =>
  of({ Effect: 'Allow', Action, Resource, ...more });
const given = (identity: Document | Document[], more: Omit<Policies, 'identity'> = {}): Policies => ({
  identity: [identity].flat(),
  ...more,
});
const asks = (
  action: string,
  resource = '*',
  context: Request['context'] = {},
  caller: Request['caller'] = user('Bob'),
): Request => ({ action, resource, context, caller });

/** Whether a condition, alone in a statement that allows all, is fulfilled. */
const fulfilled = (Condition: NonNullable<Statement['Condition']>, context: Request['context']): boolean =>
  decide(asks('s3:GetObject', 'arn:aws:s3:::b/k', context), given(allow('*', '*', { Condition }))) === 'allowed';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
describe('a deny in any policy, an allow, and neither', () => {
  const bucket = 'arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar';
  const identity = of(
    {
      Effect: 'Allow',
      Action: ['s3:GetBucketLocation', 's3:GetAccountPublicAccessBlock', 's3:ListAccessPoints', 's3:ListAllMyBuckets'],
      Resource: 'arn:aws:s3:::*',
    },
    { Effect: 'Allow', Action: 's3:*', Resource: [`${bucket}/*`, bucket] },
    { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::*log*' },
  );
  const carlos = user('carlossalazar');
  const document = of({
    Effect: 'Allow',
    Principal: { AWS: carlos.arn },
    Action: 's3:*',
    Resource: [`${bucket}-logs/*`, `${bucket}-logs`],
  });
  const policies = given(identity, { resource: { document, owner: ACCOUNT } });

  test.each([
    ['s3:PutObject', `${bucket}/report.txt`, 'allowed'],
    ['s3:ListAllMyBuckets', 'arn:aws:s3:::*', 'allowed'],
    // The policy of the bucket allows it, which does not help.
    ['s3:PutObject', `${bucket}-logs/report.txt`, 'explicitly denied'],
    ['s3:PutObject', 'arn:aws:s3:::another/report.txt', 'implicitly denied'],
    ['ec2:RunInstances', '*', 'implicitly denied'],
  ])('%s on %s: %s', (action, resource, decision) => {
    expect(decide(asks(action, resource, {}, carlos), policies)).toBe(decision);
  });

  test('an allow in the policy of the bucket is enough in its own account', () => {
    const request = asks('s3:PutObject', `${bucket}-logs/report.txt`, {}, carlos);
    expect(decide(request, given([], { resource: { document, owner: ACCOUNT } }))).toBe('allowed');
  });

  test('across accounts both have to allow it', () => {
    const resource = { document, owner: '444455556666' };
    const request = asks('s3:PutObject', `${bucket}-logs/report.txt`, {}, carlos);
    expect(decide(request, given([], { resource }))).toBe('implicitly denied');
    expect(decide(request, given(allow('s3:PutObject'), { resource }))).toBe('allowed');
  });

  test('a policy that names the account leaves it to the policies of the caller', () => {
    const root = of({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: '*',
      Resource: '*',
    });
    const resource = { document: root, owner: ACCOUNT };
    expect(decide(asks('s3:GetObject'), given([], { resource }))).toBe('implicitly denied');
    expect(decide(asks('s3:GetObject'), given(allow('s3:*'), { resource }))).toBe('allowed');
  });

  test('a policy that is required, as a key’s, has to allow it too', () => {
    const other = of({ Effect: 'Allow', Principal: { AWS: user('Mary').arn }, Action: '*', Resource: '*' });
    const resource = { document: other, owner: ACCOUNT, required: true };
    expect(decide(asks('kms:Decrypt'), given(allow('kms:*'), { resource }))).toBe('implicitly denied');
    expect(decide(asks('kms:Decrypt', '*', {}, user('Mary')), given([], { resource }))).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
describe('permissions boundaries and session policies', () => {
  const boundary = allow(['s3:*', 'cloudwatch:*', 'ec2:*']);

  test('a boundary gives nothing, and what it does not allow is denied', () => {
    const shirley = given(allow('iam:CreateUser'), { limits: [[boundary]] });
    expect(decide(asks('iam:CreateUser'), shirley)).toBe('implicitly denied');
    expect(decide(asks('s3:ListBucket'), shirley)).toBe('implicitly denied');
    expect(decide(asks('s3:ListBucket'), given(allow('s3:*'), { limits: [[boundary]] }))).toBe('allowed');
  });

  test('a deny of a boundary denies', () => {
    const deny = of({ Effect: 'Deny', NotAction: 'cloudwatch:*', Resource: '*' });
    expect(decide(asks('s3:ListBucket'), given(allow('*'), { limits: [[boundary, deny]] }))).toBe('explicitly denied');
  });

  test('boundary and session policies have to allow it, each of them', () => {
    const limits = [[boundary], [allow('s3:GetObject')]];
    expect(decide(asks('s3:GetObject', '*', {}, session), given(allow('*'), { limits }))).toBe('allowed');
    expect(decide(asks('s3:PutObject', '*', {}, session), given(allow('*'), { limits }))).toBe('implicitly denied');
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-identity-rdp.html
  test.each([
    ['a user, which a boundary does not narrow', user('Bob').arn, user('Bob'), 'allowed'],
    ['a role, which it narrows', ROLE, session, 'implicitly denied'],
    ['a session of the role itself, which it does not', session.arn, session, 'allowed'],
  ])('a resource’s policy gives to %s', (_what, AWS, caller, decision) => {
    const document = of({ Effect: 'Allow', Principal: { AWS }, Action: 'sqs:*', Resource: '*' });
    const resource = { document, owner: ACCOUNT };
    expect(decide(asks('sqs:SendMessage', '*', {}, caller), given([], { resource, limits: [[boundary]] }))).toBe(
      decision,
    );
  });
});

describe('actions and resources', () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
  test.each([
    ['iam:*AccessKey*', 'iam:CreateAccessKey', true],
    ['iam:*AccessKey*', 'iam:UpdateAccessKey', true],
    ['iam:*AccessKey*', 'iam:CreateUser', false],
    ['IAM:listaccesskeys', 'iam:ListAccessKeys', true],
    ['s3:Get?bject', 's3:GetObject', true],
    ['s3:Get?bject', 's3:GetObjectAcl', false],
  ])('%s and %s: %s', (pattern, action, matches) => {
    expect(decide(asks(action), given(allow(pattern))) === 'allowed').toBe(matches);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
  test.each([
    ['amzn-s3-demo-bucket/1/test/object.jpg', true],
    ['amzn-s3-demo-bucket/1/2/test/object.jpg', true],
    ['amzn-s3-demo-bucket/1/2/test/3/object.jpg', true],
    ['amzn-s3-demo-bucket/1/2/3/test/4/object.jpg', true],
    ['amzn-s3-demo-bucket/1///test///object.jpg', true],
    ['amzn-s3-demo-bucket/1/test/.jpg', true],
    ['amzn-s3-demo-bucket//test/object.jpg', true],
    ['amzn-s3-demo-bucket/1-test/object.jpg', false],
    ['amzn-s3-demo-bucket/test/object.jpg', false],
    ['amzn-s3-demo-bucket/1/2/test.jpg', false],
  ])('amzn-s3-demo-bucket/*/test/* and %s: %s', (name, matches) => {
    const policies = given(allow('s3:GetObject', 'arn:aws:s3:::amzn-s3-demo-bucket/*/test/*'));
    expect(decide(asks('s3:GetObject', `arn:aws:s3:::${name}`), policies) === 'allowed').toBe(matches);
  });

  test('resources are case-sensitive', () => {
    const policies = given(allow('iam:GetUser', `arn:aws:iam::${ACCOUNT}:user/Bob`));
    expect(decide(asks('iam:GetUser', `arn:aws:iam::${ACCOUNT}:user/bob`), policies)).toBe('implicitly denied');
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
  test('NotAction: everything but IAM', () => {
    const policies = given(of({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }));
    expect(decide(asks('sqs:SendMessage'), policies)).toBe('allowed');
    expect(decide(asks('iam:CreateUser'), policies)).toBe('implicitly denied');
  });

  test('Deny with NotAction: who has no MFA may do nothing but look at the own user', () => {
    const deny: Statement = {
      Effect: 'Deny',
      NotAction: ['iam:*', 'sts:GetSessionToken'],
      Resource: '*',
      Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
    };
    const policies = given([allow('*'), of(deny)]);
    expect(decide(asks('s3:ListBucket'), policies)).toBe('explicitly denied');
    expect(decide(asks('s3:ListBucket', '*', { 'aws:MultiFactorAuthPresent': 'true' }), policies)).toBe('allowed');
    expect(decide(asks('iam:GetUser'), policies)).toBe('allowed');
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
  test('Deny with NotResource: all buckets but one', () => {
    const bucket = 'arn:aws:s3:::HRBucket';
    const deny: Statement = {
      Effect: 'Deny',
      Action: 's3:*',
      NotResource: [`${bucket}/Payroll`, `${bucket}/Payroll/*`],
    };
    const policies = given([allow('s3:*'), of(deny)]);
    expect(decide(asks('s3:GetObject', `${bucket}/Payroll/may`), policies)).toBe('allowed');
    expect(decide(asks('s3:GetObject', `${bucket}/Other/may`), policies)).toBe('explicitly denied');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
describe('variables', () => {
  test('the home folder of whoever asks', () => {
    const policies = given(allow('s3:GetObject', 'arn:aws:s3:::amzn-s3-demo-bucket/${aws:username}/*'));
    const of = (name: string, context: Request['context']) =>
      decide(asks('s3:GetObject', `arn:aws:s3:::amzn-s3-demo-bucket/${name}/a`, context), policies);
    expect(of('Bob', { 'aws:username': 'Bob' })).toBe('allowed');
    expect(of('Mary', { 'aws:username': 'Bob' })).toBe('implicitly denied');
    expect(of('Bob', {})).toBe('implicitly denied');
  });

  test('a default, where the key is not there', () => {
    const policies = given(
      allow('s3:GetObject', "arn:aws:s3:::amzn-s3-demo-bucket-${aws:PrincipalTag/team, 'company-wide'}/*"),
    );
    const of = (bucket: string, context: Request['context']) =>
      decide(asks('s3:GetObject', `arn:aws:s3:::amzn-s3-demo-bucket-${bucket}/a`, context), policies);
    expect(of('company-wide', {})).toBe('allowed');
    expect(of('yellow', { 'aws:PrincipalTag/team': 'yellow' })).toBe('allowed');
    expect(of('company-wide', { 'aws:PrincipalTag/team': 'yellow' })).toBe('implicitly denied');
  });

  test('${*} is a star', () => {
    const policies = given(allow('s3:GetObject', 'arn:aws:s3:::b/${*}'));
    expect(decide(asks('s3:GetObject', 'arn:aws:s3:::b/*'), policies)).toBe('allowed');
    expect(decide(asks('s3:GetObject', 'arn:aws:s3:::b/a'), policies)).toBe('implicitly denied');
  });

  test('what a value brings along is no wildcard', () => {
    const policies = given(allow('s3:GetObject', 'arn:aws:s3:::b/${aws:username}'));
    expect(decide(asks('s3:GetObject', 'arn:aws:s3:::b/a', { 'aws:username': '*' }), policies)).toBe(
      'implicitly denied',
    );
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe('condition operators', () => {
  test.each<[string, NonNullable<Statement['Condition']>, Request['context'], boolean]>([
    [
      'exact',
      { StringEquals: { 'aws:PrincipalTag/job-category': 'iamuser-admin' } },
      { 'aws:PrincipalTag/job-category': 'iamuser-admin' },
      true,
    ],
    [
      'case counts',
      { StringEquals: { 'aws:PrincipalTag/job-category': 'iamuser-admin' } },
      { 'aws:PrincipalTag/job-category': 'IamUser-Admin' },
      false,
    ],
    [
      'case of the key does not',
      { StringEquals: { 'AWS:principaltag/job-category': 'a' } },
      { 'aws:PrincipalTag/job-category': 'a' },
      true,
    ],
    ['ignoring case', { StringEqualsIgnoreCase: { 'aws:UserAgent': 'AWS' } }, { 'aws:UserAgent': 'aws' }, true],
    ['without the key', { StringEquals: { 'aws:PrincipalTag/a': 'b' } }, {}, false],
    ['not, without the key', { StringNotEquals: { 'aws:PrincipalTag/a': 'b' } }, {}, true],
    [
      'not any of them',
      { StringNotEquals: { 'aws:PrincipalTag/a': ['b', 'c'] } },
      { 'aws:PrincipalTag/a': 'c' },
      false,
    ],
    ['like', { StringLike: { 's3:prefix': ['home/', 'home/Bob*'] } }, { 's3:prefix': 'home/Bobby' }, true],
    ['equals knows no wildcards', { StringEquals: { 's3:prefix': 'home/*' } }, { 's3:prefix': 'home/Bob' }, false],
    [
      'not like',
      { StringNotLike: { 'aws:userId': ['AROAEXAMPLEID:*', '111111111111'] } },
      { 'aws:userId': 'AROAEXAMPLEID:bob' },
      false,
    ],
    ['numbers', { NumericLessThanEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': '10' }, true],
    ['more', { NumericLessThanEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': '11' }, false],
    ['no number', { NumericEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': 'ten' }, false],
    [
      'dates',
      { DateGreaterThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:01Z' } },
      { 'aws:TokenIssueTime': '2026-11-29T00:00:00Z' },
      true,
    ],
    [
      'dates as seconds',
      { DateLessThan: { 'aws:TokenIssueTime': '1577836801' } },
      { 'aws:TokenIssueTime': '2019-12-31T00:00:00Z' },
      true,
    ],
    ['now', { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, {}, true],
    ['truth', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': 'true' }, false],
    [
      'an address of the network',
      { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      { 'aws:SourceIp': '203.0.113.255' },
      true,
    ],
    ['one of another', { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, { 'aws:SourceIp': '203.0.112.255' }, false],
    [
      'not of any',
      { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] } },
      { 'aws:SourceIp': '203.0.113.7' },
      false,
    ],
    [
      'an ARN',
      { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:us-east-2:123456789012:TOPIC-ID' } },
      { 'aws:SourceArn': 'arn:aws:sns:us-east-2:123456789012:TOPIC-ID' },
      true,
    ],
    [
      'ArnEquals has wildcards',
      { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:*:123456789012:T*' } },
      { 'aws:SourceArn': 'arn:aws:sns:us-east-2:123456789012:TOPIC-ID' },
      true,
    ],
    [
      'each part by itself',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:TOPIC-ID' } },
      { 'aws:SourceArn': 'arn:aws:sns:us-east-2:123456789012:TOPIC-ID' },
      false,
    ],
    ['if it is there: it is not', { StringLikeIfExists: { 'ec2:InstanceType': ['t1.*', 't2.*'] } }, {}, true],
    [
      'if it is there: it is, and other',
      { StringLikeIfExists: { 'ec2:InstanceType': ['t1.*', 't2.*'] } },
      { 'ec2:InstanceType': 'm3.large' },
      false,
    ],
    ['null', { Null: { 'aws:TokenIssueTime': 'true' } }, {}, true],
    ['not null', { Null: { 'aws:TokenIssueTime': 'false' } }, { 'aws:TokenIssueTime': '2026-11-29T00:00:00Z' }, true],
    ['not null, and not there', { Null: { 'aws:TokenIssueTime': 'false' } }, {}, false],
    [
      'all operators',
      { StringEquals: { 's3:prefix': 'a' }, Bool: { 'aws:SecureTransport': 'true' } },
      { 's3:prefix': 'a', 'aws:SecureTransport': 'false' },
      false,
    ],
    ['all keys', { StringEquals: { 's3:prefix': 'a', 's3:delimiter': '/' } }, { 's3:prefix': 'a' }, false],
  ])('%s', (_what, condition, context, expected) => {
    expect(fulfilled(condition, context)).toBe(expected);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  test.each<[string, readonly string[] | undefined, boolean]>([
    ['ForAllValues:StringEquals', ['environment', 'cost-center'], true],
    ['ForAllValues:StringEquals', ['environment'], true],
    ['ForAllValues:StringEquals', ['environment', 'dept'], false],
    ['ForAllValues:StringEquals', undefined, true],
    ['ForAllValues:StringEquals', [], true],
    ['ForAnyValue:StringEquals', ['environment', 'dept'], true],
    ['ForAnyValue:StringEquals', ['dept'], false],
    ['ForAnyValue:StringEquals', undefined, false],
    ['ForAllValues:StringNotEquals', ['dept', 'owner'], true],
    ['ForAllValues:StringNotEquals', ['dept', 'environment'], false],
    ['ForAnyValue:StringNotEquals', ['dept', 'environment'], true],
    ['ForAnyValue:StringNotEquals', ['environment'], false],
  ])('%s of environment and cost-center, asked with %j: %s', (operator, keys, expected) => {
    const condition = { [operator]: { 'aws:TagKeys': ['environment', 'cost-center'] } };
    expect(fulfilled(condition, keys === undefined ? {} : { 'aws:TagKeys': keys })).toBe(expected);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
  test('aws:PrincipalArn of a session is its role', () => {
    const of = (arn: string) => given(allow('*', '*', { Condition: { ArnEquals: { 'aws:PrincipalArn': arn } } }));
    expect(decide(asks('s3:GetObject', '*', {}, session), of(ROLE))).toBe('allowed');
    expect(decide(asks('s3:GetObject', '*', {}, session), of(session.arn))).toBe('implicitly denied');
  });

  test('an operator that IAM does not have is an error', () => {
    expect(() => fulfilled({ StringAlmostEquals: { 's3:prefix': 'a' } }, { 's3:prefix': 'a' })).toThrow(
      'IAM has no operator StringAlmostEquals.',
    );
  });
});

describe('a policy alone', () => {
  const service = { arn: 'scheduler.amazonaws.com', account: '', service: 'scheduler.amazonaws.com' };
  const trust: Document = of({
    Effect: 'Allow',
    Principal: { Service: 'scheduler.amazonaws.com' },
    Action: 'sts:AssumeRole',
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
  });

  test.each([
    ['for a resource of the account', { 'aws:SourceAccount': ACCOUNT }, true],
    ['for another’s', { 'aws:SourceAccount': '444455556666' }, false],
    ['without saying for whom', {}, false],
  ])('a role trusts a service %s: %j', (_what, context, expected) => {
    expect(lets(asks('sts:AssumeRole', ROLE, context, service), trust)).toBe(expected);
  });

  test('it does not trust another service', () => {
    const other = { ...service, service: 'lambda.amazonaws.com' };
    expect(lets(asks('sts:AssumeRole', ROLE, { 'aws:SourceAccount': ACCOUNT }, other), trust)).toBe(false);
  });

  test('a deny wins, wherever it stands', () => {
    const deny: Statement = { Effect: 'Deny', Principal: '*', Action: 'sts:*' };
    const both = of({ Effect: 'Allow', Principal: { Service: service.service }, Action: 'sts:AssumeRole' }, deny);
    expect(lets(asks('sts:AssumeRole', ROLE, {}, service), both)).toBe(false);
  });

  test('a role that trusts the account trusts its users', () => {
    const account = of({ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' });
    expect(lets(asks('sts:AssumeRole', ROLE), account)).toBe(true);
    expect(lets(asks('sts:AssumeRole', ROLE, {}, { ...user('Bob'), account: '444455556666' }), account)).toBe(false);
  });

  test('NotPrincipal: all but those', () => {
    const but: Document = of({ Effect: 'Allow', NotPrincipal: { AWS: user('Bob').arn }, Action: 'sts:AssumeRole' });
    expect(lets(asks('sts:AssumeRole', ROLE), but)).toBe(false);
    expect(lets(asks('sts:AssumeRole', ROLE, {}, user('Mary')), but)).toBe(true);
  });
});
