/**
 * `npx tsx labs/monitoring/tools/window.ts FOLDER BATCH start|end`: when the newest requests of a batch were captured,
 * by a copy of the capture. The AWS CLI cannot read what lies in objects.
 */
import { replayAt } from '../capture/local-copy';

const [folder = '', batch = '', which = ''] = process.argv.slice(2);
const window = replayAt(folder, batch)?.window;
if (window && (which === 'start' || which === 'end')) console.log(window[which]);
else {
  console.error(window ? 'The last word is start or end.' : `The capture in ${folder} holds no request of ${batch}.`);
  process.exitCode = 1;
}
