/** One sentence: what a lab costs while nobody looks, and when that ends. At the top of its guide, and where a sitting ends. */
import type { Lab } from '../course/model';
import { assumedNote, HOME_REGION } from '../facts/prices';
import { estimate, linesOf, usd } from './estimate';

/** USD an hour below which nothing runs: what is stored, and an alarm. */
const NOTHING_RUNS = 0.001;

/**
 * By the lab's declared lines, in the modes and the Region in which it stands.
 *
 * @param until when its lease ends, behind "until"
 */
export function redLine(
  lab: Pick<Lab, 'cost' | 'modes'>,
  until: string,
  modes: Readonly<Record<string, string>> = {},
  region: string = HOME_REGION,
): string {
  const { usdPerHour: sum, assumed } = estimate(lab, 1, modes, region);
  if (sum < NOTHING_RUNS)
    return `While you sleep: ${usd(sum)} an hour until ${until}. No machine runs; that is for what is stored.`;
  const main = linesOf(lab, modes, region)
    .filter(({ usdPerHour }) => usdPerHour >= sum / 20)
    .sort((a, b) => b.usdPerHour - a.usdPerHour)
    .map(({ item, usdPerHour }) => `${usd(usdPerHour)} for the ${item.charAt(0).toLowerCase()}${item.slice(1)}`);
  return `While you sleep: ${usd(sum)} an hour until ${until}: ${main.join(', ')}${assumedNote(assumed)}.`;
}

/** As the guide of a lab says it: in us-east-1, in its default modes. */
export const redLineOfGuide = (lab: Pick<Lab, 'cost' | 'modes'>): string => redLine(lab, 'the lease ends');
