import { kindsOf } from '../../lib/teardown/kinds';
import { masked, ofType, only, statements, synthesize, written, type TemplateJson } from './template';

let template: TemplateJson;
beforeAll(async () => {
  template = await synthesize('data-prep');
});

test('the template is as reviewed', () => {
  expect(masked(template)).toMatchSnapshot();
});

describe('the order', () => {
  const idOf = (type: string): string => ofType(template, type)[0]![0];
  /** Everything that a resource waits for, directly and through others. */
  const before = (id: string, seen = new Set<string>()): Set<string> => {
    const resource = template.Resources[id]!;
    const refs = [...JSON.stringify(resource).matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"/g)].map(
      (match) => match[1] ?? match[2]!,
    );
    for (const next of [...(resource.DependsOn ?? []), ...refs]) {
      if (seen.has(next) || template.Resources[next] === undefined) continue;
      seen.add(next);
      before(next, seen);
    }
    return seen;
  };

  test('everything but the lease itself is made after the record and the lease, and so deleted before them', () => {
    const firsts = [idOf('Custom::MlaLabsRecord'), idOf('AWS::Events::Rule'), idOf('AWS::Lambda::Permission')];
    for (const id of Object.keys(template.Resources)) {
      if (id.startsWith('Lease')) continue;
      const waits = before(id);
      for (const first of firsts) expect([id, first, waits.has(first)]).toEqual([id, first, true]);
    }
  });

  test('the sweep is made last, and so deleted first', () => {
    const sweep = idOf('Custom::MlaLabsSweep');
    const waits = before(sweep);
    // The subscription to the lease's topic goes whenever it likes: the lease has told by then what it has to tell.
    const rest = Object.keys(template.Resources).filter((id) => id !== sweep && !waits.has(id));
    expect(rest.map((id) => template.Resources[id]!.Type)).toEqual(['AWS::SNS::Subscription']);
  });

  test('the buckets are made first of the rest, and so are deleted last, emptied once more after all that could write', () => {
    const emptied = idOf('Custom::MlaLabsEmptied');
    const buckets = ofType(template, 'AWS::S3::Bucket').map(([id]) => id);
    for (const bucket of buckets) expect([...before(bucket)].filter((id) => !id.startsWith('Lease'))).toEqual([]);
    for (const id of Object.keys(template.Resources)) {
      if (id.startsWith('Lease') || id === emptied || buckets.includes(id)) continue;
      expect([id, before(id).has(emptied)]).toEqual([id, true]);
    }
    expect([...before(emptied)]).toEqual(expect.arrayContaining(buckets));
  });

  test('the record waits for its function, role, topic and log group only', () => {
    expect([...before(idOf('Custom::MlaLabsRecord'))].map((id) => template.Resources[id]!.Type).sort()).toEqual([
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Logs::LogGroup',
      'AWS::SNS::Topic',
    ]);
  });
});

