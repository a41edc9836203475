/** The lab's own copy of the prepared flights. */
import { listObjects, readObject, type StoredObject } from '../../../lib/aws/s3';
import { createHash } from 'node:crypto';
import { dataPlan, SLICES, type SliceName } from '../../../lib/course/data-plan';
import { preparedManifest, type PreparedFile } from '../../../lib/course/prepared-data';
import type { LabRun } from '../../../lib/course/run';
import { DATA, type LabResources } from '../resources';
import { readRows, type Rows } from '../../../lib/flights/rows';

const MD5 = /^[0-9a-f]{32}$/;

/** The folders below data/ with what each must hold: the slices and the later months. */
export function dataFolders(): readonly {
  readonly folder: string;
  readonly slice?: SliceName;
  readonly file: PreparedFile;
}[] {
  return preparedManifest().files.map((file) => {
    const folder = file.key.slice(DATA.length, file.key.lastIndexOf('/'));
    return { folder, slice: SLICES.find((slice) => slice === folder), file };
  });
}

/** All objects of the copy, by folder. */
export async function objectsByFolder(run: LabRun, resources: LabResources): Promise<Map<string, StoredObject[]>> {
  const found = new Map<string, StoredObject[]>();
  for (const object of await listObjects(run, resources.bucket, DATA)) {
    const folder = object.key.slice(DATA.length, Math.max(DATA.length, object.key.lastIndexOf('/')));
    found.set(folder, [...(found.get(folder) ?? []), object]);
  }
  return found;
}

/** The rows of some objects. @throws BadRows */
export async function rowsOf(run: LabRun, resources: LabResources, objects: readonly StoredObject[]): Promise<Rows> {
  const texts = await Promise.all(
    objects.map(async ({ key }) => ({ name: key, text: (await readObject(run, resources.bucket, key)).toString('utf8') })),
  );
  return readRows(texts, dataPlan().features.length);
}

/**
 * Whether objects are copies of others: by name and size, and by ETag where it is an MD5 on both sides. That of an object
 * written in parts is none, and a copy of it has another; then it must be younger than its original.
 */
export function areCopies(there: readonly StoredObject[], from: readonly StoredObject[]): boolean {
  const nameOf = ({ key }: StoredObject): string => key.slice(key.lastIndexOf('/') + 1);
  const copies = new Map(there.map((object) => [nameOf(object), object]));
  const isCopied = (original: StoredObject): boolean => {
    const copy = copies.get(nameOf(original));
    if (copy?.bytes !== original.bytes) return false;
    if (original.etag === copy.etag) return true;
    return !(MD5.test(original.etag) && MD5.test(copy.etag)) && copy.modified > original.modified;
  };
  return there.length === from.length && from.every(isCopied);
}

/** Names the content that models were trained on: a hash over keys and ETags of train and validation. */
export function dataVersion(byFolder: ReadonlyMap<string, readonly StoredObject[]>): string {
  const hash = createHash('sha256');
  for (const slice of ['train', 'validation']) {
    for (const { key, etag } of byFolder.get(slice) ?? []) hash.update(`${key} ${etag}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** When train or validation last changed; undefined when one is missing. */
export function changedAt(byFolder: ReadonlyMap<string, readonly StoredObject[]>): Date | undefined {
  const used = [...(byFolder.get('train') ?? []), ...(byFolder.get('validation') ?? [])];
  if (!byFolder.has('train') || !byFolder.has('validation')) return undefined;
  return new Date(Math.max(...used.map(({ modified }) => modified.getTime())));
}
