/** What a recording must not tell: whose account, machine and name it was. */
import { Readable } from 'node:stream';
import { Redactor, UNREDACTED } from '../../../lib/field/redact';

const ACCOUNT = '123456789012';
const OTHER = '210987654321';
const start = new Date('2026-11-29T12:00:00Z');
const redactor = (learner = 'ana', key = 1): Redactor => {
  const made = new Redactor(
    { account: ACCOUNT, learner, names: ['ana.perez', 'acme-sso', 'Perez-MBP'] },
    Buffer.alloc(32, key),
    start,
  );
  made.know(['mla-labs-data-prep-ana raw flights DataBucket']);
  return made;
};

const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const JWT = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbmEifQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c';
const SESSION = 'IQoJb3JpZ2luX2VjEMz//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx7K0Y1';
const HOSTILE: readonly (readonly [what: string, key: string, value: unknown, gone: readonly string[]])[] = [
  ['an account number', 'OwnerId', ACCOUNT, [ACCOUNT]],
  ['an account number inside a word', 'Name', `cdk-assets-${ACCOUNT}-us-east-1`, [ACCOUNT]],
  ['an account number as a number', 'Count', Number(ACCOUNT), [ACCOUNT]],
  ['another account', 'Name', `arn:aws:iam::${OTHER}:role/Auditor`, [OTHER, 'Auditor']],
  [
    'an account in the address of a registry',
    'Image',
    `${OTHER}.dkr.ecr.us-east-1.amazonaws.com/secret-image:1`,
    [OTHER, 'secret-image'],
  ],
  ['an access key', 'Note', 'AKIAIOSFODNN7EXAMPLE', ['AKIAIOSFODNN7EXAMPLE']],
  ['an access key in a sentence', 'Message', 'The key AKIAIOSFODNN7EXAMPLE is unknown', ['AKIAIOSFODNN7EXAMPLE']],
  ['a session token', 'SessionToken', SESSION, [SESSION]],
  ['a session token under another name', 'Value', SESSION, [SESSION]],
  ['a JWT', 'Value', JWT, [JWT, 'eyJ']],
  ['a secret key', 'SecretAccessKey', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', ['wJalrXUtnFEMI']],
  [
    'an Authorization header',
    'Authorization',
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261129',
    ['AKIA', 'AWS4'],
  ],
  [
    'a presigned URL',
    'Location',
    'https://acme.s3.amazonaws.com/k?X-Amz-Credential=AKIA&X-Amz-Signature=fe5f80',
    ['acme', 'fe5f80'],
  ],
  [
    'a presigned URL in a sentence',
    'Reason',
    'Could not read https://acme.s3.amazonaws.com/k?X-Amz-Signature=fe5f80 twice',
    ['acme', 'fe5f80'],
  ],
  ['an e-mail address', 'Address', 'ana.perez@acme.example', ['perez', 'acme']],
  ['an e-mail address in a sentence', 'Message', 'ana.perez@acme.example did not confirm', ['perez', 'acme']],
  ['the learner’s name in a bucket', 'BucketName', 'mlalabs-dataprep-ana-databucket-x1y2z3', ['ana-', 'x1y2z3']],
  ['the learner’s name as a state', 'Status', 'ana', ['ana']],
  ['the learner’s name in another case', 'StackName', 'MlaLabs-DataPrep-Ana', ['Ana']],
  ['the name of a person in a sentence', 'Message', 'The user ana.perez of Perez-MBP may not', ['perez', 'MBP']],
  ['another’s bucket', 'Name', 'acme-payroll', ['acme', 'payroll']],
  ['another’s bucket in quotes', 'Message', "The bucket 'payroll' is gone", ['payroll']],
  ['an owner', 'Owner', 'anna', ['anna']],
  ['a bearer', 'Header', 'Bearer abcdefghijkl', ['abcdefghijkl']],
  ['a request id', 'RequestId', UUID, [UUID]],
  [
    'a request id in a sentence',
    'Message',
    `Failed (Request ID: 4442587FB7D0A2F9, id ${UUID})`,
    [UUID, '4442587FB7D0A2F9'],
  ],
  ['an address of a network', 'Message', 'refused by 10.11.12.13', ['10.11.12.13']],
  ['a body of text', 'Body', 'tailnum,carrier\nN123,UA', ['N123', 'tailnum']],
  ['a body of bytes', 'Payload', Buffer.from('tailnum'), ['tailnum', 'dGFpbG51bQ']],
  ['a value that a query found', 'VarCharValue', 'Hartsfield Jackson', ['Hartsfield']],
  ['a long text', 'Query', 'SELECT *\nFROM payroll', ['payroll', 'SELECT']],
  ['a page token', 'NextToken', 'opaque-token-1', ['opaque']],
  [
    'a tag of their own',
    'Tags',
    { CostCenter: 'Payroll', Owner: 'perez' },
    ['CostCenter', 'Payroll', 'Owner', 'perez'],
  ],
  ['a tag in a list', 'Tags', [{ Key: 'CostCenter', Value: 'Payroll' }], ['CostCenter', 'Payroll']],
  ['an environment', 'Environment', { Variables: { DB_PASSWORD: 'hunter2' } }, ['DB_PASSWORD', 'hunter2']],
];

describe('what tells whose it was', () => {
  test.each(HOSTILE)('%s goes', (_what, key, value, gone) => {
    const said = JSON.stringify(redactor().value({ [key]: value }));
    for (const one of gone) expect(said).not.toContain(one);
    for (const [, pattern] of UNREDACTED) expect(said).not.toMatch(pattern);
  });

  test.each(HOSTILE)('%s goes from deep inside an answer, too', (_what, key, value, gone) => {
    const said = JSON.stringify(redactor().value({ Things: [{ Detail: { More: [{ [key]: value }] } }] }));
    for (const one of gone) expect(said).not.toContain(one);
  });

  test.each(HOSTILE.filter(([, , value]) => typeof value === 'string'))(
    '%s goes from a text about it',
    (_what, key, value, gone) => {
      if (['Status', 'VarCharValue', 'Query', 'NextToken', 'Body'].includes(key)) return;
      const said = redactor().text(`It failed for "${String(value)}" again.`);
      for (const one of gone.filter((name) => name.length > 4)) expect(said).not.toContain(one);
    },
  );
});

describe('what tells what happened', () => {
  test.each([
    ['Status', 'SUCCEEDED'],
    ['StackStatus', 'CREATE_IN_PROGRESS'],
    ['EndpointStatus', 'InService'],
    ['ResourceType', 'AWS::S3::Bucket'],
    ['InstanceType', 'ml.m5.large'],
    ['Count', 42],
    ['Enabled', true],
    ['GlueVersion', '6.0'],
    ['Prefix', 'raw/flights/2013-01.csv'],
  ])('%s %s stays', (key, value) => expect(redactor().value({ [key]: value })).toEqual({ [key]: value }));

  test('the words of a refusal stay, and only its names go', () => {
    const refused = `User: arn:aws:sts::${ACCOUNT}:assumed-role/Admin/ana.perez@acme.example is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::acme/x" because no identity-based policy allows the s3:PutObject action`;
    const said = redactor()
      .text(refused)
      .replace(/-[0-9a-f]{8}>/g, '>');
    expect(said).toBe(
      'User: arn:aws:sts::<account>:assumed-role/<name>/<email> is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::<name>/<name>" because no identity-based policy allows the s3:PutObject action',
    );
  });

  test('our names keep what is ours', () => {
    expect(redactor().value('MlaLabs-DataPrep-ana')).toBe('MlaLabs-DataPrep-<learner>');
    expect(redactor('me').value('mla-labs-data-prep-me')).toBe('mla-labs-data-prep-<learner>');
    expect(redactor().value(`arn:aws:iam::${ACCOUNT}:role/MlaLabs-DataPrep-ana`)).toBe(
      'arn:aws:iam::<account>:role/MlaLabs-DataPrep-<learner>',
    );
  });

  test('dates are seconds from the start, streams are streams', () => {
    const given = { At: new Date('2026-11-29T12:00:12.34Z'), Body: Readable.from(['x']), Code: undefined };
    expect(redactor().value(given)).toEqual({ At: '<date +12.3>', Body: '<stream>' });
  });

  test('a list of thousands keeps some, and says how many more', () => {
    const said = redactor().value(Array.from({ length: 1000 }, () => 1)) as unknown[];
    expect(said).toHaveLength(101);
    expect(said.at(-1)).toBe('<more 900>');
  });
});

test('a hash is not taken for an account number, and a quote ends a bearer', () => {
  const leaks = (text: string): boolean => UNREDACTED.some(([, pattern]) => pattern.test(text));
  expect(leaks('<bytes 7 sha256:a123456789012bcd>')).toBe(false);
  expect(leaks(JSON.stringify({ Say: 'Bearer ', More: 'abcdefghijkl' }))).toBe(false);
});

test('the same thing has the same name throughout a recording, and another in another', () => {
  const one = redactor();
  const [a, b] = [one.value('acme-payroll'), one.text('The bucket acme-payroll is there')];
  expect(b).toBe(`The bucket ${String(a)} is there`);
  expect(one.value('acme-sales')).not.toBe(a);
  expect(redactor('ana', 2).value('acme-payroll')).not.toBe(a);
});

test('what is redacted twice is as it was after the first time', () => {
  for (const [, key, value] of HOSTILE) {
    const once = redactor().value({ [key]: value });
    for (const [, pattern] of UNREDACTED) expect(JSON.stringify(redactor().value(once))).not.toMatch(pattern);
  }
});