describe('permissions', () => {
  /** Actions that IAM checks on `*` only, or that are on all of a sort: each kind that needs one gives the reason. */
  const reasoned = (): Set<string> =>
    new Set(
      kindsOf('data-prep').flatMap(({ permissions }) =>
        permissions.filter(({ reason }) => reason).flatMap(({ actions }) => actions),
      ),
    );

  test('no statement allows every action, or an action on everything without a reason', () => {
    const reasons = reasoned();
    for (const { role, actions, resources, Condition } of statements(template)) {
      for (const action of actions) {
        expect([role, action]).not.toEqual([role, expect.stringMatching(/\*/)]);
        if (resources.includes('*') && Condition === undefined)
          expect([role, action, reasons.has(action)]).toEqual([role, action, true]);
      }
    }
  });

  test('nobody may touch IAM, and roles are passed to nobody', () => {
    const iam = statements(template).flatMap(({ actions }) => actions.filter((action) => /^(iam|sts):/.test(action)));
    expect(iam).toEqual([]);
  });

  test('a role that writes logs may make the very groups that it writes to, and no others', () => {
    const writers = statements(template).filter(({ actions }) => actions.includes('logs:PutLogEvents'));
    const makers = writers.filter(({ actions }) => actions.includes('logs:CreateLogGroup'));
    expect(makers.map(({ role }) => role.replace(/Role.*/, '')).sort()).toEqual(['Crawler', 'Quality', 'Transform']);
    for (const { resources } of makers)
      expect(
        resources.filter((one) => !/:log-group:\/(aws-glue\/crawlers|mla-labs\/data-prep\/[^/*]+\/)/.test(one)),
      ).toEqual([]);
  });

  test('raw data is written by no role, and read by those that work on it', () => {
    for (const { role, actions, resources } of statements(template)) {
      const writes = actions.some((action) => /^s3:(Put|Delete)/.test(action));
      if (!writes || role.startsWith('LeaseRole')) continue;
      expect([role, resources.filter((resource) => /raw\//.test(resource) || /\}\/\*$/.test(resource))]).toEqual([
        role,
        [],
      ]);
    }
  });

  test('the transform job deletes and aborts as S3A does, below prepared/ only', () => {
    const own = statements(template).find(
      ({ role, actions }) => role.startsWith('TransformRole') && actions.includes('s3:DeleteObject'),
    )!;
    expect(own.actions).toEqual(expect.arrayContaining(['s3:AbortMultipartUpload', 's3:PutObject']));
    expect(own.resources).toEqual(['${DataBucket.Arn}/prepared/*']);
  });

  test('Data Quality reads its engine’s bucket in the stack’s own Region', () => {
    const resources = statements(template)
      .filter(({ role }) => role.startsWith('QualityRole'))
      .flatMap((one) => one.resources);
    expect(resources).toContain('arn:${AWS::Partition}:s3:::aws-glue-ml-data-quality-assets-${AWS::Region}/*');
  });

  test('the lease’s function deletes its own stack and no other, and log groups with our tags only', () => {
    const lease = statements(template).filter(({ role }) => role.startsWith('LeaseRole'));
    const stack = lease.find(({ actions }) => actions.includes('cloudformation:DeleteStack'))!;
    expect(stack.resources).toEqual([
      'arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/MlaLabs-DataPrep/*',
    ]);
    const groups = lease.find(({ actions }) => actions.includes('logs:DeleteLogGroup'))!;
    expect(groups.Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/mla-labs:lab': 'data-prep', 'aws:ResourceTag/mla-labs:learner': 'me' },
    });
  });

  test('the pattern of the bucket fits the name that CloudFormation will choose, and not another learner’s', () => {
    const lease = statements(template).find(({ actions }) => actions.includes('s3:DeleteObjectVersion'))!;
    const pattern = new RegExp(
      `^${lease.resources[0]!.replace('arn:${AWS::Partition}:s3:::', '').replaceAll('*', '.*')}$`,
    );
    expect(template.Resources.DataBucket!.Type).toBe('AWS::S3::Bucket');
    expect('mlalabs-dataprep-databucket-1a2b3c4d5e6f/raw/x').toMatch(pattern);
    expect('mlalabs-dataprep-ana-databucket-1a2b3c4d5e6f/raw/x').not.toMatch(pattern);
  });
});

describe('data', () => {
  test('the bucket is encrypted, private, versioned, expiring, and gone with the stack', () => {
    const { Properties, DeletionPolicy, UpdateReplacePolicy } = template.Resources.DataBucket!;
    expect(Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            ExpirationInDays: 30,
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
        ],
      },
    });
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Delete', 'Delete']);
    expect(Properties.NotificationConfiguration).toBeUndefined();
  });

  test('requests without TLS are denied to everybody', () => {
    const Properties = only(template, 'AWS::S3::BucketPolicy');
    expect((Properties.PolicyDocument as { Statement: unknown[] }).Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:*',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  test('nothing is retained when the stack goes but the policy that goes with its bucket, and log groups expire', () => {
    for (const [id, { Type, DeletionPolicy = 'Delete' }] of Object.entries(template.Resources))
      expect([id, DeletionPolicy]).toEqual([id, Type === 'AWS::S3::BucketPolicy' ? 'Retain' : 'Delete']);
    for (const [id, { Properties }] of ofType(template, 'AWS::Logs::LogGroup'))
      expect([id, Properties.RetentionInDays]).toEqual([id, 7]);
  });
});

test('the lease asks every 15 minutes, and may live 1 to 168 hours', () => {
  expect(only(template, 'AWS::Events::Rule')).toMatchObject({
    ScheduleExpression: 'rate(15 minutes)',
    State: 'ENABLED',
  });
  expect(template.Parameters.LeaseHours).toMatchObject({ Type: 'Number', Default: 8, MinValue: 1, MaxValue: 168 });
});

test('there is one function, on a runtime that Lambda supports, with a log group of its own and nothing reserved', () => {
  const functions = ofType(template, 'AWS::Lambda::Function');
  expect(functions).toHaveLength(1);
  const { Properties } = functions[0]![1];
  expect(Properties).toMatchObject({
    Runtime: 'nodejs22.x',
    Timeout: 900,
    LoggingConfig: { LogGroup: expect.anything() },
  });
  expect(Properties.ReservedConcurrentExecutions).toBeUndefined();
});

test('all that can be tagged carries the lab and the learner', () => {
  const tagged = [
    'AWS::S3::Bucket',
    'AWS::IAM::Role',
    'AWS::Lambda::Function',
    'AWS::Logs::LogGroup',
    'AWS::Events::Rule',
    'AWS::Glue::Crawler',
    'AWS::Glue::Job',
    'AWS::Glue::DataQualityRuleset',
    'AWS::Athena::WorkGroup',
  ];
  for (const type of tagged) {
    for (const [id, { Properties }] of ofType(template, type)) {
      const tags = Properties.Tags as unknown;
      const map = Array.isArray(tags)
        ? Object.fromEntries((tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]))
        : tags;
      expect([id, map]).toEqual([id, { 'mla-labs:lab': 'data-prep', 'mla-labs:learner': 'me' }]);
    }
  }
  expect(only(template, 'AWS::Glue::Database').DatabaseInput).toMatchObject({
    Parameters: { 'mla-labs:lab': 'data-prep', 'mla-labs:learner': 'me' },
  });
});

test('the outputs are those that steps ask for', () => {
  expect(Object.keys(template.Outputs).sort()).toEqual(
    [
      'DataBucket',
      'Database',
      'Crawler',
      'TransformJob',
      'WorkGroup',
      'Ruleset',
      'QualityRole',
      'LogPrefix',
      'RecordParameter',
      'LeaseHours',
    ].sort(),
  );
  expect(template.Outputs.LogPrefix?.Value).toBe('/mla-labs/data-prep/me');
});

test('the record gets every physical name', () => {
  const Properties = only<Record<string, unknown[]>>(template, 'Custom::MlaLabsSweep');
  expect(Properties.buckets?.map(written)).toEqual(['${DataBucket}']);
  expect(Properties.roles).toHaveLength(ofType(template, 'AWS::IAM::Role').length - 1);
  expect(Properties.namedQueries).toHaveLength(ofType(template, 'AWS::Athena::NamedQuery').length);
  expect(Properties.logGroups).toHaveLength(ofType(template, 'AWS::Logs::LogGroup').length);
});

describe('a learner', () => {
  test('of another name has names of their own', async () => {
    const ana = JSON.stringify(await synthesize('data-prep', 'ana'));
    expect(ana).toContain('mla_labs_data_prep_ana');
    expect(ana).not.toMatch(/data[-_]prep[-_/]me\b/);
  });

  test.each(['', 'Ana', '../x', 'a'.repeat(17), '-a', 'a_b'])('of the unfit name %p gets no stack', async (learner) => {
    await expect(synthesize('data-prep', learner)).rejects.toThrow('does not fit');
  });
});
