/**
 * `./lab` on another machine: it has the address and the credentials of a cloud, and nothing of what a lab left at home.
 * The private cloud of a proof is not the one that `./lab` would find by itself, so its address is in the environment.
 */
import { readFileSync } from 'node:fs';
import { realDeps } from '../../lib/commands/deps';
import { Interrupts } from '../../lib/commands/interrupt';
import { main } from '../../lib/commands/program';
import { processStreams, Ui } from '../../lib/commands/ui/terminal';
import { systemClock } from '../../lib/target/clock';
import { Clients } from '../../lib/target/clients';
import { RequestRecorder } from '../../lib/target/recorder';
import type { Target } from '../../lib/target';

const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpoint, AWS_CA_BUNDLE: ca = '' } = process.env;
const settings = { region, endpoint, ca: readFileSync(ca, 'utf8'), pollMs: 200 };
const nothing = async (): Promise<void> => undefined;
const target: Target = {
  name: 'local',
  account: '000000000000',
  region,
  clients: new Clients(settings),
  recorder: new RequestRecorder(),
  clock: systemClock,
  shellEnv: () => ({}),
  denied: async () => [],
  invalid: async () => [],
  inventory: async () => [],
  close: nothing,
  stop: nothing,
};

const interrupts = new Interrupts();
let ui = new Ui(processStreams);
process.on('SIGINT', () => void interrupts.handle(ui, (code) => process.exit(code)));
const deps = { ...realDeps(), root: process.cwd(), openTarget: async () => target, localCloudRuns: async () => true };
void main(process.argv.slice(2), deps, processStreams, interrupts, (json) => (ui = new Ui(processStreams, json))).then(
  (code) => {
    if (!interrupts.interrupted) process.exit(code);
  },
);
