/** Makes the project's Python environment and gets the functions' Node.js when they are missing: what `npm test` does first. */
import { LocalCloudError } from './errors';
import { ensureFunctionNode } from './node';
import { ensurePython } from './python';

async function prepare(): Promise<void> {
  const progress = (message: string): void => console.error(message);
  await ensurePython(progress);
  await ensureFunctionNode(progress);
}

prepare().catch((error: unknown) => {
  if (!(error instanceof LocalCloudError)) throw error;
  console.error(`${error.message}\n${error.why}\nNext: ${error.next}`);
  process.exitCode = 4;
});
