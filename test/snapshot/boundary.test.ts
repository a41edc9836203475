/** A permissions boundary comes from the context alone: every role of every lab has it, and none without. */
import { LAB_IDS } from '../../lib/course/names';
import { ofType, synthesize } from './template';

const CONTEXT = { '@aws-cdk/core:permissionsBoundary': { name: 'mla-labs-boundary' } };
const PRINCIPALS = ['AWS::IAM::Role', 'AWS::IAM::User'];

describe.each(LAB_IDS)('%s', (lab) => {
  test('with the boundary in the context, every role carries it', async () => {
    const made = await synthesize(lab, 'me', { context: CONTEXT });
    const roles = PRINCIPALS.flatMap((type) => ofType(made, type));
    expect(roles.length).toBeGreaterThan(0);
    const without = roles.filter(
      ([, { Properties }]) => !/policy\/mla-labs-boundary/.test(JSON.stringify(Properties.PermissionsBoundary ?? '')),
    );
    expect(without.map(([id]) => id)).toEqual([]);
  });

  test('and nothing else of the template changes', async () => {
    const [before, after] = [await synthesize(lab), await synthesize(lab, 'me', { context: CONTEXT })];
    for (const type of PRINCIPALS)
      for (const [, { Properties }] of ofType(after, type)) delete Properties.PermissionsBoundary;
    expect(after).toEqual(before);
  });
});
