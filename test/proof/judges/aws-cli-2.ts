/** The AWS CLI 2 as AWS builds it, which the CDK has in a package for Lambda layers: got from PyPI on first use. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { JudgeMissing } from './missing';
import { judgePython } from './python';

const run = promisify(execFile);

/**
 * Path of the program.
 *
 * @throws JudgeMissing when it cannot be installed, or does not run here
 */
export async function awsCli2(): Promise<string> {
  const python = await judgePython('aws-cli-2');
  try {
    const { stdout } = await run(python, [join(__dirname, 'aws-cli-2', 'unpack.py')]);
    await run(stdout.trim(), ['--version']);
    return stdout.trim();
  } catch (error) {
    throw new JudgeMissing('AWS CLI 2', String(error).slice(-600), 'run the test on Linux with an x86-64 processor.');
  }
}
