/** Makes the project's Python environment when it is missing: what `npm test` does first. */
import { LocalCloudError } from './errors';
import { ensurePython } from './python';

ensurePython((message) => console.error(message)).catch((error: unknown) => {
  if (!(error instanceof LocalCloudError)) throw error;
  console.error(`${error.message}\n${error.why}\nNext: ${error.next}`);
  process.exitCode = 4;
});
