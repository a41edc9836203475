/** Faces of AWS on a bad day, as far as they concern what the services do by themselves; plugin/fault_injection.py has those of requests. */
import type { Cloud } from './service';
import { awsWaitMs } from './waits';

const LATE_MS = 3000;
const STUCK_SECONDS = 1800;

/** Milliseconds by which captured requests and logs arrive late. */
export const writeDelayMs = (cloud: Pick<Cloud, 'face'>): number => (cloud.face('late-writes') ? LATE_MS : 0);

/** Waits as long as an endpoint is stuck, if the cloud shows that. */
export async function whileStuck(cloud: Pick<Cloud, 'face'>, secondMs: number): Promise<void> {
  if (!cloud.face('stuck-endpoint')) return;
  await new Promise((resolve) => setTimeout(resolve, awsWaitMs(STUCK_SECONDS, secondMs)).unref());
}
