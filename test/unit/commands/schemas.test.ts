/** Whoever reads `--json` can rely on its schemas. That documents are as they say is looked at wherever a test runs a verb. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { VERBS } from '../../../lib/commands/verbs';
import { Exit } from '../../../lib/course/errors';
import type { State } from '../../../lib/course/model';
import { LAB_IDS } from '../../../lib/course/names';
import { DESCRIBED, FOLDER, schemaFaults } from './schemas';

const page = readFileSync(resolve(__dirname, '../../../docs/cli.md'), 'utf8');

test('every verb has a schema, and no schema is of a verb that there is not', () => {
  expect([...DESCRIBED].sort()).toEqual(Object.keys(VERBS).sort());
});

test.each(Object.keys(VERBS))('the page of the command line names %s and its schema', (verb) => {
  expect(page).toContain(`| \`${verb}\` `);
  expect(page).toContain(`(schemas/${verb}.schema.json)`);
});

test('the page names every exit code', () => {
  const codes = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(Exit).filter((code) => typeof code === 'number'));
});

test('labs and states of a verdict are those that there are', () => {
  const { $defs } = JSON.parse(readFileSync(resolve(FOLDER, 'common.schema.json'), 'utf8')) as {
    $defs: Record<'lab' | 'state', { enum: string[] }>;
  };
  expect($defs.lab.enum).toEqual(LAB_IDS);
  expect($defs.state.enum).toEqual(['done', 'not done', 'could not look'] satisfies State[]);
});

describe('a document that is not as its schema says', () => {
  const verdict = { state: 'done', done: true, saw: 'It is there.', next: './lab down' };
  const check = { lab: 'data-prep', done: true, steps: [{ id: 'ingest', ...verdict }] };

  test('is told from one that is', () => {
    expect(schemaFaults('check', check)).toEqual([]);
  });

  test.each([
    ['lacks what it must have', { lab: 'data-prep', done: true }, 'steps'],
    ['has more than it may', { ...check, colour: 'green' }, 'colour'],
    ['has a state that there is not', { ...check, steps: [{ id: 'ingest', ...verdict, state: 'maybe' }] }, '/steps/0'],
  ])('is refused: it %s', (_what, document, where) => {
    expect(schemaFaults('check', document).join('\n')).toContain(where);
  });

  test('is refused where it fails without a reason', () => {
    expect(schemaFaults('check', { error: { what: '', exit: 4 } })).not.toEqual([]);
  });
});
