/** tar.gz in memory: the source of a job going up, its model coming down. */
import { gunzipSync, gzipSync } from 'node:zlib';

export interface ArchiveFile {
  /** Path inside, with `/`. */
  readonly name: string;
  readonly content: Buffer;
}

const BLOCK = 512;
/** No model of a lab comes near this; more would be a bomb. */
const MOST_BYTES = 512 * 1024 * 1024;

/** A ustar archive, compressed. The same files give the same bytes: no times, no owners. */
export function makeTarGz(files: readonly ArchiveFile[]): Buffer {
  const parts = files.flatMap(({ name, content }) => [
    header(name, content.length),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]), { level: 9 });
}

/**
 * The regular files of a tar.gz by their names, a leading `./` taken off.
 *
 * @throws Error when it is no gzip, no tar, or far too large
 */
export function readTarGz(archive: Buffer): ReadonlyMap<string, Buffer> {
  const tar = gunzipSync(archive, { maxOutputLength: MOST_BYTES });
  const files = new Map<string, Buffer>();
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length;) {
    const head = tar.subarray(at, at + BLOCK);
    if (head.every((byte) => byte === 0)) break;
    if (head.subarray(257, 262).toString('latin1') !== 'ustar') throw new Error('it is no tar archive');
    const size = Number.parseInt(text(head, 124, 12).trim() || '0', 8);
    if (!Number.isSafeInteger(size) || at + BLOCK + size > tar.length) throw new Error('the tar archive is cut off');
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    const type = text(head, 156, 1) || '0';
    const prefix = text(head, 345, 155);
    const name = longName ?? (prefix ? `${prefix}/${text(head, 0, 100)}` : text(head, 0, 100));
    longName = undefined;
    if (type === 'L') longName = content.toString('utf8').replace(/\0.*$/s, '');
    else if (type === 'x') longName = /\d+ path=([^\n]*)\n/.exec(content.toString('utf8'))?.[1];
    else if (type === '0') files.set(name.replace(/^\.\//, ''), content);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function header(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 99) throw new Error(`The name ${name} is too long for an archive.`);
  const head = Buffer.alloc(BLOCK);
  const put = (value: string, offset: number): void => void head.write(value, offset, 'latin1');
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  put(name, 0);
  put(octal(0o644, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(size, 11), 124);
  put(octal(0, 11), 136);
  put('        ', 148);
  put('0', 156);
  put('ustar\u000000', 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return head;
}

function text(block: Buffer, offset: number, length: number): string {
  return block
    .subarray(offset, offset + length)
    .toString('utf8')
    .replace(/\0.*$/s, '');
}
