/** The learner's policy is what the records make of it, holds against what AWS documents, and lets nobody become more. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LABS } from '../../../lib/course/registry';
import { REGIONS } from '../../../lib/facts/regions';
import {
  boundary,
  policyPart,
  policyParts,
  type PolicyStatement,
  wholePolicy,
} from '../../../lib/target/learner-policy';
import { BEYOND } from '../../../scripts/policy/beyond';
import { documents, recorded, teardown } from '../../../scripts/policy/statements';
import { OURS } from '../../../scripts/policy/resources';
import authorization from '../../service-authorization.json';
import { choices, runOf } from '../aws-cli/explained';
import { services } from '../aws-cli/judge';
import { commandsIn } from '../aws-cli/words';
import { matches, worldOf } from '../infra/learner-world';

const GENERAL = { partition: 'PARTITION', account: 'ACCOUNT', region: 'REGION' };
/** Where the policy is longest. */
const LONGEST = { partition: 'aws-us-gov', account: '123456789012', region: 'ap-southeast-1' };
const PLACE = { partition: 'aws', account: '123456789012', region: 'us-east-1' };

const page = readFileSync(join(__dirname, '../../../docs/permissions.md'), 'utf8');
const list = (value: string | readonly string[]): readonly string[] => [value].flat();
const statements = wholePolicy(GENERAL).Statement;
const actions = [...new Set(statements.flatMap(({ Action }) => list(Action)))].sort();
const ACTIONS = authorization.actions as Readonly<Record<string, readonly string[]>>;
const TYPES = authorization.types as Readonly<Record<string, Readonly<Record<string, string>>>>;

test('the files are what the records, the kinds of teardown and the additions make: npx tsx scripts/policy/generate.ts', () => {
  expect(Object.fromEntries(policyParts().map((part) => [part, policyPart(part, GENERAL)]))).toEqual(documents());
});

describe('sizes', () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  test.each(policyParts())('%s fits into a managed policy of 6,144 characters', (part) => {
    expect(JSON.stringify(policyPart(part, LONGEST)).length).toBeLessThanOrEqual(6144);
  });

  test('all parts can be attached to one user or role, and the whole is an inline policy of a permission set', () => {
    expect(policyParts().length).toBeLessThanOrEqual(10);
    // https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html
    expect(JSON.stringify(wholePolicy(LONGEST), null, 2).length).toBeLessThanOrEqual(32_768);
  });

  test('the boundary fits, too', () => {
    expect(JSON.stringify(boundary(LONGEST)).length).toBeLessThanOrEqual(6144);
  });
});

describe('what AWS documents', () => {
  /** Tagging is on any type, so the data leave it out: these exist, and their resources are looked at by eye. */
  const TAGGING = [
    'athena:ListTagsForResource',
    'budgets:ListTagsForResource',
    'budgets:TagResource',
    'cloudwatch:ListTagsForResource',
    'logs:ListTagsForResource',
    'sagemaker:AddTags',
    'sagemaker:ListTags',
    'sns:ListTagsForResource',
    'sns:TagResource',
    'sqs:TagQueue',
    'ssm:AddTagsToResource',
    'ssm:ListTagsForResource',
  ];

  test('every action exists', () => {
    expect(actions.filter((action) => !(action in ACTIONS))).toEqual(TAGGING);
  });

  /** Why an action that could be held to a resource is not. */
  const WIDE: Readonly<Record<string, string>> = {
    'account:GetRegionOptStatus': 'it is asked of the account itself',
    'cloudformation:DescribeStacks': 'a stack that is ours is found by its role and tags, in each Region',
    'cloudwatch:DescribeAlarms': 'an alarm that is ours is found by what it watches',
    'logs:GetQueryResults': 'a query is known by its id alone',
    'sagemaker:ListModelPackages': 'AWS does not say which ARN a listing is checked on',
    'servicequotas:GetServiceQuota': 'quotas are read only, and many services have them',
    'servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota': 'requests are read only',
    'servicequotas:RequestServiceQuotaIncrease': 'many services have quotas, and a person at AWS decides',
  };

  test('what is allowed on everything has no resources to be held to, or a reason', () => {
    const wide = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => list(Action));
    const typed = wide.filter((action) => ACTIONS[action]!.length > 0);
    expect(typed.sort()).toEqual(Object.keys(WIDE).sort());
  });

  test('every action has a resource of its own types in its statement', () => {
    const lacking = statements
      .filter(({ Resource }) => Resource !== '*')
      .flatMap(({ Sid, Action, Resource }) =>
        list(Action)
          .filter((action) => !list(Resource).some((one) => isOfType(action, one)))
          .map((action) => `${Sid}: ${action}`),
      );
    expect(lacking).toEqual([]);
  });

  function isOfType(action: string, pattern: string): boolean {
    if (TAGGING.includes(action)) return true;
    const types = ACTIONS[action]!.map((one) => one.replace('*', ''));
    // AWS's data have no resource for some of Glue's Data Quality: what Glue checks them on was seen elsewhere.
    if (types.length === 0 || /DataQuality/.test(action)) return true;
    return types.some((type) => {
      const arn = (TYPES[action.split(':')[0]!]?.[type] ?? '-')
        .replace('${Partition}', 'PARTITION')
        .replace('${Region}', 'REGION')
        .replace('${Account}', 'ACCOUNT');
      return pattern.replace(/:\*:ACCOUNT/, ':REGION:ACCOUNT').startsWith(arn.slice(0, `${arn}\${`.indexOf('${')));
    });
  }
});

