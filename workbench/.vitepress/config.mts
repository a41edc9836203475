/** The site: the project's own Markdown where it is, nothing moved and nothing twice. Made by workbench/build.ts. */
import { readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { type LabOutline, OUTLINES } from '../outline';
import { anchorOf, pagesOf, siteFile, titleOf } from '../pages';
import { readQuestions } from '../../lib/course/questions';
import type { Lab } from '../../lib/course/model';
import { CLOUD_PAGE, commandsOnly, folds, links, livePlaces, PROGRESS_PAGE, questionPlaces } from './markdown';

const WORKBENCH = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const ROOT = resolve(WORKBENCH, '..');
const labs = JSON.parse(process.env[OUTLINES] ?? '[]') as LabOutline[];
const pages = pagesOf(ROOT);
const rewrites = Object.fromEntries(
  pages.filter((page) => page !== siteFile(page)).map((page) => [page, siteFile(page)]),
);
const pageOf = (file: string): string => pages.find((page) => page === file || siteFile(page) === file) ?? file;

const urlOf = (page: string): string => `/${siteFile(page).replace(/index\.md$/, '')}`;
const item = (page: string, text = titleOf(ROOT, page)) => ({ text, link: urlOf(page) });
/** These pages are for who does the labs; the rest of docs/ is for who works on them. */
const FOR_LEARNERS = [
  ...[
    'docs/exam.md',
    'docs/further.md',
    'docs/safety.md',
    'docs/troubleshooting.md',
    'docs/teardown.md',
    'docs/permissions.md',
    'docs/field-run.md',
  ],
  ...[CLOUD_PAGE, PROGRESS_PAGE, 'docs/local-cloud.md', 'docs/cli.md', 'docs/teachers.md'],
];
/** Decision records are listed by their own index. */
const others = pages.filter(
  (page) =>
    !/^labs\/|^docs\/decisions\/(?!README)/.test(page) &&
    !['README.md', 'docs/start.md', 'data/README.md', ...FOR_LEARNERS].includes(page),
);

export default defineConfig({
  title: 'mla-labs',
  description: 'Hands-on labs for the AWS Certified Machine Learning Engineer – Associate exam.',
  lang: 'en',
  // None: a browser would ask for one.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: '..',
  // Everything that is no page, so that whole folders are not read.
  srcExclude: readdirSync(ROOT, { withFileTypes: true })
    .filter((one) => one.isDirectory() && !['labs', 'docs', 'data'].includes(one.name))
    .map(({ name }) => `${name}/**`)
    .concat('labs/**/runtime/**'),
  rewrites,
  markdown: {
    html: false,
    // The usual ones have too little contrast on the grey of code blocks.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: anchorOf },
    codeTransformers: [commandsOnly],
    config: (md) => {
      links(md, ROOT, pageOf);
      folds(md);
      livePlaces(md, labs);
      questionPlaces(md, labs, ({ id, steps }) =>
        readQuestions({
          id: id as Lab['id'],
          folder: resolve(ROOT, 'labs', id),
          steps: steps.map((step) => ({ id: step })),
        }),
      );
    },
  },
  vite: {
    // Pages import Vue, which lies beside VitePress and not beside them.
    plugins: [
      {
        name: 'vue-beside-vitepress',
        enforce: 'pre',
        // What renders the pages is thrown away after: to make it small would take a tenth of the time.
        config: (_config, { isSsrBuild }) => (isSsrBuild ? { build: { rollupOptions: { treeshake: false } } } : {}),
        resolveId(id) {
          return /^vue(\/|$)/.test(id) ? this.resolve(id, fileURLToPath(import.meta.url), { skipSelf: true }) : null;
        },
      },
    ],
    envDir: WORKBENCH,
    build: { chunkSizeWarningLimit: 1000 },
  },
  // Tables are wide.
  transformPageData: ({ relativePath }) =>
    [CLOUD_PAGE, PROGRESS_PAGE].includes(relativePath) ? { frontmatter: { aside: false } } : undefined,
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Labs', items: labs.map(({ id, title }) => ({ text: title, link: `/labs/${id}/` })) },
      item('docs/start.md', 'Start here'),
      item('docs/exam.md', 'The exam'),
      item(PROGRESS_PAGE, 'Progress'),
      item('docs/troubleshooting.md', 'Something failed'),
    ],
    sidebar: [
      item('docs/start.md', 'Start here'),
      item('README.md', 'About the project'),
      { text: 'Labs', items: labs.map(({ id }) => item(`labs/${id}/README.md`)) },
      { text: 'Reference', items: [item('data/README.md'), ...FOR_LEARNERS.map((page) => item(page))] },
      { text: 'The project', items: others.map((page) => item(page)) },
    ],
  },
});
