/** `npx tsx labs/monitoring/tools/baseline.ts MODEL.tar.gz`: the baseline's data for Model Monitor, as CSV. */
import { readFileSync } from 'node:fs';
import { readTarGz } from '../../../lib/aws/archive';
import { parseBooster } from '../../../lib/flights/booster';
import { baselineCsv } from '../model-monitor/baseline';

const model = readTarGz(readFileSync(process.argv[2] ?? '')).get('model.json');
process.stdout.write(baselineCsv(parseBooster(model?.toString('utf8') ?? '{}')));
