/** Judges that are Python packages: each in an environment of its own, from a lock file, on first use. */
import { join } from 'node:path';
import { ensurePython, ensureSeparate } from '../../../local-cloud/boot/python';
import { ROOT } from '../../../local-cloud/boot/paths';
import { JudgeMissing } from './missing';

/**
 * The interpreter that has a judge.
 *
 * @param folder of `judges/`, with its requirements.txt
 * @throws JudgeMissing when it cannot be installed
 */
export async function judgePython(folder: string): Promise<string> {
  const venv = join(ROOT, '.mla-labs', 'judges', folder);
  const lockFile = join(__dirname, folder, 'requirements.txt');
  try {
    return await ensureSeparate(venv, lockFile, await ensurePython(console.error));
  } catch (error) {
    throw new JudgeMissing(folder, String(error).slice(-600), 'see that PyPI is reached, and run the test again.');
  }
}
