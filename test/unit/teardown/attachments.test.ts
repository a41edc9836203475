/** What others hang on ours: each has a decision, and what is to be removed has a kind that a lab names. */
import { LAB_KINDS } from '../../../lib/course/kinds';
import { LAB_IDS } from '../../../lib/course/names';
import { ATTACHMENTS } from '../../../lib/teardown/attachments';
import { KIND_BY_ID } from '../../../lib/teardown/kinds';
import { residueOf } from '../../../lib/teardown/residue';

test.each(ATTACHMENTS.map((one) => [one.what, one] as const))('%s', (_what, { on, decision, kind, why, source }) => {
  expect(why.length).toBeGreaterThan(20);
  expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  expect(on).toMatch(/^[a-z0-9]+:[a-z-]+$/);
  expect(kind !== undefined).toBe(decision === 'removed');
  if (kind === undefined) return;
  expect(KIND_BY_ID.has(kind)).toBe(true);
  // Somewhere, both are among the kinds of one lab.
  expect(LAB_IDS.some((lab) => LAB_KINDS[lab].includes(kind) && LAB_KINDS[lab].includes(on))).toBe(true);
});

test.each(LAB_IDS)(
  'the receipt of %s names what of others may have used it, and nothing that it does not make',
  (lab) => {
    const told = residueOf(lab).find(({ what }) => what.startsWith('Somebody’s own'))!.what;
    for (const { what, on, decision } of ATTACHMENTS) {
      expect([what, told.includes(what)]).toEqual([what, decision === 'named' && LAB_KINDS[lab].includes(on)]);
    }
  },
);

test('scalable targets are looked for wherever an endpoint can be, before it and before the stack that may hold it', () => {
  for (const lab of LAB_IDS) {
    const kinds: readonly string[] = LAB_KINDS[lab];
    expect(kinds.includes('autoscaling:scalable-target')).toBe(kinds.includes('sagemaker:endpoint'));
  }
  for (const id of ['sagemaker:endpoint', 'cloudformation:stack']) {
    expect(KIND_BY_ID.get(id)!.after.map(({ kind }) => kind)).toContain('autoscaling:scalable-target');
  }
});
