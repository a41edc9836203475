/** What the roles of all labs may do, in every mode, as their templates say. */
import { LAB_IDS, type LabId } from '../../lib/course/names';
import { labEntry } from '../../lib/course/registry';
import { ofType, synthesize, type TemplateJson, written } from '../snapshot/template';

export interface Granted {
  readonly lab: LabId;
  /** Logical id of the role, without its hash. */
  readonly role: string;
  readonly action: string;
  /** Patterns, with references written as `${Ref}`. */
  readonly resources: readonly string[];
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

type Statements = readonly {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Granted['condition'];
}[];

/** A logical id or a role's name without what the CDK and CloudFormation put behind. */
export const roleIn = (logical: string): string => logical.replace(/[0-9A-F]{8}$/, '');

/** Every mode of a lab: its defaults, and each other value by itself. */
export async function modesOf(lab: LabId): Promise<Record<string, string>[]> {
  const { modes } = await labEntry(lab)!.lab();
  const others = modes.flatMap(({ name, values, default: usual }) =>
    values.filter((value) => value !== usual).map((value) => ({ [name]: value })),
  );
  return [{}, ...others];
}

/** Each action that a role of a lab is allowed, in any mode. */
export async function granted(): Promise<Granted[]> {
  const all: Granted[] = [];
  for (const lab of LAB_IDS)
    for (const context of await modesOf(lab)) all.push(...of(lab, await synthesize(lab, 'me', { context })));
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function of(lab: LabId, template: TemplateJson): Granted[] {
  const inline = ofType(template, 'AWS::IAM::Role').flatMap(([id, { Properties }]) => {
    if (Properties.ManagedPolicyArns)
      throw new Error(`${lab}: ${id} has managed policies, which nobody looks at here.`);
    return ((Properties.Policies ?? []) as { PolicyDocument: { Statement: Statements } }[]).map(
      ({ PolicyDocument }) => [id, PolicyDocument.Statement] as const,
    );
  });
  const attached = ofType(template, 'AWS::IAM::Policy').flatMap(([, { Properties }]) =>
    (Properties.Roles as { Ref: string }[]).map(
      ({ Ref }) => [Ref, (Properties.PolicyDocument as { Statement: Statements }).Statement] as const,
    ),
  );
  return [...inline, ...attached].flatMap(([id, statements]) =>
    statements
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action, Resource, Condition = {} }) =>
        [Action].flat().map((action) => ({
          lab,
          role: roleIn(id),
          action,
          resources: [Resource].flat().map(written),
          condition: Condition,
        })),
      ),
  );
}
