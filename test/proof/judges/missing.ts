/** A judge that is not there: its tests fail with this, and the others go on. */
export class JudgeMissing extends Error {
  /** @param judge for example `Trino 435`; @param why what installing or starting it said */
  constructor(judge: string, why: string, next: string) {
    super(`The judge ${judge} could not be had, so nothing was compared. ${why}\nNext: ${next}`);
  }
}
