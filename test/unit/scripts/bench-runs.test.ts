/** Commands that the bench times: one that fails, hangs or is not there is named, and no figure is made of it. */
import { seconds } from '../../../scripts/bench/runs';

const cwd = __dirname;

test('what a command printed, and how long it took', () => {
  const done = seconds('sh', ['-c', 'echo ready'], { cwd });
  expect(done.stdout).toBe('ready\n');
  expect(done.seconds).toBeGreaterThan(0);
});

test('a command that fails, with its status and its last words', () => {
  expect(() => seconds('sh', ['-c', 'echo no bucket >&2; exit 4'], { cwd })).toThrow(/ended with 4: no bucket$/);
});

test('a command that hangs is ended, and says what it had printed', () => {
  const hang = () => seconds('sh', ['-c', 'echo waiting; exec sleep 600'], { cwd, limitSeconds: 0.3 });
  expect(hang).toThrow(/^sh -c .* did not end within 0\.3 s and was ended: (waiting|it printed nothing)$/);
});

test('a command that there is not', () => {
  expect(() => seconds('no-such-command', [], { cwd })).toThrow(/^no-such-command ended with .*ENOENT: it printed/);
});
