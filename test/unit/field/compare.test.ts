/** A recording that is changed in seeded ways: the comparison finds each change and nothing else. */
import { compare, type Difference } from '../../../lib/field/compare';
import type { Recording } from '../../../lib/field/read';
import type { FieldRecord, RequestRecord } from '../../../lib/field/recording';
import { recording } from './recordings';

const differences = (there: Recording, here = recording()): Difference[] => [
  ...compare(there, here, ['data-prep']).differences,
];
const changed = (change: (requests: RequestRecord[], records: FieldRecord[]) => void, polls = 2): Recording =>
  recording(polls, (records) => change(records.filter((one) => one.type === 'request') as RequestRecord[], records));
const of = (requests: RequestRecord[], operation: string): RequestRecord[] =>
  requests.filter((one) => one.operation === operation);
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const answer = (record: RequestRecord | undefined): any => record!.output;

test('a recording does not differ from itself, nor from one that polled more or less often', () => {
  for (const polls of [1, 2, 7]) {
    expect(differences(recording(polls), recording(2))).toEqual([]);
    expect(differences(recording(2), recording(polls))).toEqual([]);
  }
});

const KEYED = { lab: 'data-prep', part: 'step transform' };
test.each<[string, (requests: RequestRecord[], records: FieldRecord[]) => void, object]>([
  [
    'a field removed from one answer of many',
    (all) => delete answer(of(all, 'GetJobRun').at(-1)).JobRun.DPUSeconds,
    { kind: 'field extra', about: 'Glue GetJobRun', path: 'JobRun.DPUSeconds', there: 'none', here: 'number' },
  ],
  [
    'a field added',
    (all) => (answer(of(all, 'GetJobRun')[0]).JobRun.Timeout = 5),
    { kind: 'field missing', about: 'Glue GetJobRun', path: 'JobRun.Timeout', there: 'number', here: 'none' },
  ],
  [
    'a field removed from one element of a list',
    (all) => delete answer(of(all, 'GetTable')[0]).Table.Columns[1].Type,
    { kind: 'field extra', about: 'Glue GetTable', path: 'Table.Columns[].Type' },
  ],
  [
    'a type changed',
    (all) => (answer(of(all, 'GetJobRun').at(-1)).JobRun.ExecutionTime = '6'),
    { kind: 'type', about: 'Glue GetJobRun', path: 'JobRun.ExecutionTime', there: 'string', here: 'number' },
  ],
  [
    'a state inserted',
    (all, records) => {
      const last = of(all, 'GetJobRun').at(-1)!;
      const copy = structuredClone(of(all, 'GetJobRun')[0]!);
      answer(copy).JobRun.JobRunState = 'WAITING';
      records.splice(records.indexOf(last), 0, copy);
    },
    { kind: 'state', about: 'Glue GetJobRun', path: 'JobRun.JobRunState', there: 'RUNNING → WAITING → SUCCEEDED' },
  ],
  [
    'a state inserted into the history of a stack',
    (all) => {
      const { StackEvents: events } = answer(of(all, 'DescribeStackEvents')[0]);
      events.splice(1, 0, { ...events[1], ResourceStatus: 'CREATE_PENDING' });
    },
    {
      kind: 'state',
      about: 'CloudFormation DescribeStackEvents',
      there: 'CREATE_IN_PROGRESS → CREATE_PENDING → CREATE_COMPLETE',
    },
  ],
  [
    'a state removed from the history of a stack',
    (all) => answer(of(all, 'DescribeStackEvents')[0]).StackEvents.pop(),
    { kind: 'state missing', about: 'CloudFormation DescribeStackEvents', here: 'CREATE_IN_PROGRESS' },
  ],
  [
    'the order of two states swapped',
    (all, records) => {
      const runs = of(all, 'GetJobRun');
      const [early, late] = [records.indexOf(runs.at(-2)!), records.indexOf(runs.at(-1)!)];
      [records[early], records[late]] = [records[late]!, records[early]!];
    },
    { kind: 'order', about: 'Glue GetJobRun', path: 'JobRun.JobRunState', there: 'SUCCEEDED → RUNNING', here: 'never' },
  ],
  [
    'the order of a stack’s events swapped',
    (all) => answer(of(all, 'DescribeStackEvents')[0]).StackEvents.reverse(),
    { kind: 'order', about: 'CloudFormation DescribeStackEvents', there: 'CREATE_COMPLETE → CREATE_IN_PROGRESS' },
  ],
  [
    'the code of an error changed',
    (all) => Object.assign(of(all, 'GetTable')[1]!.error!, { code: 'ResourceNotFoundException' }),
    { kind: 'error', about: 'Glue GetTable', there: 'ResourceNotFoundException', here: 'EntityNotFoundException' },
  ],
  [
    'the words of an error changed',
    (all) => Object.assign(of(all, 'GetTable')[1]!.error!, { message: 'Entity Not Found' }),
    { kind: 'message', about: 'Glue GetTable', path: 'EntityNotFoundException', there: 'Entity Not Found' },
  ],
  [
    'an answer that became an error',
    (all) => {
      const [start] = of(all, 'StartJobRun') as { output?: unknown; error?: unknown }[];
      delete start!.output;
      start!.error = { code: 'ConcurrentRunsExceededException', status: 400, message: 'Too many.' };
    },
    { kind: 'error', about: 'Glue StartJobRun', there: 'ConcurrentRunsExceededException', here: 'no error' },
  ],
  [
    'an error that became an answer',
    (all) => {
      const record = of(all, 'GetTable')[1] as { output?: unknown; error?: unknown };
      delete record.error;
      record.output = {};
    },
    { kind: 'error', about: 'Glue GetTable', there: 'no error', here: 'EntityNotFoundException' },
  ],
  [
    'the type of a column changed',
    (all) => (answer(of(all, 'GetTable')[0]).Table.Columns[0].Type = 'double'),
    { kind: 'value', about: 'Glue GetTable', path: 'Table.Columns[].Type', there: 'double' },
  ],
  [
    'a step that failed',
    (_all, records) =>
      Object.assign(
        records.find((one) => one.type === 'part')!,
        { ok: false, saw: 'It failed.' },
      ),
    { kind: 'result', about: 'step transform', there: 'not ok: It failed.', here: 'ok: It has run.' },
  ],
  [
    'a failure that nobody has words for',
    (_all, records) =>
      void records.push({
        ...KEYED,
        lab: 'data-prep',
        type: 'message',
        at: 5,
        known: false,
        names: ['OddError'],
        text: 'odd',
        request: 'Glue GetJob',
      }),
    { kind: 'unknown message', about: 'Glue GetJob', there: 'OddError: odd' },
  ],
])('%s is found, and nothing else', (_what, change, expected) => {
  for (const polls of [1, 2, 5]) {
    const found = differences(changed(change, polls));
    expect(found).toEqual([expect.objectContaining({ ...KEYED, ...expected })]);
  }
});

