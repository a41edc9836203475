/** Our Athena's engine alone, for expressions that read no table. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { venvPython } from '../../../local-cloud/boot/python';
import { ENGINES } from '../../../local-cloud/boot/paths';
import { SqlEngine } from '../../../local-cloud/services/athena/engine';
import { QueryFailure } from '../../../local-cloud/services/athena/failure';
import type { Cloud } from '../../../local-cloud/services/service';

export { QueryFailure };

export interface Answer {
  readonly types: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export class OurSql {
  private readonly folder = mkdtempSync(join(tmpdir(), 'mla-labs-sql-'));
  private readonly engine = new SqlEngine({
    folder: this.folder,
    python: venvPython(),
    engines: ENGINES,
    track: () => undefined,
  } as unknown as Cloud);

  /** @throws QueryFailure for what our Athena refuses */
  async query(sql: string): Promise<Answer> {
    const request = { sql, database: 'db', parameters: [], tables: {} };
    const plan = await this.engine.plan(request);
    if (plan.missing) throw new Error(`${sql} reads tables`);
    const csv = join(this.folder, 'result.csv');
    await this.engine.run({ ...request, query: 'one', files: [], csv });
    return { types: plan.types, rows: readRows(readFileSync(csv, 'utf8')).slice(1) };
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Athena's result file: every field quoted, and nothing at all for null. */
export function readRows(csv: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (const [, quoted, end] of csv.matchAll(/(?:"((?:[^"]|"")*)")?(,|\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? null);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
