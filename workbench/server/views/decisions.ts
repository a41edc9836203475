/** What the responder decided, as it wrote it down. */
import { inParallel, listObjects, readObject } from '../../../lib/aws/s3';
import { output } from '../../../lib/course/run';
import type { DecisionsView } from '../../api';
import type { View } from './view';

const FOLDER = 'decisions/';
const PAGE = 20;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const decisions: View = {
  title: 'Decisions',
  outputs: ['Responder'],
  async read({ run }, { token = '0' }): Promise<DecisionsView> {
    const bucket = output(run, 'DataBucket');
    // Their names begin with their time.
    const keys = (await listObjects(run, bucket, FOLDER)).map(({ key }) => key).reverse();
    const from = Number.parseInt(token, 10) || 0;
    const found = new Map<string, DecisionsView['decisions'][number]>();
    const page = keys.slice(from, from + PAGE);
    await inParallel(page, async (key) => {
      const id = key.slice(FOLDER.length);
      try {
        const read = JSON.parse((await readObject(run, bucket, key)).toString()) as Record<string, unknown>;
        const cause = (read.cause ?? {}) as Record<string, unknown>;
        const timeline = Array.isArray(read.timeline) ? (read.timeline as Record<string, unknown>[]) : [];
        found.set(key, {
          id,
          cause: [text(cause.kind), text(cause.stateReason)].filter(Boolean).join(': '),
          action: text(read.action),
          status: text(read.status),
          reason: text(read.reason),
          timeline: timeline.map((one) => ({ at: text(one?.at), what: text(one?.what) })),
        });
      } catch (error) {
        const reason = `It could not be read: ${(error as Error).message}`;
        found.set(key, { id, cause: '', action: '', status: 'unread', reason, timeline: [] });
      }
    });
    return {
      decisions: page.flatMap((key) => found.get(key) ?? []),
      ...(from + PAGE < keys.length && { next: String(from + PAGE) }),
    };
  },
};
