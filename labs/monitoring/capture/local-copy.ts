/** A copy of the capture on this machine, as `aws s3 sync` makes it. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { replayIn, parseCapture, type Replay } from './captured-requests';

/** The newest requests of a batch, before a time if one is given; undefined where the copy holds none. */
export function replayAt(folder: string, batch: string, until?: string): Replay | undefined {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  const requests = files.flatMap((name) => parseCapture(readFileSync(path.join(folder, name), 'utf8')));
  return replayIn(requests, batch, until);
}
