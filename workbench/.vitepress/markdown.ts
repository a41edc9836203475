/** What the site adds to the Markdown: links that hold on GitHub hold here too, and the places of the live parts. */
import type { MarkdownOptions } from 'vitepress';
import { fileOfLink } from '../pages';
import type { LabOutline } from '../outline';
import type { Question } from '../../lib/course/questions';
import { questionsHtml } from '../questions';

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0];
type Token = ReturnType<MarkdownIt['parse']>[number];
type Transformer = NonNullable<MarkdownOptions['codeTransformers']>[number];

/** Links to `README.md` lead to the folder's index; links to a file that is no page open that file. */
export function links(md: MarkdownIt, root: string, pageOf: (relativePath: string) => string): void {
  md.core.ruler.push('project-links', ({ tokens, env }) => {
    const page = pageOf((env as { relativePath: string }).relativePath);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      const file = href === null ? undefined : fileOfLink(root, page, href);
      if (href === null || file === undefined) continue;
      if (file.endsWith('.md')) token.attrSet('href', href.replace(/README\.md(?=$|#)/, 'index.md'));
      else {
        token.attrSet('target', '_blank');
        token.attrSet('rel', 'noreferrer');
      }
    }
  });
}

/** The page of what stands in the cloud. */
export const CLOUD_PAGE = 'docs/cloud.md';
/** The page of what was done in all labs. */
export const PROGRESS_PAGE = 'docs/progress.md';

/** Sections of every guide that have a live part of the lab below their headings. */
const SECTIONS: Readonly<Record<string, string>> = { 'On your own': 'ChallengesPanel', 'Game day': 'GameDayPanel' };

/**
 * In a lab's guide: the lab's panel below the title, a step's below the heading that names it in backticks, and those of
 * {@link SECTIONS}.
 */
export function livePlaces(md: MarkdownIt, labs: readonly LabOutline[]): void {
  md.core.ruler.push('live-places', (state) => {
    const path = (state.env as { relativePath: string }).relativePath;
    const html = (content: string): Token => Object.assign(new state.Token('html_block', '', 0), { content });
    const belowTitle = (content: string): void => {
      const at = state.tokens.findIndex(({ type }) => type === 'heading_close');
      state.tokens.splice(at + 1, 0, html(content));
    };
    if (path === CLOUD_PAGE) {
      const given = md.utils.escapeHtml(JSON.stringify(labs.map(({ id, title }) => ({ id, title }))));
      return belowTitle(`<CloudPage :labs="${given}" />\n`);
    }
    if (path === PROGRESS_PAGE) return belowTitle('<ProgressPage />\n');
    const lab = labs.find(({ id }) => path === `labs/${id}/index.md` || path === `labs/${id}/README.md`);
    if (!lab) return;
    const missing = new Set([...lab.steps, ...Object.keys(SECTIONS)]);
    state.tokens = state.tokens.flatMap((token, at, all) => {
      if (token.type !== 'heading_close') return [token];
      if (token.tag === 'h1') return [token, html(`<LabPanel lab="${lab.id}" />\n`)];
      const heading = all[at - 1]!.content;
      const section = SECTIONS[heading];
      if (section !== undefined && missing.delete(heading)) return [token, html(`<${section} lab="${lab.id}" />\n`)];
      const step = lab.steps.find((id) => heading.includes(`\`${id}\``));
      if (step === undefined || !missing.delete(step)) return [token];
      return [token, html(`<StepPanel lab="${lab.id}" step="${step}" />\n`)];
    });
    if (missing.size > 0)
      throw new Error(`No heading of ${path} names ${[...missing].join(', ')}: steps in backticks, sections alone.`);
  });
}

/** In a lab's guide: a step's questions where its section ends. */
export function questionPlaces(
  md: MarkdownIt,
  labs: readonly LabOutline[],
  questionsOf: (lab: LabOutline) => readonly Question[],
): void {
  md.core.ruler.push('question-places', (state) => {
    const path = (state.env as { relativePath: string }).relativePath;
    const lab = labs.find(({ id }) => path === `labs/${id}/index.md` || path === `labs/${id}/README.md`);
    if (!lab) return;
    const questions = questionsOf(lab);
    const html = (step: string | undefined): Token[] => {
      const own = questions.filter((one) => one.step === step);
      if (step === undefined || own.length === 0) return [];
      return [Object.assign(new state.Token('html_block', '', 0), { content: questionsHtml(lab.id, step, own) })];
    };
    let step: string | undefined;
    const tokens = state.tokens.flatMap((token, at, all) => {
      if (token.type !== 'heading_open' || token.tag !== 'h2') return [token];
      const before = html(step);
      const heading = all[at + 1]!.content;
      step = lab.steps.find((id) => heading.includes(`\`${id}\``));
      return [...before, token];
    });
    state.tokens = [...tokens, ...html(step)];
  });
}

/** The only HTML in pages: answers that are folded away, and marks for scripts, which show nowhere. Each a paragraph of its own. */
const FOLD = /^<details>\n<summary>[^<>&]*<\/summary>$|^<\/details>$/;
const MARK = /^<!-- [^<>]* -->$/;

/** Lets {@link FOLD} through, and drops {@link MARK}; all other HTML stays text. */
export function folds(md: MarkdownIt): void {
  md.core.ruler.push('folds', (state) => {
    const { tokens } = state;
    const isHtml = (at: number): boolean =>
      tokens[at]?.type === 'inline' && (FOLD.test(tokens[at].content) || MARK.test(tokens[at].content));
    state.tokens = tokens.flatMap((token, at) => {
      if (isHtml(at - 1) || isHtml(at + 1)) return [];
      if (!isHtml(at)) return [token];
      if (MARK.test(token.content)) return [];
      return [Object.assign(new state.Token('html_block', '', 0), { content: `${token.content}\n` })];
    });
  });
}

/** What VitePress's copy button leaves out. */
const NOT_COPIED = 'vp-copy-ignore';

/** Marks comments in shell code, with the line where it is nothing else, so that only commands are copied. */
export const commandsOnly: Transformer = {
  name: 'commands-only',
  code(node) {
    if (!['sh', 'bash', 'shell'].includes(this.options.lang)) return;
    const text = (one: (typeof node.children)[number]): string =>
      one.type === 'text'
        ? one.value
        : one.type === 'element'
          ? one.children.map((child) => text(child as never)).join('')
          : '';
    let dropped = false;
    node.children = node.children.map((line) => {
      // The line end behind a line that is all comment.
      if (line.type === 'text' && dropped)
        return { type: 'element', tagName: 'span', properties: { class: NOT_COPIED }, children: [line] };
      if (line.type !== 'element') return line;
      dropped = /^\s*#/.test(text(line));
      for (const token of line.children)
        if (token.type === 'element' && /^\s*#/.test(text(token)))
          token.properties.class = [token.properties.class, NOT_COPIED].filter(Boolean).join(' ');
      return line;
    });
  },
};
