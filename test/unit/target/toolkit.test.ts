/** The toolkit's process, played by a small one that says for which stack it was asked. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Assembly } from '../../../lib/target/deployer';
import type { Target } from '../../../lib/target/target';
import { ToolkitDeployer } from '../../../lib/target/toolkit';

const root = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
const shellEnv = (): Record<string, string> => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'test' });
const target = { name: 'local', account: '000000000000', region: 'us-east-1', shellEnv } as unknown as Target;
const deployer = new ToolkitDeployer({ root, env: process.env, ask: async () => undefined });

beforeAll(() => {
  symlinkSync(resolve(__dirname, '../../../node_modules'), join(root, 'node_modules'));
  mkdirSync(join(root, 'lib/target'), { recursive: true });
  writeFileSync(
    join(root, 'lib/target/toolkit-worker.ts'),
    `process.on('message', ({ stackName: Of }) =>
       process.send(Of === 'Wrong' ? { kind: 'failed', name: 'Error', message: Of } : { kind: 'done', outputs: { Of } }));
     process.on('disconnect', () => process.exit(0));`,
  );
});
afterAll(async () => {
  await deployer.close();
  rmSync(root, { recursive: true });
});

function deploy(stackName: string): Promise<Record<string, string>> {
  return deployer.deploy(
    target,
    { folder: root, stackName, dispose: () => undefined } as Assembly,
    {},
    () => undefined,
  );
}

test('two deployments at once: each gets the answer to its own', async () => {
  await expect(Promise.all([deploy('One'), deploy('Two')])).resolves.toEqual([{ Of: 'One' }, { Of: 'Two' }]);
});

test('a deployment that fails does not keep the next one from going on', async () => {
  const [wrong, right] = await Promise.allSettled([deploy('Wrong'), deploy('Right')]);
  expect(wrong).toMatchObject({ status: 'rejected', reason: { message: 'Wrong' } });
  expect(right).toMatchObject({ status: 'fulfilled', value: { Of: 'Right' } });
});
