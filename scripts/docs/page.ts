import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');

/** Writes a page of docs/, in the form that Prettier gives it. */
export function writePage(name: string, text: string): void {
  const file = join(ROOT, 'docs', name);
  writeFileSync(file, text);
  execFileSync('npx', ['--no-install', 'prettier', '--write', file], { cwd: ROOT, stdio: 'inherit' });
}
