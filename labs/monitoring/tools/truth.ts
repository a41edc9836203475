/**
 * `npx tsx labs/monitoring/tools/truth.ts FOLDER BATCH`: what happened to the flights of the newest requests of a batch,
 * by a copy of the capture, as JSON lines.
 */
import { replayAt } from '../capture/local-copy';
import { flightsOf } from '../traffic/flights';
import { groundTruthLine } from '../capture/ground-truth';

const [folder = '', batch = ''] = process.argv.slice(2);
const flights = flightsOf(batch);
for (const { id, row } of replayAt(folder, batch)?.requests ?? []) {
  process.stdout.write(groundTruthLine(id, flights[row]!.late));
}
