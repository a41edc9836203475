/** Where else a lab may stand: a command in the wrong Region finds nothing, and the lab goes on costing. */
import { loadRun } from '../course/load';
import type { LabId } from '../course/names';
import { LabError } from '../course/errors';
import { REGIONS } from '../facts/regions';
import type { Context } from './context';
import { everyonesLabs } from './everyone';
import { messageOf } from './messages';

/** A lab in another Region: its stack, or only the record of what it left. */
export interface LabInOtherRegion {
  readonly lab: LabId;
  /** Whose it is, where everyone's labs were looked for. */
  readonly learner?: string;
  readonly region: string;
  /** Undefined where only the record is left. */
  readonly status?: string;
}

export interface OtherRegions {
  readonly found: readonly LabInOtherRegion[];
  /** Regions that could not be looked at: nothing is known of them. */
  readonly unread: readonly { readonly region: string; readonly why: string }[];
  readonly looked: readonly string[];
}

/**
 * Looks for this learner's labs, or with `--learner '*'` for everyone's, in every other Region that the labs know, and in
 * that of the profile: all at once, with clients that give up within seconds. The local cloud has one Region.
 */
export async function lookInOtherRegions(context: Context, labs: readonly LabId[]): Promise<OtherRegions> {
  const target = await context.target('status');
  const { clientsIn, home } = target;
  if (!clientsIn) return { found: [], unread: [], looked: [] };
  const { readRecord } = await context.deps.teardown();
  const { options, deps, ui } = context;
  ui.progress('Looking in other Regions');
  const found: LabInOtherRegion[] = [];
  const unread: { region: string; why: string }[] = [];
  const regions = [...new Set([...Object.keys(REGIONS), ...(home === undefined ? [] : [home])])].filter(
    (region) => region !== target.region,
  );
  const lookAt = async (region: string, id: LabId, there: typeof target): Promise<void> => {
    const lab = await deps.loadLab(id);
    try {
      const { run, standing } = await loadRun({
        lab,
        learner: options.learner,
        target: there,
        progress: () => undefined,
      });
      if (standing) found.push({ lab: id, region, status: standing.status });
      else if (await readRecord(run)) found.push({ lab: id, region });
    } catch (error) {
      // Somebody else's stack of that name is no lab of ours.
      if (!(error instanceof LabError)) throw error;
    }
  };
  const lookAtEveryone = async (region: string, there: typeof target): Promise<void> => {
    for (const { lab, learner, status } of await everyonesLabs(there))
      if (labs.includes(lab)) found.push({ lab, learner, region, ...(status !== undefined && { status }) });
  };
  await Promise.all(
    regions.map(async (region) => {
      const clients = clientsIn(region);
      const there = { ...target, region, clients };
      try {
        const looks = await Promise.allSettled(
          options.everyone ? [lookAtEveryone(region, there)] : labs.map((id) => lookAt(region, id, there)),
        );
        const failed = looks.find((look) => look.status === 'rejected');
        if (failed)
          unread.push({
            region,
            why: messageOf(failed.reason, {
              command: 'status',
              suffix: context.suffixIn(region),
              options: { ...options, region },
            }).what,
          });
      } finally {
        clients.destroy();
      }
    }),
  );
  const at = (region: string): number => regions.indexOf(region);
  return {
    found: found.sort((a, b) => at(a.region) - at(b.region) || labs.indexOf(a.lab) - labs.indexOf(b.lab)),
    unread: unread.sort((a, b) => at(a.region) - at(b.region)),
    looked: regions.filter((region) => !unread.some((one) => one.region === region)),
  };
}

/** What stands in a Region, or is left there. */
export const describeLabThere = ({ lab, learner, region, status }: LabInOtherRegion): string => {
  const whose = learner === undefined ? lab : `${lab} of ${learner}`;
  return status === undefined
    ? `In ${region} there is the record of ${whose}: its stack is gone, and what it left may cost.`
    : `${whose} stands in ${region} (${status}), and costs there.`;
};

/** Says what stands elsewhere, and where nobody could look. */
export function printOtherRegions(context: Context, { found, unread, looked }: OtherRegions): void {
  const { ui } = context;
  ui.settle();
  for (const one of found) ui.say(describeLabThere(one), `${ui.colours.yellow('!')} `);
  if (found.length === 0 && looked.length > 0) ui.say(`Nor in ${looked.join(', ')}.`);
  sayUnread(context, unread);
}

function sayUnread({ ui }: Context, unread: OtherRegions['unread']): void {
  // One reason is often that of all of them.
  const byReason = new Map<string, string[]>();
  for (const { region, why } of unread) {
    const general = why.replaceAll(region, 'that Region');
    byReason.set(general, [...(byReason.get(general) ?? []), region]);
  }
  for (const [why, regions] of byReason)
    ui.say(`Could not look in ${regions.join(', ')}: ${why}`, `${ui.colours.yellow('?')} `);
}

/** The same, as JSON documents have it. */
export const otherRegionsDocument = ({ found, unread }: OtherRegions) => ({
  ...(found.length > 0 && { elsewhere: found }),
  ...(unread.length > 0 && { notLookedAt: unread }),
});
