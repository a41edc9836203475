/**
 * Writes docs/permissions/learner-*.json: what was recorded, what `down` may meet that no rehearsal leaves behind, and
 * the reviewed additions, as statements.
 *
 *     npx tsx scripts/policy/generate.ts
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { documents } from './statements';

const FOLDER = resolve(__dirname, '..', '..', 'docs', 'permissions');

async function main(): Promise<void> {
  for (const file of readdirSync(FOLDER)) if (/^learner-\w+\.json$/.test(file)) rmSync(join(FOLDER, file));
  for (const [part, document] of Object.entries(documents())) {
    const file = join(FOLDER, `learner-${part}.json`);
    const text = await format(JSON.stringify(document), { ...(await resolveConfig(file)), parser: 'json' });
    writeFileSync(file, text);
    console.log(`${part}: ${JSON.stringify(document).length} characters`);
  }
}

void main();
