/** Who of a lab was asked for which action: roles by their logical id, and the learner. */
import { LAB_IDS, type LabId, stackName } from '../../lib/course/names';
import type { CloudDecision, CloudDecisions } from '../../local-cloud/boot/start';
import { allowedAgain } from './agreement';
import type { Document } from './evaluation';
import { roleIn } from '../snapshot/template';

/** Whose requests they are: `data-prep CrawlerRole`, or `learner`. */
export function whoOf({ kind, principal }: CloudDecision): string | undefined {
  if (kind !== 'request') return undefined;
  if (principal.arn.endsWith(':user/learner')) return 'learner';
  const role = /:assumed-role\/([^/]+)\//.exec(principal.arn)?.[1] ?? '';
  const lab = LAB_IDS.find((id) => role.startsWith(`${stackName(id, 'me')}-`));
  if (!lab) return undefined;
  const logical = logicalOf(lab, role);
  // A name that goes on in small letters is another learner's: me-2.
  return /^[A-Z]/.test(logical) ? `${lab} ${logical}` : undefined;
}

/** A role's name begins with its stack's and its logical id, as much of it as there is room for. */
function logicalOf(lab: LabId, role: string): string {
  const [logical = ''] = role.slice(stackName(lab, 'me').length + 1).split('-');
  return roleIn(logical);
}

/** What was asked, by who asked; nothing that was refused. */
export function exercised(all: readonly CloudDecisions[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { decisions } of all)
    for (const decision of decisions) {
      const who = whoOf(decision);
      if (who === undefined || !decision.allowed) continue;
      if (!found.has(who)) found.set(who, new Set());
      found.get(who)!.add(decision.action);
    }
  return found;
}

/** A policy that allows one action less. */
export function without(document: Document, action: string): Document {
  const Statement = [document.Statement]
    .flat()
    .map((one) => ({ ...one, Action: [one.Action ?? []].flat().filter((name) => name !== action) }))
    .filter(({ Effect, Action }) => Effect !== 'Allow' || Action.length > 0);
  return { ...document, Statement };
}

/**
 * Takes one action away from who was asked for it, and decides all of their requests again.
 *
 * @returns the actions that are then refused, the first refusal first
 */
export function refusedWithout({ decisions, documents }: CloudDecisions, who: string, action: string): string[] {
  const less: Record<string, string> = {};
  for (const [key, text] of Object.entries(documents))
    if (text.includes(action)) less[key] = JSON.stringify(without(JSON.parse(text) as Document, action));
  const refused = decisions
    .filter((one) => one.allowed && whoOf(one) === who)
    .filter((one) => !allowedAgain(one, { ...documents, ...identityOnly(one, less) }))
    .map((one) => one.action);
  return [...new Set(refused)];
}

/**
 * Takes each action that somebody was asked for away from them in turn. It must be refused then, and nothing but it.
 *
 * @param whose role, or `learner`
 * @returns a line for each that is not
 */
export function notMissed(all: CloudDecisions, whose: (who: string) => boolean = () => true): string[] {
  return [...exercised([all])]
    .filter(([who]) => whose(who))
    .flatMap(([who, actions]) =>
      [...actions].flatMap((action) => {
        const refused = refusedWithout(all, who, action);
        return refused.length === 1 && refused[0] === action ? [] : [`${who} without ${action}: ${refused.join()}`];
      }),
    );
}

const identityOnly = (
  { identity = [] }: CloudDecision,
  less: Readonly<Record<string, string>>,
): Record<string, string> => Object.fromEntries(Object.entries(less).filter(([key]) => identity.includes(key)));
