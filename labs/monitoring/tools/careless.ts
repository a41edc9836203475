/**
 * `npx tsx labs/monitoring/tools/careless.ts GOOD.tar.gz CARELESS.tar.gz` makes the model of the step `incident` and
 * prints the key that it belongs to; `… request GOOD.json GROUP BUCKET KEY` prints the request that registers it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { carelessArchive, carelessKey, carelessRequest } from '../incident/careless-model';
import type { Version } from '../endpoint/models';
import type { LabResources } from '../resources';

const [first = '', second = '', group = '', bucket = '', key = ''] = process.argv.slice(2);
if (first === 'request') {
  const resources = { group, bucket } as LabResources;
  console.log(JSON.stringify(carelessRequest(resources, JSON.parse(readFileSync(second, 'utf8')) as Version, key)));
} else {
  const archive = carelessArchive(readFileSync(first));
  writeFileSync(second, archive);
  console.log(carelessKey(archive));
}
