/** What an account and its Region have for the labs. Asks only, and makes nothing. */
import type { Lab } from '../course/model';
import { lookAtBootstrap } from './bootstrap';
import { lookAtBuilds } from './builds';
import type { Finding } from './finding';
import { lookAtModelMonitor } from './model-monitor';
import type { Place } from './place';
import { lookAtPlan } from './plan';
import { lookAtRegion, lookAtRegionEnabled } from './region';
import { closedServices, lookAtServices } from './services';

/** @param chosen modes that were named; those that need no build ask nothing about builds */
export async function lookAtAccount(
  place: Place,
  labs: readonly Lab[],
  chosen: Readonly<Record<string, string>>,
): Promise<Finding[]> {
  const services = lookAtServices(place.target.clients, labs);
  const builds = chosen.build !== 'lambda' && labs.some(({ kinds }) => kinds.some((kind) => /^codebuild:/.test(kind)));
  const monitor = labs.some(({ modes }) => modes.some(({ name }) => name === 'monitor'));
  return (
    await Promise.all([
      lookAtPlan(place, services.then(closedServices)),
      lookAtRegion(place, labs),
      lookAtRegionEnabled(place),
      lookAtBootstrap(place),
      ...(builds ? [lookAtBuilds(place)] : []),
      ...(monitor ? [lookAtModelMonitor(place, chosen.monitor)] : []),
      services,
    ])
  ).flat();
}
