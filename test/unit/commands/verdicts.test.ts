/** A check says done, not done, or could not look; the last is never green, and never passed off as not done. */
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import { Exit, LabError } from '../../../lib/course/errors';
import { World } from './fakes';

let world: World;
beforeEach(() => {
  world = new World();
  world.cloud.addStack();
});
afterEach(() => world.clean());

const flat = (text: string): string => text.replace(/\s+/g, ' ');
const named = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });

const DENIED = named(
  'AccessDeniedException',
  'User: arn:aws:iam::123456789012:user/ana is not authorized to perform: glue:GetTable on resource: arn:aws:glue:us-east-1:123456789012:catalog because no identity-based policy allows the glue:GetTable action',
);
const THROTTLED = named('ThrottlingException', 'Rate exceeded');
const CUT = named('TimeoutError', 'socket hang up', { code: 'ECONNRESET' });
const BARE = named('403', 'UnknownError', { $metadata: { httpStatusCode: 403 }, request: 'S3 HeadObject' });

function failing(error: Error): void {
  world.lab.steps[0]!.check = async () => {
    throw error;
  };
}

describe('a check right after its step', () => {
  /** A list that has what was made only when it is asked for the third time. */
  const lagging = (looks: number) => {
    let asked = 0;
    world.lab.steps[0]!.check = async () => {
      asked += 1;
      const done = asked > looks;
      return { done, saw: done ? 'One object.' : 'No object.', next: './lab step data-prep load' };
    };
    return () => asked;
  };

  test('looks again where AWS’s lists lag behind, and says done', async () => {
    const asked = lagging(2);
    const { code, out } = await world.run('step data-prep load --target aws --yes');
    expect([code, asked()]).toEqual([Exit.Done, 3]);
    expect(out).toContain('✓ load: One object.');
  });

  test('says not done after four looks', async () => {
    const asked = lagging(Infinity);
    const { code, out } = await world.run('step data-prep load --target aws --yes');
    expect([code, asked()]).toEqual([Exit.CheckFailed, 4]);
    expect(out).toContain('✗ load: No object.');
  });

  test('looks once where nothing was done before it', async () => {
    const asked = lagging(Infinity);
    await world.run('check data-prep load --target aws');
    expect(asked()).toBe(1);
  });
});

describe('a check that meets an error could not look', () => {
  test.each([
    [
      'a refusal names principal, action and resource',
      DENIED,
      'user/ana may not glue:GetTable on',
      'Allow glue:GetTable',
    ],
    ['a refusal without words names the operation', BARE, 'AWS refused S3 HeadObject', 'Allow S3 HeadObject'],
    ['throttling', THROTTLED, 'throttled', 'Wait a minute'],
    ['a broken connection', CUT, 'The connection broke', 'Check the network'],
  ])('%s, and the later steps are looked at', async (_what, error, saw, next) => {
    failing(error);
    world.cloud.things.add('answer/42');
    const { code, out } = await world.run('check data-prep --target aws');
    expect(flat(out)).toContain('? load: Could not look: ');
    expect(flat(out)).toContain(saw);
    expect(flat(out)).toContain(next);
    expect(out).toContain('./lab check data-prep load');
    expect(out).toContain('✓ ask: It is 42.');
    expect(flat(out)).toContain('1 of 2 steps done, 0 not done, 1 could not be looked at.');
    expect(code).toBe(Exit.Failed);
  });

  test('the document has all steps, each with its state, and done is false', async () => {
    failing(DENIED);
    const { json, code } = await world.run('check data-prep --target aws --json');
    expect(json()).toMatchObject({
      lab: 'data-prep',
      done: false,
      steps: [
        { id: 'load', state: 'could not look', done: false, saw: expect.stringContaining('glue:GetTable') },
        { id: 'ask', state: 'not done', done: false },
      ],
    });
    expect(code).toBe(Exit.Failed);
  });

  test('an error of our own is not hidden: its message is told, --verbose shows where', async () => {
    failing(new TypeError('rows is not iterable'));
    const { code, out } = await world.run('check data-prep load --target aws');
    expect(code).toBe(Exit.Failed);
    expect(flat(out)).toContain('? load: Could not look: TypeError: rows is not iterable');
    expect(out).toContain('--verbose');
    expect((await world.run('check data-prep load --target aws --verbose')).err).toContain('verdicts.test');
  });

  test('what the learner’s own work lacks is not done, though the check throws it', async () => {
    failing(
      new LabError('There is no work/data-prep/x.sql.', { why: 'Yours.', next: 'cp a b', exit: Exit.CheckFailed }),
    );
    const { code, out, json } = await world.run('check data-prep load --target aws --json');
    expect(code).toBe(Exit.CheckFailed);
    expect(json().steps[0]).toMatchObject({ state: 'not done', next: 'cp a b' });
    expect(out).not.toContain('Could not look');
  });

  test('each state has its own mark, without colours and on a narrow terminal', async () => {
    world.lab.steps.push({
      ...world.lab.steps[1]!,
      id: 'third',
      check: async () => {
        throw THROTTLED;
      },
    });
    world.cloud.things.add('raw/one');
    const { out } = await world.run('check data-prep --target aws', { env: { NO_COLOR: '1' }, columns: 24 });
    expect(out.split('\n').flatMap((line) => /^(.) (load|ask|third):/.exec(line)?.slice(1, 3).join(' ') ?? [])).toEqual(
      ['✓ load', '✗ ask', '? third'],
    );
  });

  test('a step whose check cannot look is not said to be done, nor to be stuck', async () => {
    failing(DENIED);
    const { code, out } = await world.run('step data-prep load --target aws');
    expect(code).toBe(Exit.Failed);
    expect(out).toContain('? load: Could not look');
    expect(out).not.toContain('Stuck?');
    expect(out).not.toContain('Next: ./lab guide');
  });

  test.each([['before'], ['after']])('a rehearsal fails where a check could not look %s its step', async (when) => {
    const { check } = world.lab.steps[0]!;
    let looks = 0;
    world.lab.steps[0]!.check = async (run) => {
      looks += 1;
      if (looks === (when === 'before' ? 1 : 2)) throw DENIED;
      return check(run);
    };
    world.cloud.stacks = [];
    const { code, json, err } = await world.run('rehearse data-prep --json');
    expect(code).toBe(Exit.CheckFailed);
    expect(json().labs[0].steps).toMatchObject([{ ok: false, [when]: { done: false, state: 'could not look' } }]);
    expect(err).toContain(`${when}: could not look. `);
    if (when === 'before') expect(world.cloud.things.size).toBe(0);
  });
});

test.each([
  [DENIED, true],
  [THROTTLED, true],
  [CUT, true],
  [BARE, true],
  [named('QueryFailed', 'Athena did not finish', { why: 'Insufficient permissions to execute the query.' }), true],
  [new Error('wrapped', { cause: DENIED }), true],
  [named('NoSuchKey', 'The specified key does not exist.', { $metadata: { httpStatusCode: 404 } }), false],
  [named('ModelError', 'Received client error (400) from primary', { $metadata: { httpStatusCode: 424 } }), false],
  [named('EntityNotFoundException', 'Table flights not found.', { $metadata: { httpStatusCode: 400 } }), false],
  [new SyntaxError('Unexpected token'), false],
])('%s: tells nothing of the thing: %s', (error, nothing) => expect(isInconclusive(error)).toBe(nothing));
