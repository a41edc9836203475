/** What the guide, the exercises and the messages of lab monitoring tell a learner to type exists under that name. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { namesOf } from '../../../../labs/monitoring/names';
import { MIN_REQUESTS } from '../../../../labs/monitoring/traffic/flights';

const FOLDER = path.resolve(__dirname, '../../../../labs/monitoring');
const guide = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');

test('the guide names what the lab makes', () => {
  const made = new Set<string>(Object.values(namesOf('me')));
  const named = new Set(guide.match(/\b[Mm]la-?[Ll]abs-[Mm]onitoring-[\w-]+/g));
  expect([...named].filter((name) => !made.has(name))).toEqual([]);
  expect([...named]).toContain('mla-labs-monitoring-me--endpoint');
});

test('the guide tells the number of requests that a comparison takes, wherever it names one', () => {
  expect(guide).toContain(`It takes **${MIN_REQUESTS} different requests**`);
  expect(guide).toContain(`only of ${MIN_REQUESTS} different flights`);
  expect(guide).toContain(`fewer than the ${MIN_REQUESTS} that a comparison takes`);
});
