/** The raw data in the bucket, compared with data/. */
import { hasContent, listObjects, readObject, type StoredObject } from '../../../lib/aws/s3';
import { dataManifest, RAW_TABLES, type DataFile } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { count, labCommand, list } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';

export interface RawState {
  readonly missing: readonly DataFile[];
  readonly altered: readonly { readonly file: DataFile; readonly object: StoredObject }[];
  /** Objects in the folders of the five tables that data/ does not know: a query would read them too. */
  readonly extra: readonly StoredObject[];
  readonly objects: readonly StoredObject[];
  readonly newest: Date;
}

/** Looks at every raw object. The content of an object is read only where its ETag does not settle it. */
export async function rawState(run: LabRun, bucket: string): Promise<RawState> {
  const objects = await listObjects(run, bucket, 'raw/');
  const byKey = new Map(objects.map((object) => [object.key, object]));
  const { files } = dataManifest();
  const known = new Set(files.map(({ key }) => key));
  const altered: { file: DataFile; object: StoredObject }[] = [];
  for (const file of files) {
    const object = byKey.get(file.key);
    if (object && !(await hasContent(run, bucket, object, file))) altered.push({ file, object });
  }
  const folders = RAW_TABLES.map((table) => `raw/${table}/`);
  return {
    missing: files.filter(({ key }) => !byKey.has(key)),
    altered,
    extra: objects.filter(({ key }) => !known.has(key) && folders.some((folder) => key.startsWith(folder))),
    objects,
    newest: new Date(Math.max(0, ...objects.map(({ modified }) => modified.getTime()))),
  };
}

/** What has to be done about the raw data before it is crawled or transformed; undefined when it is as it was ingested. */
export function rawRemedy(
  run: LabRun,
  bucket: string,
  { missing, altered, extra }: RawState,
): { readonly saw: string; readonly command: string } | undefined {
  const wanted = [...missing, ...altered.map(({ file }) => file)].map(({ key }) => key);
  if (wanted.length > 0) {
    const saw = `Of the raw data, ${count(wanted.length, 'file is', 'files are')} missing or changed: ${list(wanted)}.`;
    return { saw, command: labCommand(run, 'step', 'ingest') };
  }
  const [stray] = extra;
  if (stray === undefined) return undefined;
  const saw = `There is more in the folders of the raw data than belongs there: ${list(extra.map(({ key }) => key))}.`;
  return { saw, command: `aws s3 rm ${quoted(`s3://${bucket}/${stray.key}`)}` };
}

/** How an altered object differs from its file, in words. */
export async function objectDifference(run: LabRun, bucket: string, file: DataFile, object: StoredObject): Promise<string> {
  if (object.bytes === 0) return 'it is empty';
  const content = await readObject(run, bucket, object.key);
  if (content[0] === 0x1f && content[1] === 0x8b) return 'it is still compressed: upload the plain CSV';
  const text = content.toString('utf8');
  const header = text.slice(0, Math.max(0, text.indexOf('\n'))).trim();
  const table = RAW_TABLES.find((name) => object.key.startsWith(`raw/${name}/`));
  const expected = table && dataManifest().columns[table].join(',');
  if (header !== expected) return `its header is ${JSON.stringify(header.slice(0, 60))}`;
  if (!text.endsWith('\n')) return 'it is cut off: its last line does not end';
  const rows = text.split('\n').length - 2;
  return rows === file.rows
    ? `it has the right ${rows.toLocaleString('en-US')} rows, but other values`
    : `it has ${rows.toLocaleString('en-US')} rows instead of ${file.rows.toLocaleString('en-US')}`;
}
