/**
 * `npx tsx labs/monitoring/tools/truth.ts FOLDER BATCH`: what happened to the flights of the newest requests of a batch,
 * by a copy of the capture, as JSON lines.
 */
import { replayAt } from '../shared/copies';
import { flightsOf } from '../shared/flights';
import { truthLine } from '../shared/truth';

const [folder = '', batch = ''] = process.argv.slice(2);
const flights = flightsOf(batch);
for (const { id, row } of replayAt(folder, batch)?.requests ?? []) {
  process.stdout.write(truthLine(id, flights[row]!.late));
}
