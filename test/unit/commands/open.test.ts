import { browserCommand } from '../../../lib/commands/open';
import { World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

describe('open', () => {
  test('prints a link to the guide, for this machine where nobody says another target', async () => {
    const { code, out } = await world.run('open data-prep');
    expect(code).toBe(0);
    expect(out).toContain('http://127.0.0.1:4000/labs/data-prep/?token=t');
    expect(out).toContain('on this machine');
    expect(out).toContain('Ctrl-C ends it.');
  });

  test.each([
    ['open', {}, 'local'],
    ['open', { LAB_TARGET: 'aws' }, 'aws'],
    ['open --target local', { LAB_TARGET: 'aws' }, 'local'],
  ])('%s with %j is about %s', async (line, env, target) => {
    const { code, json } = await world.run(`${line} --no-browser --json`, { env });
    expect(code).toBe(0);
    expect(json()).toEqual({ link: 'http://127.0.0.1:4000/?token=t', target, learner: 'me', lab: null });
  });

  test('a lab that there is not is named, with the nearest', async () => {
    const { code, err } = await world.run('open data-prp --no-browser');
    expect(code).toBe(2);
    expect(err).toContain('Next: ./lab open data-prep --no-browser');
  });

  test('Ctrl-C closes the pages, and says what stays', async () => {
    const close = jest.fn(async () => ['The step load may be half done.']);
    const closed = new Promise<void>(() => undefined);
    const served = new Promise<void>((resolve) => {
      const link = (): string => (setImmediate(resolve), 'http://127.0.0.1:4000/');
      world.workbench = { serve: async () => ({ link, closed, close }) };
    });
    void world.run('open --no-browser');
    await served;
    const said: string[] = [];
    const ui = { settle: () => undefined, note: (text: string) => void said.push(text) };
    expect(await new Promise((exit) => void world.interrupts.handle(ui as never, exit))).toBe(130);
    expect(close).toHaveBeenCalled();
    expect(said.join('\n')).toContain('What stands goes on standing.\nNext: ./lab status --target local');
  });
});

test.each([
  ['darwin', {}, 'open'],
  ['linux', { DISPLAY: ':0' }, 'xdg-open'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ['linux', {}, undefined],
] as const)('on %s with %j a link is opened by %s', (platform, env, command) => {
  expect(browserCommand(platform, env)).toBe(command);
});
