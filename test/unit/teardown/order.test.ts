import { LAB_IDS } from '../../../lib/course/names';
import type { Kind } from '../../../lib/teardown/kind';
import { KIND_BY_ID, kindsOf } from '../../../lib/teardown/kinds';
import { inOrder, waitsFor } from '../../../lib/teardown/order';

const kind = (id: string, ...after: string[]): Kind => ({
  id,
  title: id,
  after: after.map((one) => ({ kind: one, why: 'a test' })),
  list: () => Promise.resolve([]),
  remove: () => Promise.resolve(),
  permissions: [],
});

test('a kind comes after those that it waits for, whatever the order of the list', () => {
  const kinds = [kind('role', 'job'), kind('job', 'run'), kind('run')];
  expect(inOrder(kinds).map(({ id }) => id)).toEqual(['run', 'job', 'role']);
});

test('a kind that waits for all others comes last', () => {
  const kinds = [kind('record', '*'), kind('a'), kind('b', 'a')];
  expect(inOrder(kinds).map(({ id }) => id)).toEqual(['a', 'b', 'record']);
  expect(waitsFor(kinds[0]!, kinds).sort()).toEqual(['a', 'b']);
});

test('kinds that wait for each other are an error that names them', () => {
  expect(() => inOrder([kind('a', 'b'), kind('b', 'c'), kind('c', 'a')])).toThrow('a > b > c > a');
});

test('a kind of another lab that is not looked at is no obstacle', () => {
  expect(inOrder([kind('a', 'elsewhere')]).map(({ id }) => id)).toEqual(['a']);
});

test.each(LAB_IDS)('%s: everything has an order, and the record is last', (lab) => {
  const ids = inOrder(kindsOf(lab)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.at(-1)).toBe('ssm:record');
  for (const one of kindsOf(lab)) {
    for (const { kind: before, why } of one.after) {
      expect(why.length).toBeGreaterThan(10);
      if (ids.includes(before))
        expect([one.id, before, ids.indexOf(before) < ids.indexOf(one.id)]).toEqual([one.id, before, true]);
    }
  }
});

test('all kinds together have an order, and wait only for kinds that exist', () => {
  const all = [...KIND_BY_ID.values()];
  expect(inOrder(all)).toHaveLength(all.length);
  const unknown = all
    .flatMap(({ after }) => after.map((one) => one.kind))
    .filter((id) => id !== '*' && !KIND_BY_ID.has(id));
  expect(unknown).toEqual([]);
});
