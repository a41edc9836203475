import { World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

describe('a command line that cannot be', () => {
  test.each([
    ['lst', 'There is no command "lst"', 'Did you mean list?'],
    ['chekc data-prep', 'There is no command "chekc"', 'Did you mean check?'],
    ['zzzzzzzz', 'There is no command "zzzzzzzz"', 'The commands are list, doctor, up'],
    ['up dataprep --target local', 'There is no lab "dataprep"', 'Did you mean data-prep?'],
    ['up banana --target local', 'There is no lab "banana"', 'The labs are data-prep.'],
    ['step data-prep laod --target local', 'The lab data-prep has no step "laod"', 'Did you mean load?'],
    ['check data-prep nothing-like-it --target local', 'has no step "nothing-like-it"', 'Its steps are load, ask.'],
    ['check data-prep --tarjet local', 'There is no option "--tarjet" of check', 'Did you mean --target?'],
    ['check', 'check needs the name of a lab', 'Usage: ./lab check'],
    ['step data-prep', 'step needs the name of a step', 'The steps of data-prep are load, ask.'],
    ['data-prep', 'There is no command "data-prep"', 'data-prep is a lab; a command says what to do with it.'],
    ['up data-prep --compute gpu', 'There is no option "--compute" of up data-prep.', 'The options are --hours'],
    ['check data-prep --target moon', 'There is no target "moon"', 'A lab runs on aws or local.'],
    ['check data-prep', 'No target is given', 'aws is your own account'],
    ['check data-prep --target local --learner Ana!', `"Ana!" cannot be a learner's name`, '1 to 16 small letters'],
    ['check data-prep --target aws --region mars', '"mars" is not a Region', 'us-east-1'],
    ['up data-prep --target local --hours 0', '"0" is not a number of hours', '1 to 168'],
    ['up data-prep --target local --hours 2.5', '"2.5" is not a number of hours', '1 to 168'],
    ['extend data-prep --target local', 'It is not said by how many hours', '1 to 168'],
    ['down --target local', 'Neither a lab nor --all was given', 'down removes one lab'],
    ['down data-prep --all --target local', 'Both a lab and --all were given', 'down removes one lab'],
    ['check data-prep --target', '--target is given without a value.', 'It is written --target <target>.'],
    ['help chekc', 'There is no command "chekc"', 'Did you mean check?'],
    ['help nonsense', 'There is no command "nonsense"', 'The commands are list, doctor, up'],
    ['list too many words', 'list takes no "too many words"', 'Usage: ./lab list'],
  ])('%s: one message and exit code 2', async (line, what, why) => {
    const { code, out, err } = await world.run(line, { columns: 100 });
    expect(code).toBe(2);
    const flat = err.replace(/\s+/g, ' ');
    expect(flat).toContain(what);
    expect(flat).toContain(why);
    expect(flat).toContain('Next: ');
    expect(out).toBe('');
    expect(world.cloud.log).toEqual([]);
  });

  test.each([
    ['chekc data-prep --target local', './lab check data-prep --target local'],
    ['up data-perp --target local --yes', './lab up data-prep --target local --yes'],
    ['--target local step data-prep laod', './lab --target local step data-prep load'],
    ['check data-prep --tarjet local', './lab check data-prep --target local'],
    ['check data-prep --target=lokal', './lab check data-prep --target=local'],
    ['extend data-prep --hours x --target local', './lab extend data-prep --hours 8 --target local'],
    ['data-perp', './lab guide data-prep'],
    ['check data-prep load --learner ana', './lab check data-prep load --learner ana --target local'],
    ['step data-prep', './lab step data-prep load'],
    ['up data-prep extra', './lab up data-prep --help'],
  ])('%s: next is %s', async (line, next) => {
    const { err } = await world.run(line, { columns: 100 });
    expect(err).toContain(`Next: ${next}\n`);
  });

  test('a mode with a value that it nearly has', async () => {
    const values = ['training', 'processing'];
    Object.assign(world.lab, { modes: [{ name: 'compute', values, default: 'training', summary: '' }] });
    const { err } = await world.run('up data-prep --compute procesing', { columns: 100 });
    expect(err).toContain('--compute cannot be "procesing".');
    expect(err).toContain('Next: ./lab up data-prep --compute processing\n');
  });

  test('a value that is wrong in LAB_TARGET is given on the command line', async () => {
    const { err } = await world.run('status', { env: { LAB_TARGET: 'lokal' } });
    expect(err).toContain('Next: ./lab status --target local\n');
  });

  test('with --json the error is the one document', async () => {
    const result = await world.run('up dataprep --target local --json');
    expect(result.json().error).toMatchObject({ what: 'There is no lab "dataprep".', exit: 2 });
  });

  test('a profile has no meaning on the local target: refused for safety', async () => {
    const { code, err } = await world.run('check data-prep --target local --profile work');
    expect(code).toBe(3);
    expect(err).toContain('The profile "work" has no meaning on the local target');
  });

  test('a LAB_TARGET that cannot be says where it came from', async () => {
    const { code, err } = await world.run('check data-prep', { env: { LAB_TARGET: 'moon' } });
    expect(code).toBe(2);
    expect(err).toContain('"moon" (from LAB_TARGET)');
  });
});

describe('a command line that can be', () => {
  test('options count before the verb as well as after it', async () => {
    world.cloud.addStack();
    const before = await world.run('--target local check data-prep');
    const after = await world.run('check data-prep --target local');
    expect(before.out).toBe(after.out);
    expect(before.code).toBe(1);
  });

  test('LAB_TARGET stands in for --target', async () => {
    const { code, out } = await world.run('status', { env: { LAB_TARGET: 'local' } });
    expect(code).toBe(0);
    expect(out).toContain('No lab stands here');
  });

  test('help names every verb, and no verb that does not exist', async () => {
    const { code, out } = await world.run('--help');
    expect(code).toBe(0);
    for (const verb of [
      'list',
      'doctor',
      'up',
      'guide',
      'step',
      'check',
      'hint',
      'status',
      'outputs',
      'cost',
      'env',
      'extend',
      'down',
      'rehearse',
    ])
      expect(out).toContain(`  ${verb} `);
  });

  test.each([
    ['help', 'Options of every command:'],
    ['help up', 'Usage: ./lab up'],
    ['up --help', 'Usage: ./lab up'],
  ])('%s shows help that fits a narrow terminal', async (line, said) => {
    const { code, out } = await world.run(line, { columns: 60 });
    expect(code).toBe(0);
    expect(out).toContain(said);
    expect(Math.max(...out.split('\n').map((one) => one.length))).toBeLessThanOrEqual(60);
  });

  test('no words at all show the help', async () => {
    const { code, out } = await world.run('');
    expect(code).toBe(0);
    expect(out).toContain('Usage: ./lab');
  });
});

describe('an error that nobody foresaw', () => {
  beforeEach(() => {
    world.lab.steps[0]!.act = async () => {
      throw new TypeError('x is not a function');
    };
    world.cloud.addStack();
  });

  test('is one line without a stack trace, and exit code 4', async () => {
    const { code, err } = await world.run('step data-prep load --target local');
    expect(code).toBe(4);
    expect(err).toContain('TypeError: x is not a function');
    expect(err).not.toContain('    at ');
  });

  test.each([
    ['--verbose', {}],
    ['', { LAB_DEBUG: '1' }],
  ])('shows where it happened with %s %j', async (flag, env) => {
    const { err } = await world.run(`step data-prep load --target local ${flag}`, { env });
    expect(err).toMatch(/^\s*at .*wrong-use\.test/m);
  });
});

test('a comment behind a command, which an interactive zsh hands over, is none of its words', async () => {
  world.cloud.addStack();
  world.cloud.things.add('raw/one');
  const { code, out } = await world.run('check data-prep load --target local # or --target aws');
  expect(code).toBe(0);
  expect(out).toContain('✓ load');
});
