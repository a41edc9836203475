/** `npx tsx labs/monitoring/tools/report.ts BUCKET DECISION.json CAPTURE`: the report of a response, as HTML. */
import { readFileSync } from 'node:fs';
import { replayAt } from '../capture/local-copy';
import type { Decision } from '../response/decisions';
import { JULY } from '../traffic/flights';
import { responseReport, windowOf } from '../response/report';

const [bucket = '', decision = '', capture = ''] = process.argv.slice(2);
const read = JSON.parse(readFileSync(decision, 'utf8')) as Decision;
process.stdout.write(responseReport(bucket, read, replayAt(capture, JULY, windowOf(read)?.end)));
