import { World } from './fakes';
import { Interrupts } from '../../../lib/commands/interrupt';
import { Ui } from '../../../lib/commands/ui/terminal';

function terminal(): { ui: Ui; said(): string } {
  let text = '';
  const stream = { write: (more: string) => (text += more) };
  const ui = new Ui({ stdout: stream, stderr: stream, stdin: process.stdin, env: {}, now: () => 0 });
  return { ui, said: () => text };
}

describe('Ctrl-C', () => {
  test('says what remains and the command to go on, and exits with 130', async () => {
    const interrupts = new Interrupts();
    const { ui, said } = terminal();
    const codes: number[] = [];
    interrupts.leaves({ remains: 'The stack stands.', next: './lab down data-prep' });
    await interrupts.handle(ui, (code) => codes.push(code));
    expect(codes).toEqual([130]);
    expect(said()).toContain('The stack stands.\nNext: ./lab down data-prep');
  });

  test('ends what was started first, the newest first, and goes on when one of them fails', async () => {
    const interrupts = new Interrupts();
    const { ui, said } = terminal();
    const ended: string[] = [];
    interrupts.onInterrupt(async () => void ended.push('cloud'));
    interrupts.onInterrupt(async () => {
      ended.push('worker');
      throw new Error('it is stuck');
    });
    interrupts.onInterrupt(async () => void ended.push('forgotten'))();
    await interrupts.handle(ui, () => ended.push('exit'));
    expect(ended).toEqual(['worker', 'cloud', 'exit']);
    expect(said()).toContain('Could not clean up: it is stuck');
  });

  test('a second one exits at once, while the first is still cleaning up', async () => {
    const interrupts = new Interrupts();
    const { ui } = terminal();
    const codes: number[] = [];
    interrupts.onInterrupt(() => new Promise(() => undefined));
    void interrupts.handle(ui, (code) => codes.push(code));
    await interrupts.handle(ui, (code) => codes.push(code));
    expect(codes).toEqual([130]);
  });

  test('during a rehearsal stops its cloud, and the command reports nothing more', async () => {
    const world = new World();
    try {
      const { ui, said } = terminal();
      world.lab.steps[0]!.act = async () => {
        await world.interrupts.handle(ui, () => undefined);
        throw new Error('the cloud is gone');
      };
      await world.run('rehearse data-prep');
      expect(world.cloud.log).toContain('close');
      expect(said()).toContain('local cloud is gone');
    } finally {
      world.clean();
    }
  });
});
