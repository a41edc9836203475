import { setTimeout } from 'node:timers/promises';
import { realDeps } from '../lib/commands/deps';
import { Interrupts } from '../lib/commands/interrupt';
import { main } from '../lib/commands/program';
import { processStreams, Ui } from '../lib/commands/ui/terminal';

const interrupts = new Interrupts();
let ui = new Ui(processStreams);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void interrupts.handle(ui, (code) => process.exit(code)));
}
// A reader that closes early (`./lab list | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const deps = realDeps(() => import('../workbench/server'));
const uiFor = (json: boolean): Ui => (ui = new Ui(processStreams, json));

void main(process.argv.slice(2), deps, processStreams, interrupts, uiFor).then((code) => {
  if (interrupts.interrupted) return;
  process.exitCode = code;
  // Sockets that the SDK keeps for reuse would hold the process for seconds.
  process.stdout.write('', () => void filesWritten().then(() => process.exit(code)));
});

/** tsx caches what it compiled in files that it does not wait for: cut off, they stay empty, and each run compiles anew. */
async function filesWritten(): Promise<void> {
  while (process.getActiveResourcesInfo().includes('FSReqPromise')) await setTimeout(5);
}
