/**
 * Waits that AWS itself imposes: a bake, an interval between canary and the rest, the time that a container has to come up.
 * The local cloud keeps their order and their effect and divides their length by one number: 300 seconds are 5 here.
 */
export const WAIT_DIVISOR = 60;

/**
 * Milliseconds that a wait of so many seconds on AWS takes here.
 *
 * @param secondMs milliseconds of a second, where tests shorten it
 */
export function awsWaitMs(seconds: number, secondMs = 1000): number {
  return (seconds * secondMs) / WAIT_DIVISOR;
}
