/** What the lease's function may do, lab by lab, as IAM would get it. */
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Template } from 'aws-cdk-lib/assertions';
import { LAB_IDS, stackName } from '../../../lib/course/names';
import { leaseStatements, placeOf } from '../../../lib/infra/permissions';

/** Characters, without white space, that all inline policies of a role may have. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const INLINE_LIMIT = 10_240;

const LEARNER = 'a-learner-of-16c';

/** The policy in the text that CloudFormation makes of it. */
function policyOf(lab: (typeof LAB_IDS)[number]): string {
  const name = stackName(lab, LEARNER);
  const app = new App({ context: { '@aws-cdk/aws-iam:minimizePolicies': true }, analyticsReporting: false });
  const stack = new Stack(app, name);
  const place = placeOf(lab, LEARNER, name, ['SourceBucket']);
  new iam.Role(stack, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      Lease: new iam.PolicyDocument({
        statements: leaseStatements(place, `${name}-lease`, `/mla-labs/${lab}/${LEARNER}`),
      }),
    },
  });
  const roles = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  const document: unknown = (roles[0]?.Properties as { Policies: { PolicyDocument: unknown }[] }).Policies[0]
    ?.PolicyDocument;
  return JSON.stringify(resolved(document));
}

function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (Ref !== undefined)
    return { 'AWS::Partition': 'aws', 'AWS::Region': 'ap-southeast-1', 'AWS::AccountId': '123456789012' }[Ref];
  if (join) return join[1].map(resolved).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one)]));
}

test.each(LAB_IDS)('the lease of %s may do what its kinds need, within what a role’s own policies may hold', (lab) => {
  const policy = policyOf(lab);
  expect(policy.length).toBeLessThan(INLINE_LIMIT - 200);
  expect(policy).not.toContain('iam:');
});
