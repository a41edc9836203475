/** Where things are on this machine: all inside the clone. */
import { join, resolve } from 'node:path';

/** The project's root. */
export const ROOT = resolve(__dirname, '..', '..');
export const LOCAL_CLOUD = join(ROOT, 'local-cloud');
/** The project's own Python environment, made on first use. */
export const VENV = join(ROOT, '.venv');
/** State of local clouds; ignored by git. */
export const STATE = join(ROOT, '.mla-labs', 'local');
export const ENGINES = join(LOCAL_CLOUD, 'engines');
