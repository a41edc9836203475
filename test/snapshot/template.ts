/** Templates for snapshot tests: synthesized as the app does, with hashes that change with content masked. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { LabId } from '../../lib/course/names';
import { labEntry } from '../../lib/course/registry';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface TemplateJson {
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, { Value: unknown }>;
  readonly Parameters: Record<string, Record<string, unknown>>;
}

/** @param context more of the app's context than cdk.json has */
export async function synthesize(
  lab: LabId,
  learner = 'me',
  { context = {} }: { context?: Record<string, unknown> } = {},
): Promise<TemplateJson> {
  const settings = JSON.parse(readFileSync(path.join(__dirname, '../../cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  const app = new App({
    context: { ...settings.context, ...context },
    analyticsReporting: false,
    treeMetadata: false,
    autoSynth: false,
  });
  const stack = (await labEntry(lab)!.stack())(app, learner);
  return Template.fromStack(stack as Stack).toJSON() as TemplateJson;
}

/** Masks the content hashes of assets, so that a snapshot changes only with the template. */
export function masked<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replace(/[a-f0-9]{64}/g, '<hash>')) as T;
}

/** The properties of the only resource of a type. */
export function only<T = Record<string, unknown>>(template: TemplateJson, type: string): T {
  const found = ofType(template, type);
  if (found.length !== 1) throw new Error(`There are ${found.length} of ${type}.`);
  return found[0]![1].Properties as T;
}

/** Resources of a type, by logical id. */
export function ofType(template: TemplateJson, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

export interface Statement {
  readonly role: string;
  readonly Effect: string;
  readonly actions: string[];
  /** Each with its tokens written out as `${Ref}`. */
  readonly resources: string[];
  readonly Condition?: unknown;
}

/** A logical id or a role's name without what the CDK and CloudFormation put behind. */
export const roleIn = (logical: string): string => logical.replace(/[0-9A-F]{8}$/, '');

/** A policy that stands in a template, inside of a role or attached to it. */
export interface RolePolicy {
  /** Logical id. */
  readonly role: string;
  /** What has the document: changing that changes the template. */
  readonly holder: { PolicyDocument: { Statement: Record<string, unknown>[] } };
}

/** Every policy of every role. @throws Error where a role has managed ones, which no template shows */
export function rolePolicies(template: TemplateJson): RolePolicy[] {
  const inline = ofType(template, 'AWS::IAM::Role').flatMap(([role, { Properties }]) => {
    if (Properties.ManagedPolicyArns) throw new Error(`${role} has managed policies, which nobody looks at here.`);
    return ((Properties.Policies ?? []) as RolePolicy['holder'][]).map((holder) => ({ role, holder }));
  });
  const attached = ofType(template, 'AWS::IAM::Policy').flatMap(([, { Properties }]) =>
    (Properties.Roles as { Ref: string }[]).map(({ Ref }) => ({
      role: Ref,
      holder: Properties as unknown as RolePolicy['holder'],
    })),
  );
  return [...inline, ...attached];
}

/** Every statement of every role. */
export function statements(template: TemplateJson): Statement[] {
  return rolePolicies(template).flatMap(({ role, holder }) =>
    holder.PolicyDocument.Statement.map((statement) => ({
      role,
      Effect: String(statement.Effect),
      actions: [statement.Action].flat() as string[],
      resources: [statement.Resource].flat().map(written),
      Condition: statement.Condition,
    })),
  );
}

/** A value of the template with its intrinsic functions written out. */
export function written(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value as object) as [[string, unknown]];
  if (name === 'Fn::Join')
    return ((argument as [string, unknown[]])[1] as unknown[]).map(written).join((argument as [string])[0]);
  if (name === 'Fn::Sub') return String(argument);
  if (name === 'Ref') return `\${${String(argument)}}`;
  if (name === 'Fn::GetAtt') return `\${${(argument as string[]).join('.')}}`;
  if (name === 'Fn::FindInMap') return `\${map ${(argument as unknown[]).map(written).join('/')}}`;
  throw new Error(`unexpected ${name}`);
}
