/** The script that trains, with what it needs: for a lab's jobs, and for the function that retrains by itself. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const FOLDER = path.resolve(__dirname, '../../labs/training/runtime');
const FILES = ['csvdata.py', 'features.json', 'inference.py', 'run.py', 'train.py'] as const;

/** By name, in order. */
export function trainingCode(): Readonly<Record<string, Buffer>> {
  return Object.fromEntries(FILES.map((name) => [name, readFileSync(path.join(FOLDER, name))]));
}
