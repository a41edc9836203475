/**
 * Bytes of objects that were fetched before. Every read still is a signed GetObject of the query's caller; only when S3
 * answers that the object is the same as then (304, by its ETag) do the bytes not travel again.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';

interface Kept {
  readonly etag: string;
  readonly path: string;
}

export class ObjectCache {
  private readonly kept = new Map<string, Kept>();
  private ready: Promise<unknown> | undefined;

  /** @param folder is made for the first object, and is the cloud's to remove */
  constructor(private readonly folder: string) {}

  /** Fetches an object into a new file. @throws what the client throws */
  async fetch(s3: S3Client, bucket: string, key: string, target: string): Promise<void> {
    await (this.ready ??= mkdir(this.folder, { recursive: true }));
    const name = `${bucket}/${key}`;
    const known = this.kept.get(name);
    let answer = await get(s3, bucket, key, known?.etag);
    if (answer === 'same') {
      if (await linked(known!.path, target)) return;
      answer = (await get(s3, bucket, key, undefined)) as GetObjectCommandOutput;
    }
    await pipeline(answer.Body as Readable, createWriteStream(target));
    if (answer.ETag !== undefined) await this.keep(name, answer.ETag, target);
  }

  private async keep(name: string, etag: string, fetched: string): Promise<void> {
    const path = join(this.folder, randomUUID());
    await link(fetched, path);
    const before = this.kept.get(name);
    this.kept.set(name, { etag, path });
    // Who reads the older bytes has a link of its own.
    if (before) await rm(before.path, { force: true });
  }
}

/** @returns false when the older bytes went meanwhile, as another query found newer ones */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function get(
  s3: S3Client,
  Bucket: string,
  Key: string,
  etag: string | undefined,
): Promise<GetObjectCommandOutput | 'same'> {
  try {
    return await s3.send(new GetObjectCommand({ Bucket, Key, ...(etag !== undefined && { IfNoneMatch: etag }) }));
  } catch (error) {
    const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
    if (etag !== undefined && $metadata?.httpStatusCode === 304) return 'same';
    throw error;
  }
}
