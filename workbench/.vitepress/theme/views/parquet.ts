/** Reads Parquet in the browser, where a file that lies about itself can hurt nobody. */
const ROWS = 200;

const shown = (value: unknown): string => {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
    : String(value);
};

export async function readParquet(path: string): Promise<{ columns: string[]; rows: string[][] } | { error: string }> {
  try {
    const answer = await fetch(path);
    if (!answer.ok) return { error: ((await answer.json()) as { error: string }).error };
    const file = await answer.arrayBuffer();
    const { parquetMetadata, parquetReadObjects, parquetSchema } = await import('hyparquet');
    const metadata = parquetMetadata(file);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const rowEnd = Math.min(ROWS, Number(metadata.num_rows));
    const rows = await parquetReadObjects({ file, metadata, rowStart: 0, rowEnd });
    return { columns, rows: rows.map((row) => columns.map((name) => shown(row[name]))) };
  } catch (error) {
    return { error: `The file could not be read as Parquet: ${(error as Error).message}` };
  }
}
