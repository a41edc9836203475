/** The script that trains, with what it needs: for a lab's jobs, and for the function that retrains by itself. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

const FOLDER = path.join(__dirname, 'runtime');

/** Files by name, in order. */
export function trainingCode(): Readonly<Record<string, Buffer>> {
  const names = readdirSync(FOLDER).filter((name) => /\.(py|json)$/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(path.join(FOLDER, name))]));
}
