/** Unpacks a zip file that anyone may have made: nothing leaves the folder, and nothing grows without bound. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Bounds of what an archive may unpack to. */
export interface Bounds {
  /** @default 1 GiB */
  readonly bytes?: number;
  /** @default 50,000 */
  readonly files?: number;
}

const GIB = 1024 ** 3;
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const LINK = 0o120000;
const KIND = 0o170000;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly mode: number;
  readonly at: number;
}

/**
 * Unpacks into an existing folder.
 *
 * @returns how many files were written
 * @throws Error that says what is wrong with the archive
 */
export async function unzipInto(folder: string, zip: Buffer, bounds: Bounds = {}): Promise<number> {
  const entries = directory(zip);
  const { bytes = GIB, files = 50_000 } = bounds;
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (entries.length > files)
    throw new Error(`the archive has ${entries.length} entries; at most ${files} are unpacked`);
  if (total > bytes) throw new Error(`the archive unpacks to ${total} bytes; at most ${bytes} are unpacked`);
  const places = entries.map((entry) => placeOf(folder, entry));
  let written = 0;
  for (const [index, entry] of entries.entries()) {
    const place = places[index]!;
    if (entry.name.endsWith('/')) {
      await mkdir(place, { recursive: true });
      continue;
    }
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content(zip, entry));
    // Archives made on systems without such rights have none.
    if ((entry.mode & 0o777) !== 0) await chmod(place, (entry.mode & 0o777) | 0o600);
    written += 1;
  }
  return written;
}

function placeOf(folder: string, { name, mode }: Entry): string {
  if ((mode & KIND) === LINK) throw new Error(`the archive has a symbolic link (${name}), which is not unpacked`);
  const place = resolve(folder, name.replaceAll('\\', '/'));
  if (place !== folder && !place.startsWith(folder + sep))
    throw new Error(`the archive has an entry that leaves its folder (${name})`);
  return place;
}

function directory(zip: Buffer): Entry[] {
  const end = endRecord(zip);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new Error('the archive is a ZIP64 archive, which is not unpacked');
  const entries: Entry[] = [];
  for (let place = 0; place < count; place += 1) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== CENTRAL) throw new Error('the archive is damaged');
    const nameLength = zip.readUInt16LE(at + 28);
    const flags = zip.readUInt16LE(at + 8);
    if ((flags & 1) !== 0) throw new Error('the archive is encrypted');
    // The upper half of the attributes are a Unix mode where the upper byte of "made by" says Unix.
    const unix = zip.readUInt8(at + 5) === 3;
    entries.push({
      name: zip.toString('utf8', at + 46, at + 46 + nameLength),
      method: zip.readUInt16LE(at + 10),
      packed: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      mode: unix ? zip.readUInt32LE(at + 38) >>> 16 : 0,
      at: zip.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function endRecord(zip: Buffer): number {
  for (let at = zip.length - END_SIZE; at >= 0 && at >= zip.length - END_SIZE - 0xffff; at -= 1) {
    if (zip.readUInt32LE(at) === END) return at;
  }
  throw new Error('the file is not a zip archive');
}

function content(zip: Buffer, { name, method, packed, size, at }: Entry): Buffer {
  if (at + 30 > zip.length || zip.readUInt32LE(at) !== LOCAL) throw new Error(`the archive is damaged at ${name}`);
  const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  const data = zip.subarray(start, start + packed);
  if (data.length !== packed) throw new Error(`the archive is cut off at ${name}`);
  if (method === 0) return Buffer.from(data);
  if (method !== 8) throw new Error(`the archive packs ${name} with method ${method}, which is not unpacked`);
  try {
    const made = inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
    if (made.length === size) return made;
  } catch {
    // Told below, with the entry's name.
  }
  throw new Error(`the archive is damaged at ${name}`);
}
