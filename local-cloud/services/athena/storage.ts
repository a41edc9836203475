/** S3 as the caller of a query: list, fetch, put. A refusal fails the query and names action and resource. */
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { Principal } from '../service';
import { QueryFailure, requestFailure } from './failure';
import type { ObjectCache } from './objectCache';

export interface S3Location {
  readonly bucket: string;
  /** Without a slash before it. */
  readonly key: string;
}

export interface S3Object extends S3Location {
  readonly size: number;
}

/** @throws QueryFailure when the text is no `s3://` address */
export function s3LocationOf(url: string): S3Location {
  const match = /^s3[an]?:\/\/([^/]+)\/?(.*)$/s.exec(url);
  if (!match) throw new QueryFailure('HIVE_METASTORE_ERROR', `No S3 location: ${url}`);
  return { bucket: match[1]!, key: match[2]! };
}

/** The same address as a folder: with a slash at its end, unless it is a whole bucket. */
export function s3FolderOf(url: string): S3Location {
  const { bucket, key } = s3LocationOf(url);
  return { bucket, key: key === '' || key.endsWith('/') ? key : `${key}/` };
}

export function s3UrlOf({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}

/** How many objects travel at once. */
const PARALLEL = 8;

/** S3 with one caller's permissions. */
export class Storage {
  /** @param cache for `fetch`; without one, objects can be listed, read as text and put only */
  constructor(
    private readonly caller: Principal,
    private readonly cache?: ObjectCache,
  ) {}

  /** Data objects below a folder. Athena passes over names that begin with `_` or `.`, and folder markers. */
  async data(location: string): Promise<S3Object[]> {
    const root = s3FolderOf(location);
    const found: S3Object[] = [];
    for await (const page of this.pages(root)) {
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        const hidden = Key.slice(root.key.length)
          .split('/')
          .some((part) => /^[_.]/.test(part));
        if (!hidden && !Key.endsWith('/')) found.push({ bucket: root.bucket, key: Key, size: Size });
      }
    }
    return found;
  }

  /** Names of the folders directly below one, without slashes. */
  async folders(location: string): Promise<string[]> {
    const root = s3FolderOf(location);
    const found: string[] = [];
    for await (const page of this.pages(root, '/')) {
      for (const { Prefix = '' } of page.CommonPrefixes ?? []) found.push(Prefix.slice(root.key.length, -1));
    }
    return found;
  }

  async isEmpty(location: string): Promise<boolean> {
    const root = s3FolderOf(location);
    const page = await this.list(root, { MaxKeys: 1 });
    return (page.Contents ?? []).length === 0;
  }

  /** Fetches objects into files; `target` names each. */
  async fetch(objects: readonly S3Object[], target: (index: number) => string): Promise<void> {
    const queue = objects.map((object, index) => ({ object, path: target(index) }));
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) await this.fetchOne(next.object, next.path);
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, lane));
  }

  /** The text of an object. */
  async text(at: S3Location): Promise<string> {
    return this.as('s3:GetObject', at, async () => {
      const { Body } = await this.caller.s3.send(new GetObjectCommand({ Bucket: at.bucket, Key: at.key }));
      const parts: Buffer[] = [];
      for await (const part of Body as Readable) parts.push(Buffer.from(part as Buffer));
      return Buffer.concat(parts).toString('utf8');
    });
  }

  async put(at: S3Location, body: string | Buffer, encryption?: string): Promise<void> {
    await this.as('s3:PutObject', at, () =>
      this.caller.s3.send(
        new PutObjectCommand({
          Bucket: at.bucket,
          Key: at.key,
          Body: body,
          ...(encryption === 'SSE_S3' && { ServerSideEncryption: 'AES256' }),
        }),
      ),
    );
  }

  /** Puts files; all are there when it returns. */
  async putFiles(files: readonly { readonly path: string; readonly at: S3Location }[]): Promise<void> {
    const queue = [...files];
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) await this.put(next.at, await readFile(next.path));
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, lane));
  }

  private async *pages(root: S3Location, delimiter?: string): AsyncGenerator<ListObjectsV2CommandOutput> {
    let token: string | undefined;
    do {
      const page = await this.list(root, { Delimiter: delimiter, ContinuationToken: token });
      yield page;
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  private list(
    { bucket, key }: S3Location,
    more: { Delimiter?: string; ContinuationToken?: string; MaxKeys?: number },
  ): Promise<ListObjectsV2CommandOutput> {
    return this.as('s3:ListBucket', { bucket, key: '' }, () =>
      this.caller.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, ...more })),
    );
  }

  private async fetchOne(object: S3Object, path: string): Promise<void> {
    await this.as('s3:GetObject', object, () => this.cache!.fetch(this.caller.s3, object.bucket, object.key, path));
  }

  private async as<T>(action: string, { bucket, key }: S3Location, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      const resource = `arn:aws:s3:::${bucket}${key && `/${key}`}`;
      throw requestFailure(error, { caller: this.caller.arn, action, resource });
    }
  }
}
