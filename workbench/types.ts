/** Checks the types of the client, templates included: a part of `npm run types`. Nothing else compiles its components. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { locked } from '../local-cloud/boot/lock';
import { ROOT } from '../local-cloud/boot/paths';
import { install } from './build';

locked('workbench', () => install((message) => console.error(message))).then(() => {
  const compiler = join(ROOT, 'node_modules', 'vue-tsc', 'bin', 'vue-tsc.js');
  const { status } = spawnSync(process.execPath, [compiler, '--noEmit', '-p', join(ROOT, 'workbench')], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
});
