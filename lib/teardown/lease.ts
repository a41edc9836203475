/** How long a lab may live. */
import type { Ownership } from './ownership';

export const LEASE_HOURS = { default: 8, min: 1, max: 168 } as const;

/** No extension reaches further than this from the stack's creation: a forgotten lab ends. */
export const LONGEST_LIFE_HOURS = 30 * 24;

const HOUR = 3_600_000;

/**
 * When the lease is over.
 *
 * @param created the stack's creation, as CloudFormation says
 * @param ownership hours and extension; an extension never shortens
 */
export function leaseEnd(created: Date, ownership: Pick<Ownership, 'leaseHours' | 'extendedUntil'>): Date {
  const plain = created.getTime() + ownership.leaseHours * HOUR;
  const extended = ownership.extendedUntil === undefined ? 0 : Date.parse(ownership.extendedUntil);
  return new Date(
    Math.min(Math.max(plain, extended), created.getTime() + Math.max(LONGEST_LIFE_HOURS, ownership.leaseHours) * HOUR),
  );
}

/**
 * The record with the lease extended by `hours` from its present end, or from now where it is over already.
 *
 * @throws RangeError when the hours are no whole number from 1 to 168, or reach beyond {@link LONGEST_LIFE_HOURS}
 */
export function extended(ownership: Ownership, created: Date, hours: number, now: Date): Ownership {
  if (!Number.isInteger(hours) || hours < LEASE_HOURS.min || hours > LEASE_HOURS.max) {
    throw new RangeError(
      `A lease is extended by ${LEASE_HOURS.min} to ${LEASE_HOURS.max} whole hours, not by ${hours}.`,
    );
  }
  const from = Math.max(leaseEnd(created, ownership).getTime(), now.getTime());
  const until = from + hours * HOUR;
  if (until > created.getTime() + LONGEST_LIFE_HOURS * HOUR) {
    throw new RangeError(`A lab lives at most ${LONGEST_LIFE_HOURS / 24} days; ${hours} hours more would exceed that.`);
  }
  return { ...ownership, extendedUntil: new Date(until).toISOString() };
}