test('one of several names that people chose is missed', () => {
  const tagged = (count: number) =>
    changed((all) => {
      const tags = Array.from({ length: count }, (_, n) => [`<name-0000000${n}>`, 'x']);
      answer(of(all, 'GetTable')[0]).Table.Parameters = Object.fromEntries(tags);
    });
  expect(differences(tagged(2), tagged(2))).toEqual([]);
  expect(differences(tagged(1), tagged(2))).toEqual([
    expect.objectContaining({ path: 'Table.Parameters.<name>', there: 'string', here: 'string, string' }),
  ]);
});

test('a state that polls here missed is none that is unknown, and one in the wrong place still is', () => {
  const without = (state: string): Recording =>
    recording(2, (records) => {
      for (const one of [...records])
        if (one.type === 'request' && one.operation === 'GetJobRun' && answer(one).JobRun.JobRunState === state)
          records.splice(records.indexOf(one), 1);
    });
  expect(differences(recording(), without('STARTING'))).toEqual([]);
  expect(differences(without('RUNNING'), recording())).toEqual([]);
  expect(differences(recording(), without('SUCCEEDED')).map(({ kind }) => kind)).toEqual(['state']);
});

test('an update that ends before it begins is found, though others began after one that ended', () => {
  const told = (...states: string[]): Recording =>
    changed((all) => {
      const [event] = answer(of(all, 'DescribeStackEvents')[0]).StackEvents;
      answer(of(all, 'DescribeStackEvents')[0]).StackEvents = states
        .map((ResourceStatus) => ({ ...event, ResourceStatus }))
        .reverse();
    });
  const twice = ['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE'];
  const here = told('CREATE_COMPLETE', ...twice);
  expect(differences(here, here)).toEqual([]);
  const odd = told('CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS', ...twice.slice(2));
  expect(differences(odd, here).map(({ there }) => there)).toEqual(['CREATE_COMPLETE → UPDATE_COMPLETE']);
});

