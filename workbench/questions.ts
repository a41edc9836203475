/** A step's questions as HTML that works in any browser: folded, with each answer folded once more. */
import { presentQuestion } from '../lib/course/presented-question';
import type { Question } from '../lib/course/questions';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The order of options on the pages: any will do, so long as it stays. */
const SEED = 1;

const list = (lines: readonly string[], letters: boolean): string =>
  `<ol${letters ? ' type="a"' : ''}>${lines.map((line) => `<li>${line}</li>`).join('')}</ol>`;

function questionHtml(question: Question, number: number): string {
  const { ask, lines, matches, answer, solved } = presentQuestion(question, SEED);
  const choice = question.kind === 'single' || question.kind === 'multiple';
  const whys = solved.map(({ mark, right, why }) =>
    choice
      ? `<strong>${right ? '✓ right' : '✗ not'}</strong>: ${escaped(why)}`
      : `<strong>${mark}</strong>: ${escaped(why)}`,
  );
  return [
    `<p><strong>${number}.</strong> ${escaped(question.question)}</p>`,
    list(
      lines.map(({ text }) => escaped(text)),
      choice,
    ),
    ...(matches.length > 0
      ? [
          list(
            matches.map(({ text }) => escaped(text)),
            true,
          ),
        ]
      : []),
    `<p>${escaped(ask)} Exam task ${question.task}.</p>`,
    `<details><summary>Answer</summary><p>It is <strong>${answer}</strong>.</p>`,
    choice ? list(whys, true) : `<ul>${whys.map((why) => `<li>${why}</li>`).join('')}</ul>`,
    `<p><a href="${escaped(question.source)}" target="_blank" rel="noreferrer">Source</a>, as of ${question.asOf}</p></details>`,
  ].join('');
}

/** All of a step's questions in one block. Nothing in it is a template of Vue. */
export function questionsHtml(lab: string, step: string, questions: readonly Question[]): string {
  if (questions.length === 0) return '';
  const all = questions.map((question, at) => questionHtml(question, at + 1)).join('');
  return `<details v-pre class="questions"><summary>Questions about this step (${questions.length})</summary><p>In a terminal: <code>./lab quiz ${lab} ${step}</code></p>${all}</details>\n`;
}
