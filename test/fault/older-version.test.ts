/** Labs that an earlier commit of this project made, taken down by today's code. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAB_IDS } from '../../lib/course/names';
import { ToolkitDeployer } from '../../lib/target/toolkit';
import { ROOT, Stage } from '../proof/stage';
import { record } from './figures';
import { expectDown, unused } from './nothing-left';
import { describeAll } from './played';

/** Of the time before 0.2.0, when records had no version yet. */
const COMMIT = '685e9b9d15a7d9a7d931ecf2a3b79b53a3e45b68';

describeAll.each(LAB_IDS)('lab %s', (lab) => {
  let folder: string;
  let stage: Stage;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mla-labs-older-'));
    const git = (...args: string[]): unknown => execFileSync('git', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    git('clone', '--quiet', '--shared', '--no-checkout', ROOT, folder);
    git('-C', folder, 'checkout', '--quiet', COMMIT);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    stage = await Stage.open(lab);
  });
  afterAll(async () => {
    await stage?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test(`made by ${COMMIT.slice(0, 7)}, with what steps make in it, goes`, async () => {
    const before = await unused(stage);
    const older = new ToolkitDeployer({ root: folder, env: process.env, ask: async () => undefined });
    const assembly = await older.synthesize({ lab, learner: 'me', modes: {} });
    await older.deploy(stage.target, assembly, {}, () => undefined);
    assembly.dispose();
    await older.close();
    await stage.act(...stage.lab.steps.slice(0, 2).map(({ id }) => id));
    await expectDown(stage, before);
    record(`${lab} made by commit ${COMMIT.slice(0, 7)}, taken down by today's code`, 'nothing left');
  });
});
