import { allStacks, findStack } from '../../../lib/target/stacks';

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown>;
}

describe('finding stacks', () => {
  const target = (send: (command: Sent) => Promise<unknown>) => ({ clients: { cloudformation: { send } } as never });

  test('a deleted one is none', async () => {
    expect(
      await findStack(
        target(async () => ({ Stacks: [{ StackStatus: 'DELETE_COMPLETE' }] })),
        'x',
      ),
    ).toBeUndefined();
  });

  test('a refusal is not taken for absence', async () => {
    const refused = target(async () => {
      throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    });
    await expect(findStack(refused, 'x')).rejects.toThrow('no');
  });

  test('all pages are read', async () => {
    const paged = target(async ({ input }) =>
      input.NextToken === undefined
        ? { Stacks: [{ StackName: 'a', StackStatus: 'CREATE_COMPLETE' }], NextToken: 'more' }
        : {
            Stacks: [
              { StackName: 'b', StackStatus: 'CREATE_COMPLETE' },
              { StackName: 'c', StackStatus: 'DELETE_COMPLETE' },
            ],
          },
    );
    expect((await allStacks(paged)).map((stack) => stack.StackName)).toEqual(['a', 'b']);
  });
});
