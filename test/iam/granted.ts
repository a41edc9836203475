/** What the roles of all labs may do, in every mode, as their templates say. */
import { LAB_IDS, type LabId } from '../../lib/course/names';
import { labEntry } from '../../lib/course/registry';
import { roleIn, statements, synthesize, type TemplateJson } from '../snapshot/template';

export interface Granted {
  readonly lab: LabId;
  /** Logical id of the role, without its hash. */
  readonly role: string;
  readonly action: string;
  /** Patterns, with references written as `${Ref}`. */
  readonly resources: readonly string[];
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

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

const of = (lab: LabId, template: TemplateJson): Granted[] =>
  statements(template)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ role, actions, resources, Condition = {} }) =>
      actions.map((action) => ({
        lab,
        role: roleIn(role),
        action,
        resources,
        condition: Condition as Granted['condition'],
      })),
    );
