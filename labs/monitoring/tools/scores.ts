/**
 * `npx tsx labs/monitoring/tools/scores.ts FOLDER BATCH`: scores of the newest requests of a batch, by a copy of the capture,
 * and what happened to the flights: one line each, `score,late`.
 */
import { judgedCsv, judgedFlights } from '../analysis/threshold';
import { replayAt } from '../capture/local-copy';

const [folder = '', batch = ''] = process.argv.slice(2);
const replay = replayAt(folder, batch);
if (replay) process.stdout.write(judgedCsv(judgedFlights(replay)));
