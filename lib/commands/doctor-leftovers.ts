/** What `doctor` finds of this learner from before: labs that stand, records, tagged things, in every Region of the labs. */
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { isComplete, loadRun } from '../course/load';
import { LAB_IDS, type LabId, TAG_LAB, TAG_LEARNER } from '../course/names';
import { reasonOf } from '../aws/reason';
import type { Finding } from '../doctor/finding';
import type { Clients } from '../target/clients';
import type { Target } from '../target/target';
import { leaseEnd } from '../teardown/lease';
import type { Context } from './context';
import { findDeployedLabs } from './deployed-labs';
import { describeLabThere, lookInOtherRegions } from './other-regions';
import { plural } from './ui/text';

const WHY = 'What stands from before costs, and holds quotas and names that a lab needs.';
/** Pages of the tag search that are read of a Region, with 100 things each: more say nothing new. */
const PAGES = 3;

interface Found {
  readonly lab: LabId;
  readonly region: string;
  readonly saw: string;
  readonly state: 'ok' | 'note';
}

export async function lookAtLeftovers(context: Context, target: Target): Promise<Finding[]> {
  const { options, deps } = context;
  const [here, elsewhere] = await Promise.all([inThisRegion(context, target), lookInOtherRegions(context, deps.labs)]);
  const there = elsewhere.found.map((one): Found => ({
    lab: one.lab,
    region: one.region,
    state: 'note',
    saw: describeLabThere(one),
  }));
  const known = [...here, ...there];
  const { found: tagged, unread } = await taggedOnly(context, target, known, elsewhere.looked);
  const found = [...known, ...tagged];
  const notLooked = [...elsewhere.unread, ...unread];
  const place = (region: string): string => context.suffixIn(target.name === 'local' ? options.region : region);
  const findings = found.map(({ lab, region, saw, state }): Finding => ({
    about: 'leftover',
    id: `leftover:${region}:${lab}`,
    why: WHY,
    state,
    saw,
    ...(state === 'note' && { next: `./lab down ${lab}${place(region)}` }),
  }));
  const looked = [target.region, ...elsewhere.looked].filter((one) => !unread.some(({ region }) => region === one));
  if (found.length === 0 && looked.length > 0)
    findings.push({
      about: 'leftover',
      id: 'leftovers',
      state: 'ok',
      why: WHY,
      saw: `Nothing of the learner ${options.learner} in ${looked.join(', ')}.`,
    });
  return [...findings, ...unreadFindings(notLooked, context)];
}

/** Labs that stand in the target's own Region with what is left of their lease, and records without a stack. */
async function inThisRegion(context: Context, target: Target): Promise<Found[]> {
  const { deps, options } = context;
  const teardown = await deps.teardown();
  const { region } = target;
  const standing = (await findDeployedLabs(context, 'doctor')).filter(({ learner }) => learner === options.learner);
  const looks = deps.labs.map(async (id): Promise<Found[]> => {
    const one = standing.find(({ lab }) => lab === id);
    const lab = await deps.loadLab(id);
    const { run } = await loadRun({ lab, learner: options.learner, target, progress: () => undefined });
    if (!one) {
      if (!(await teardown.readRecord(run))) return [];
      return [{ lab: id, region, state: 'note', saw: describeLabThere({ lab: id, region }) }];
    }
    const ownership = await teardown.readOwnership(run);
    const end = ownership && leaseEnd(one.createdAt, ownership);
    const over = end !== undefined && end <= target.clock.now();
    const lease =
      end === undefined
        ? 'it has no record of a lease'
        : over
          ? `its lease is over since ${minute(end)}: it should have removed itself`
          : `its lease ends ${minute(end)}`;
    const saw = `${id} stands here, in ${region}, since ${minute(one.createdAt)} (${one.status}); ${lease}.`;
    return [{ lab: id, region, saw, state: over || !isComplete(one.status) ? 'note' : 'ok' }];
  });
  return (await Promise.all(looks)).flat();
}

const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Things that carry the learner's tags where neither stack nor record of their lab is. */
async function taggedOnly(
  context: Context,
  target: Target,
  known: readonly Found[],
  others: readonly string[],
): Promise<{ found: Found[]; unread: { region: string; why: string }[] }> {
  const found: Found[] = [];
  const unread: { region: string; why: string }[] = [];
  await Promise.all(
    [target.region, ...others].map(async (region) => {
      const clients = region === target.region ? target.clients : target.clientsIn!(region);
      try {
        for (const [lab, arns] of await taggedIn(clients, context.options.learner)) {
          if (known.some((one) => one.lab === lab && one.region === region)) continue;
          const saw = `In ${region} ${plural(arns.length, 'thing')} of ${lab} without stack or record: ${arns.slice(0, 3).join(', ')}${arns.length > 3 ? ', …' : ''}. (AWS’s tag search can name things for hours after they are gone.)`;
          found.push({ lab, region, state: 'note', saw });
        }
      } catch (error) {
        unread.push({ region, why: `the tag search was refused (${reasonOf(error)})` });
      } finally {
        if (clients !== target.clients) clients.destroy();
      }
    }),
  );
  return { found: found.sort((a, b) => a.region.localeCompare(b.region) || a.lab.localeCompare(b.lab)), unread };
}

async function taggedIn({ tagging }: Pick<Clients, 'tagging'>, learner: string): Promise<Map<LabId, string[]>> {
  const found = new Map<LabId, string[]>();
  let PaginationToken: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await tagging.send(
      new GetResourcesCommand({
        TagFilters: [{ Key: TAG_LEARNER, Values: [learner] }, { Key: TAG_LAB }],
        ResourcesPerPage: 100,
        PaginationToken,
      }),
    );
    for (const { ResourceARN = '', Tags = [] } of answer.ResourceTagMappingList ?? []) {
      const lab = LAB_IDS.find((id) => Tags.some(({ Key, Value }) => Key === TAG_LAB && Value === id));
      if (lab) found.set(lab, [...(found.get(lab) ?? []), ResourceARN]);
    }
    PaginationToken = answer.PaginationToken || undefined;
    if (!PaginationToken) break;
  }
  return found;
}

/** One reason is often that of several Regions. */
function unreadFindings(unread: readonly { region: string; why: string }[], context: Context): Finding[] {
  const byReason = new Map<string, string[]>();
  for (const { region, why } of unread) {
    const general = why.replaceAll(region, 'that Region');
    byReason.set(general, [...(byReason.get(general) ?? []), region]);
  }
  return [...byReason].map(([why, regions]) => ({
    about: 'leftover',
    id: `leftovers:${regions.join(',')}`,
    state: 'unknown',
    why: WHY,
    saw: `Could not look in ${regions.join(', ')}: ${why}`,
    next: `where you use such a Region, look there: ./lab status${context.suffixIn(regions[0])}`,
  }));
}
