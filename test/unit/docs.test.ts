/** What README and guides say of the labs is what the labs say of themselves. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LABS } from '../../lib/course/registry';
import { VERBS } from '../../lib/commands/verbs';
import { estimate, usd } from '../../lib/cost/estimate';
import { FACES } from '../../local-cloud/boot/faces';
import { CATALOGUE } from '../../lib/commands/catalogue';
import { seenIn } from '../../lib/commands/messages';
import { FAILURES } from '../../scripts/docs/failures';
import { localCloudPage } from '../../scripts/docs/local-cloud';
import { PICTURES, roomsOf } from '../../scripts/docs/pictures';
import { troubleshootingPage } from '../../scripts/docs/troubleshooting';
import { anchorOf, pagesOf } from '../../workbench/pages';

const ROOT = resolve(__dirname, '..', '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name))
    .sort(),
];
const documents = [...pages, 'data/README.md', ...LABS.map(({ id }) => `labs/${id}/README.md`)];

function text(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8');
}

test.each(
  LABS.flatMap(({ id }) => [
    [id, 'README.md'],
    [id, 'docs/start.md'],
  ]),
)('steps, times and costs of %s in %s are as the lab declares them', async (id, page) => {
  const lab = await LABS.find((entry) => entry.id === id)!.lab();
  const row = text(page)
    .split('\n')
    .find((line) => line.startsWith(`| [\`${id}\`]`));
  const cells = row!.split('|').map((cell) => cell.trim());
  const { usdPerRun, usdPerHour } = estimate(lab, 1);
  const minutes = lab.steps.reduce((sum, step) => sum + step.awsMinutes, 0);
  expect(cells.slice(3, 7)).toEqual([String(lab.steps.length), `${minutes} min`, usd(usdPerRun), usd(usdPerHour)]);
});

test('each promise of the page about safety names tests that are there', () => {
  const rows = text('docs/safety.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Promise') && !line.startsWith('| ---'));
  const tests = rows.map((row) => [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file!));
  expect(rows.length).toBeGreaterThan(10);
  expect(tests.filter((files) => files.length === 0)).toEqual([]);
  expect(tests.flat().filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('the map of the exam leads to every step of every lab', async () => {
  const page = text('docs/exam.md');
  for (const { id, lab } of LABS)
    for (const step of (await lab()).steps)
      expect(page).toMatch(new RegExp(`\\[\`${step.id}\`\\]\\(\\.\\./labs/${id}/README\\.md#`));
});

test.each(documents)('the links of %s lead to files that are there', (document) => {
  const links = [...text(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link!);
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(document), link)))).toEqual([]);
});

test.each(documents)('the anchors that links of %s lead to are headings', (document) => {
  const anchorsOf = (page: string): string[] =>
    [...text(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchorOf(heading!.replaceAll('`', '')));
  const links = [...text(document).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
  const broken = links.filter(
    ([, page, anchor]) => !anchorsOf(page ? join(dirname(document), page) : document).includes(anchor!),
  );
  expect(broken.map(([link]) => link)).toEqual([]);
});

test('every page is one of the site', () => {
  const inSite = pagesOf(ROOT);
  expect(documents.filter((page) => !inSite.includes(page))).toEqual([]);
});

test.each(documents)('the commands of %s name verbs, labs and steps that there are', async (document) => {
  const labs = await Promise.all(LABS.map((entry) => entry.lab()));
  const words = [...labs.map(({ id }) => id), ...Object.keys(VERBS)];
  // Code of a lab that there is not yet is no command to type.
  const prose = text(document).replaceAll(/^```ts [^]*?^```$/gm, '');
  const said = prose.matchAll(/\.\/lab ([a-z]+)(?: ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?)?/g);
  const wrong = [...said].filter(([, verb, lab, step]) => {
    if (!words.includes(verb!)) return true;
    if (!['step', 'check', 'hint', 'guide', 'up'].includes(verb!) || lab === undefined) return false;
    const steps = labs.find(({ id }) => id === lab)?.steps.map(({ id }) => id);
    return steps === undefined || (step !== undefined && !steps.includes(step));
  });
  expect(wrong.map(([line]) => line)).toEqual([]);
});

test.each(documents)('the commands of %s can be pasted: no word in them has to be looked up first', (document) => {
  const blocks = [...text(document).matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block]) => block!);
  const left = /(?<![\w$])(?:ARN|BUCKET|ENDPOINT|EXECUTION|GROUP|ID|JOB|NAME|QUEUE|ROLE)(?:-[A-Z0-9-]+)?\b(?!=)/;
  expect(
    blocks.flatMap((block) => block.split('\n')).filter((line) => left.test(line) || /<[A-Z]\w+>/.test(line)),
  ).toEqual([]);
});

test('no command of a lab is of version 2 of the AWS CLI alone: the local cloud brings version 1', () => {
  const files = readdirSync(join(ROOT, 'labs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(md|ts|txt)$/.test(name),
  );
  expect(files.length).toBeGreaterThan(150);
  expect(files.filter((name) => text(join('labs', name)).includes('aws logs tail'))).toEqual([]);
});

test.each(pages)('the files and folders that %s names are there', (document) => {
  const rooms = readdirSync(ROOT).filter((name) => !['node_modules', '.venv', '.mla-labs', 'work'].includes(name));
  const named = [...text(document).matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, path]) => path!);
  // An example of the page on adding something is a lab that there is not; packages come with the first use.
  const known = named.filter((path) => rooms.includes(path.split('/')[0]!) && !/\bstorage\b|node_modules/.test(path));
  expect(known.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the code of docs/adding.md imports what there is', () => {
  const blocks = [...text('docs/adding.md').matchAll(/^```ts (\S+)\n([^]*?)^```/gm)];
  expect(blocks.length).toBeGreaterThan(5);
  const written = new Map(blocks.map(([, file, code]) => [file!, code!]));
  for (const [file, code] of written) {
    for (const [, names, from] of code.matchAll(/^import (?:type )?\{([^}]+)\} from '(\.[^']+)'/gm)) {
      const source = `${join(dirname(file), from!)}.ts`;
      const exported = [
        ...(written.get(source) ?? text(source)).matchAll(
          /^export (?:async )?(?:class|const|enum|function|interface|type) (\w+)/gm,
        ),
      ];
      const wanted = names!.split(',').map((name) => name.replace('type ', '').trim());
      const missing = wanted.filter((name) => !exported.some(([, one]) => one === name));
      expect({ file, source, missing }).toEqual({ file, source, missing: [] });
    }
  }
});

test.each(Object.entries(PICTURES))('%s is as it is drawn', (file, draw) => {
  expect(text(file)).toBe(draw());
});

test('the picture of the rooms shows each room of eslint.config.mjs with its doors', () => {
  const { doors } = roomsOf();
  expect(Object.keys(doors).length).toBeGreaterThan(10);
  const words = text('docs/architecture/rooms.svg')
    .replaceAll(/<[^>]*>\n?/g, ' ')
    .replaceAll(/\s+/g, ' ');
  for (const [room, allowed] of Object.entries(doors)) {
    const others = allowed.filter((name) => name !== room);
    expect(words).toContain(`${room} → ${others.length === 0 ? 'no other room' : others.join(', ')}`);
  }
});

test('every decision record is in the index', () => {
  const records = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');
  const index = text('docs/decisions/README.md');
  expect(records.filter((name) => !index.includes(`](${name})`))).toEqual([]);
});

/** The first comment of a file, as one line. */
function about(file: string): string {
  const comment = /^\/\*\*(.*?)\*\//s.exec(text(file))?.[1] ?? '';
  return comment.replaceAll(/\s*\n \*/g, '').trim();
}

