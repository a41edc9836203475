/** Writes docs/proof.md from what the fault tests of `npm run test:proof` measured. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LABS } from '../../lib/course/registry';
import { FACES } from '../../local-cloud/boot/faces';
import { facePromise, type Figure, FIGURES } from '../../test/fault/figures';
import { writePage } from './page';

const distinct = (texts: readonly (string | number)[]): string => [...new Set(texts)].sort().join(', ');

/** The labs with the faces of which there is no figure. */
function missing(figures: readonly Figure[]): string {
  const shown = new Set(figures.map(({ promise }) => promise));
  const lacking = LABS.flatMap(({ id }) => {
    const faces = Object.keys(FACES).filter((face) => !shown.has(facePromise(id, face)));
    return faces.length > 0 ? [`${id} with ${faces.join(', ')}`] : [];
  });
  return lacking.length > 0 ? `\nNot shown yet: ${lacking.join('; ')}.\n` : '';
}

/** The page of these figures, in the order of their tests. */
export function proofPage(figures: readonly Figure[]): string {
  const rows = [...figures].sort((a, b) => (a.test + a.promise < b.test + b.promise ? -1 : 1));
  return `# What is proven, and how

What these labs promise about your account, each promise with the figure of its last run and the test that it comes from. All of it happened on the local cloud, with IAM enforced: none of it has run on AWS. Run on ${distinct(rows.map(({ day }) => day))}, commit
${distinct(rows.map(({ commit }) => `\`${commit}\``))}, seed ${distinct(rows.map(({ seed }) => seed))}, by the tests
of \`npm run test:proof\`, which writes this page.
[The tests, and where each runs](testing.md) says what is tested beside it.

| Promise | Figure | Test |
| --- | --- | --- |
${rows.map(({ promise, figure, test }) => `| ${promise} | ${figure} | \`${test.replace('test/', '')}\` |`).join('\n')}
${missing(figures)}`;
}

if (require.main === module) {
  const figures = readdirSync(FIGURES).map((name) => JSON.parse(readFileSync(join(FIGURES, name), 'utf8')) as Figure);
  writePage('proof.md', proofPage(figures));
}
