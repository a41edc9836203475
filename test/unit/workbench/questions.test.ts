/** Questions on the pages: whole, folded, and nothing in them is markup or a template. */
import type { Question } from '../../../lib/course/questions';
import { questionsHtml } from '../../../workbench/questions';

const common = {
  lab: 'data-prep',
  step: 'ingest',
  task: '1.1',
  source: 'https://docs.aws.amazon.com/x?a=1&b=2',
  asOf: '2026-11-29',
} as const;
const HOSTILE = '<img src=x onerror=alert(1)> {{ 1 + 1 }} "&';
const single: Question = {
  ...common,
  id: 'one',
  kind: 'single',
  question: HOSTILE,
  options: ['one', 'two', 'three', HOSTILE].map((text) => ({
    text,
    right: text === 'two',
    why: `Because of ${text}.`,
  })),
};
const match: Question = {
  ...common,
  id: 'two',
  kind: 'match',
  question: 'Which?',
  match: [
    { text: 'ice', with: 'cold', why: 'Frozen.' },
    { text: 'fire', with: 'hot', why: 'It burns.' },
    { text: 'snow', with: 'cold', why: 'Frozen, too.' },
  ],
};

test('the answer of each is folded within the block, with why and source', () => {
  const html = questionsHtml('data-prep', 'ingest', [single, match]);
  expect(html.match(/<details/g)).toHaveLength(3);
  expect(html.match(/<\/details>/g)).toHaveLength(3);
  expect(html).toContain('Questions about this step (2)');
  expect(html).toContain('./lab quiz data-prep ingest');
  expect(html.match(/✓ right/g)).toHaveLength(1);
  expect(html.indexOf('Because of two.')).toBeGreaterThan(html.indexOf('<summary>Answer'));
  expect(html).toContain('href="https://docs.aws.amazon.com/x?a=1&amp;b=2"');
  for (const text of ['cold', 'hot', 'Frozen, too.']) expect(html).toContain(text);
});

test('what a question says is text, for the browser and for Vue', () => {
  const html = questionsHtml('data-prep', 'ingest', [single]);
  expect(html).not.toContain('<img');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(html).toMatch(/^<details v-pre /);
});

test('a step without questions has no block', () => {
  expect(questionsHtml('data-prep', 'ingest', [])).toBe('');
});
