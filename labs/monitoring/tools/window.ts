/**
 * `npx tsx labs/monitoring/tools/window.ts FOLDER BATCH start|end`: when the newest requests of a batch were captured,
 * by a copy of the capture. The AWS CLI cannot read what lies in objects.
 */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { replayIn, requestsIn } from '../shared/capture';

const [folder = '', batch = '', which = ''] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
const requests = files.flatMap((name) => requestsIn(readFileSync(path.join(folder, name), 'utf8')));
const window = replayIn(requests, batch)?.window;
if (window && (which === 'start' || which === 'end')) console.log(window[which]);
else {
  console.error(window ? 'The last word is start or end.' : `The capture in ${folder} holds no request of ${batch}.`);
  process.exitCode = 1;
}
