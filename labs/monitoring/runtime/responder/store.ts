/** Objects of the data bucket, as the responder needs them. */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, type _Object } from '@aws-sdk/client-s3';
import { everyPage } from '../../../../lib/target/pages';
import { wasRetried } from '../../../../lib/aws/retried';
import { s3Config } from '../environment';
import type { Store } from './services';

/** 409: two write at the same moment, and the other may win. */
const LATE = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];

const typeOf = (key: string): string =>
  key.endsWith('.json') ? 'application/json' : key.endsWith('.gz') ? 'application/gzip' : 'text/plain';

export function s3Store(Bucket: string): Store {
  const s3 = new S3Client(s3Config());
  const get = async (Key: string) => s3.send(new GetObjectCommand({ Bucket, Key }));
  const put = (Key: string, Body: string | Buffer, when: { IfMatch?: string; IfNoneMatch?: string } = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: typeOf(Key), ...when }));
  const read: Store['read'] = async (key) => {
    try {
      const found = await get(key);
      return { text: await found.Body!.transformToString(), etag: found.ETag! };
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  };
  const unlessLate = async (
    key: string,
    text: string,
    when: Parameters<typeof put>[2],
  ): Promise<string | undefined> => {
    try {
      return (await put(key, text, when)).ETag;
    } catch (error) {
      if (!LATE.includes((error as Error).name)) throw error;
      // Where an answer was lost, what came first was this very write.
      const there = wasRetried(error) ? await read(key) : undefined;
      return there?.text === text ? there.etag : undefined;
    }
  };
  const list = (Prefix: string, StartAfter?: string): Promise<_Object[]> =>
    everyPage(async (ContinuationToken) => {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, StartAfter, ContinuationToken }));
      return { items: page.Contents, next: page.NextContinuationToken };
    });
  return {
    read,
    create: (key, text) => unlessLate(key, text, { IfNoneMatch: '*' }),
    replace: (key, text, etag) => unlessLate(key, text, { IfMatch: etag }),
    async keys(prefix, after) {
      const found = (await list(prefix, after)).map(({ Key }) => Key!);
      return found.filter((key) => !key.endsWith('/'));
    },
    async newest(prefix, ending) {
      const found = (await list(prefix)).filter(({ Key }) => Key!.endsWith(ending));
      return found.sort((a, b) => b.LastModified!.getTime() - a.LastModified!.getTime())[0]?.Key;
    },
    async bytes(key) {
      return Buffer.from(await (await get(key)).Body!.transformToByteArray());
    },
    async put(key, body) {
      await put(key, body);
    },
  };
}