test('no action is allowed that nobody needs: each was asked for, is of a kind of teardown, or has a reason', () => {
  const needed = new Set([
    ...recorded().map(({ action }) => action),
    ...teardown().map(({ action }) => action),
    ...BEYOND.filter(({ reason }) => reason !== '').flatMap((one) => one.actions),
  ]);
  expect(actions.filter((action) => !needed.has(action))).toEqual([]);
});

test('what steps print for the AWS CLI is allowed; one whose permission has another name stands in actionsOf', async () => {
  const lacking = new Set<string>();
  for (const { lab: load } of LABS) {
    const lab = await load();
    for (const modes of choices(lab))
      for (const step of lab.steps)
        for (const script of step.explain(runOf(lab, modes)))
          for (const [, service, operation] of commandsIn(script, services))
            for (const action of actionsOf(service!, operation!))
              if (!actions.includes(action)) lacking.add(`${lab.id} ${step.id}: ${action}`);
  }
  expect([...lacking]).toEqual([]);
});

test('what the page of what stands asks is allowed', () => {
  const folder = join(__dirname, '../../../workbench/server/views');
  const code = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const asked = code.flatMap((text) =>
    [...text.matchAll(/import \{([^}]+)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g)].flatMap(([, names, client]) =>
      [...names!.matchAll(/\b(\w+)Command\b/g)].flatMap(([, operation]) =>
        actionsOf(CLIENTS[client!] ?? client!, operation!),
      ),
    ),
  );
  expect(asked.length).toBeGreaterThan(20);
  expect([...new Set(asked)].filter((action) => !actions.includes(action))).toEqual([]);
});

/** Clients of the SDK that have another name than the CLI has for the service. */
const CLIENTS: Readonly<Record<string, string>> = { 'cloudwatch-logs': 'logs' };

/** What a command of the AWS CLI, or an operation of the SDK, asks for. */
function actionsOf(service: string, operation: string): string[] {
  // Commands whose permission has another name.
  const known: Readonly<Record<string, string[]>> = {
    's3 cp': ['s3:GetObject', 's3:PutObject'],
    's3 ls': ['s3:ListBucket'],
    's3 rm': ['s3:DeleteObject', 's3:ListBucket'],
    's3 sync': ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
    's3api list-objects-v2': ['s3:ListBucket'],
    's3api list-object-versions': ['s3:ListBucketVersions'],
    's3 ListObjectsV2': ['s3:ListBucket'],
    'sagemaker wait': ['sagemaker:DescribeEndpoint'],
    'cloudformation wait': ['cloudformation:DescribeStacks'],
    'sts get-caller-identity': [],
  };
  const iam: Readonly<Record<string, string>> = {
    s3api: 's3',
    'sagemaker-runtime': 'sagemaker',
    'service-quotas': 'servicequotas',
  };
  const pascal = operation.replaceAll(/(^|-)([a-z0-9])/g, (_all, _dash, letter: string) => letter.toUpperCase());
  return known[`${service} ${operation}`] ?? [`${iam[service] ?? service}:${pascal}`];
}