test.each([
  ['rehearsal', '`npm test`'],
  ['proof', '`npm run test:proof`'],
  ['guide', '`npm run test:proof`'],
  ['fault', '`npm run test:proof`'],
])('docs/testing.md lists every %s, says what it shows, and where it runs', (project, command) => {
  const files = readdirSync(join(ROOT, 'test', project)).filter((name) => name.endsWith('.test.ts'));
  const rows = text('docs/testing.md')
    .split('\n')
    .filter((line) => line.startsWith(`| \`${project}/`))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(rows.map(([, file, shows, runs]) => [file, shows, runs])).toEqual(
    files.sort().map((name) => [`\`${project}/${name}\``, about(`test/${project}/${name}`), command]),
  );
});

test('docs/testing.md lists every face of the local cloud, and what it shows', () => {
  const rows = text('docs/testing.md')
    .split('## Faces of the local cloud')[1]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(Object.fromEntries(rows.map(([, face, shows]) => [face!.replaceAll('`', ''), shows]))).toEqual(FACES);
});

/** A page without what Prettier does to its tables. */
const words = (page: string): string => page.replaceAll(/[ \t-]+/g, ' ').trim();

describe('the page for when something fails', () => {
  test('is made from the catalogue: npx tsx scripts/docs/troubleshooting.ts', () => {
    expect(words(text('docs/troubleshooting.md'))).toBe(words(troubleshootingPage()));
  });

  test('shows every message of the catalogue', () => {
    const shown = new Set(FAILURES.map(({ error }) => CATALOGUE.find(({ on }) => on(seenIn(error)))));
    expect(CATALOGUE.filter((entry) => !shown.has(entry))).toEqual([]);
  });
});

test('the page about the local cloud is made from its services: npx tsx scripts/docs/local-cloud.ts', () => {
  expect(words(text('docs/local-cloud.md'))).toBe(words(localCloudPage()));
});
