/**
 * `npx tsx labs/monitoring/tools/truth.ts FOLDER BATCH`: what happened to the flights of the newest requests of a batch,
 * by a copy of the capture, as JSON lines.
 */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { replayIn, requestsIn } from '../shared/capture';
import { flightsOf } from '../shared/flights';
import { truthLine } from '../shared/truth';

const [folder = '', batch = ''] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
const requests = files.flatMap((name) => requestsIn(readFileSync(path.join(folder, name), 'utf8')));
const flights = flightsOf(batch);
for (const { id, row } of replayIn(requests, batch)?.requests ?? []) {
  process.stdout.write(truthLine(id, flights[row]!.late));
}