describe('nobody becomes more by it', () => {
  /** What changes things that no name of ours holds, and why. */
  const UNHELD: Readonly<Record<string, string>> = {
    'application-autoscaling:DeregisterScalableTarget':
      'its ARN is a random id; the condition lets only SageMaker’s go',
    'cloudwatch:DeleteAnomalyDetector': 'detectors have no ARN',
    'logs:DeleteLogStream': 'the groups are shared by all jobs of an account',
    'logs:DeleteQueryDefinition': 'saved queries have no ARN',
    'sagemaker:DeleteEndpointConfig': 'CloudFormation names them; the condition asks for our tags',
    'sagemaker:DeleteModel': 'CloudFormation names them; the condition asks for our tags',
    'servicequotas:RequestServiceQuotaIncrease': 'it asks a person at AWS, and changes nothing itself',
  };

  test('what changes things is held to names of ours, or has a reason', () => {
    const held = (pattern: string): boolean => OURS.some((ours) => matches(ours, pattern));
    const unheld = statements
      .filter(({ Resource }) => !list(Resource).every(held))
      .flatMap(({ Action }) => list(Action))
      .filter((action) => !/:(Get|List|Describe|BatchGet|Filter)/.test(action));
    expect([...new Set(unheld)].sort()).toEqual(Object.keys(UNHELD).sort());
  });

  test('no wildcards in actions', () => {
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('of IAM, only what looks at roles and removes them, and passing those that jobs run as', () => {
    const allowed = ['GetRole', 'ListRoleTags', 'ListRolePolicies', 'ListAttachedRolePolicies', 'PassRole'];
    const removing = ['DeleteRole', 'DeleteRolePolicy', 'DetachRolePolicy'];
    expect(actions.filter((action) => action.startsWith('iam:'))).toEqual(
      [...allowed, ...removing].map((name) => `iam:${name}`).sort(),
    );
    for (const { Action, Resource } of statements.filter(({ Action: all }) => list(all)[0]!.startsWith('iam:')))
      expect([Action, list(Resource).filter((one) => !one.includes(':role/MlaLabs-'))]).toEqual([Action, []]);
  });

  test('a role is passed to the service that it is made for, and to no other', () => {
    const passing = statements.filter(({ Action }) => list(Action).includes('iam:PassRole'));
    expect(passing.length).toBeGreaterThan(0);
    for (const { Action, Condition } of passing) {
      expect(Action).toBe('iam:PassRole');
      expect(list(Condition!.StringEquals!['iam:PassedToService']!)).toEqual([
        expect.stringMatching(/^(glue|sagemaker)\.amazonaws\.com$/),
      ]);
    }
  });

  test('only the roles of the CDK can be assumed that a deployment is done with', () => {
    const assumed = statements.filter(({ Action }) => list(Action).includes('sts:AssumeRole'));
    expect(assumed.flatMap(({ Resource }) => list(Resource))).toEqual(
      ['deploy', 'file-publishing', 'lookup'].map(
        (role) => `arn:PARTITION:iam::ACCOUNT:role/cdk-hnb659fds-${role}-role-ACCOUNT-REGION`,
      ),
    );
  });
});

test('the page says of every statement what it is for', () => {
  const rows = new Set([...page.matchAll(/^\| `(\w+)`/gm)].map(([, sid]) => sid));
  expect(statements.map(({ Sid }) => Sid).filter((sid) => !rows.has(sid))).toEqual([]);
});

describe('the boundary', () => {
  const allows = (action: string): boolean =>
    boundary(PLACE).Statement.some(
      ({ Effect, Action }) => Effect === 'Allow' && list(Action).some((one) => matches(one, action)),
    ) &&
    !boundary(PLACE).Statement.some(
      ({ Effect, Action }) => Effect === 'Deny' && list(Action).some((one) => matches(one, action)),
    );

  test('holds all that the learner and the labs may do', async () => {
    const roles = (await worldOf('me')).grants.flatMap((grant) => grant.actions);
    expect([...new Set([...actions, ...roles])].filter((action) => !allows(action))).toEqual([]);
  });

  test('is of the Regions that the labs know', () => {
    const [services] = boundary(PLACE).Statement as [PolicyStatement];
    expect(services.Condition!.StringEquals!['aws:RequestedRegion']).toEqual(Object.keys(REGIONS));
  });

  test.each([
    'iam:CreateUser',
    'iam:CreateAccessKey',
    'iam:CreatePolicyVersion',
    'iam:DeleteRolePermissionsBoundary',
    'organizations:LeaveOrganization',
    'billing:UpdateBillingPreferences',
    'ec2:RunInstances',
  ])('keeps out %s', (action) => {
    expect(allows(action)).toBe(false);
  });
});
