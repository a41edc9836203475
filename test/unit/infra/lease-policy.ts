/** What the lease's function of a lab may do, as the text that IAM gets. */
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Template } from 'aws-cdk-lib/assertions';
import type { LabId } from '../../../lib/course/names';
import { stackName } from '../../../lib/course/names';
import { leaseStatements, labNamesOf } from '../../../lib/infra/permissions';

interface Who {
  readonly learner: string;
  readonly account: string;
  readonly region: string;
}

/** The policy in the text that CloudFormation makes of it. */
export function leasePolicy(lab: LabId, who: Who): string {
  const { learner } = who;
  const name = stackName(lab, learner);
  const app = new App({
    context: { '@aws-cdk/aws-iam:minimizePolicies': true },
    analyticsReporting: false,
    autoSynth: false,
  });
  const stack = new Stack(app, name);
  const place = labNamesOf(lab, learner, name, ['SourceBucket']);
  new iam.Role(stack, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      Lease: new iam.PolicyDocument({
        statements: leaseStatements(place, `${name}-lease`, `/mla-labs/${lab}/${learner}`),
      }),
    },
  });
  const roles = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  const document: unknown = (roles[0]?.Properties as { Policies: { PolicyDocument: unknown }[] }).Policies[0]
    ?.PolicyDocument;
  return JSON.stringify(resolved(document, who));
}

function resolved(value: unknown, who: Who): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, who));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (Ref !== undefined)
    return { 'AWS::Partition': 'aws', 'AWS::Region': who.region, 'AWS::AccountId': who.account }[Ref];
  if (join) return join[1].map((one) => resolved(one, who)).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, who)]));
}