test('what is told of a thing that goes on may come sooner or later, and nothing else may', () => {
  const early = (field: string): Recording => changed((all) => (answer(of(all, 'GetJobRun').at(-2)).JobRun[field] = 3));
  expect(differences(early('ExecutionTime'))).toEqual([]);
  expect(differences(early('Other')).map(({ path }) => path)).toEqual(['JobRun.Other']);
  const less = changed((all) => delete answer(of(all, 'GetJobRun').at(-2)).JobRun.Attempt);
  expect(differences(less).map(({ path }) => path)).toEqual(['JobRun.Attempt']);
});

test('where a history is cut into pages makes no difference, and what is on any page does', () => {
  const paged = (change: (events: Record<string, unknown>[]) => void = () => undefined): Recording =>
    changed((all, records) => {
      const [first] = of(all, 'DescribeStackEvents') as [RequestRecord];
      const events = answer(first).StackEvents as Record<string, unknown>[];
      change(events);
      const more = structuredClone(first) as { input: { NextToken?: string } } & RequestRecord;
      more.input.NextToken = '<token>';
      answer(more).StackEvents = events.splice(1);
      records.push(more);
    });
  expect(differences(paged())).toEqual([]);
  expect(differences(recording(), paged())).toEqual([]);
  expect(differences(paged((events) => void events.reverse())).map(({ kind }) => kind)).toEqual(['order']);
});

test('several changes at once are each found', () => {
  const there = changed((all) => {
    delete answer(of(all, 'GetJobRun').at(-1)).JobRun.DPUSeconds;
    Object.assign(of(all, 'GetTable')[1]!.error!, { code: 'Other' });
    answer(of(all, 'GetTable')[0]).Table.Extra = 1;
  });
  expect(
    differences(there)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['error', 'field extra', 'field missing']);
});

test('throttling is counted, and no difference', () => {
  const there = changed((_all, records) => {
    const one = structuredClone(records.find((record) => record.type === 'request')!) as {
      output?: unknown;
      error?: unknown;
    };
    delete one.output;
    one.error = { code: 'ThrottlingException', status: 400, message: 'Rate exceeded' };
    records.push(one as FieldRecord);
  });
  expect(compare(there, recording(), ['data-prep'])).toMatchObject({ differences: [], transient: 1 });
});

test('what stood a day later is a difference', () => {
  const after = {
    lab: 'data-prep',
    part: 'after',
    at: 9,
    type: 'after',
    hours: 25,
    stack: null,
    record: false,
    tagged: [],
    unread: [],
  } as const;
  const there = changed(
    (_all, records) => void records.push({ ...after, found: [{ kind: 's3:bucket', id: '<name-0a0a0a0a>' }] }),
  );
  expect(differences(there)).toEqual([expect.objectContaining({ kind: 'left', about: 's3:bucket' })]);
});

/** A number generator that gives the same numbers for a seed. */
const numbers = (seed: number) => (below: number) => {
  seed = (seed * 1664525 + 1013904223) % 2 ** 32;
  return Math.floor((seed / 2 ** 32) * below);
};

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'whichever field is taken out or renamed or retyped (seed %i), it alone is found',
  (seed) => {
    const random = numbers(seed + 1);
    let gone = '';
    const there = changed((all) => {
      const objects: { at: string; of: Record<string, unknown>; about: string }[] = [];
      const visit = (value: unknown, at: string, about: string): void => {
        if (Array.isArray(value)) for (const one of value) visit(one, `${at}[]`, about);
        else if (typeof value === 'object' && value !== null) {
          objects.push({ at, of: value as Record<string, unknown>, about });
          for (const [key, one] of Object.entries(value)) visit(one, at === '' ? key : `${at}.${key}`, about);
        }
      };
      for (const one of all) if (one.output !== undefined) visit(one.output, '', one.operation);
      // States, sorts and names of things are other cases: without them an object is another.
      const fields = objects.flatMap((object) =>
        Object.keys(object.of)
          .filter((key) => !/State|Status|Type|Id$|Name$/.test(key) && typeof object.of[key] !== 'object')
          .map((key) => ({ ...object, key })),
      );
      const { at, of: object, key } = fields[random(fields.length)]!;
      gone = [at, key].filter(Boolean).join('.');
      if (random(2) === 0) delete object[key];
      else object[key] = typeof object[key] === 'number' ? 'text' : 1;
    });
    const found = differences(there);
    expect(found.map(({ path }) => path)).toEqual([gone]);
  },
);
