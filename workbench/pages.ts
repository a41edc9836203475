/** Which files are pages, and which files pages link to. Knows no Vue and no VitePress: the builder uses it, and the site. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Folders whose Markdown is no page, though it lies below one that has pages. */
const NO_PAGES = /(^|\/)(dist|node_modules|runtime|schemas)\//;

/** Paths of all pages, from the project's folder: its own Markdown, the guides, the data's, and docs/. */
export function pagesOf(root: string): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      posix.join(folder, name.replaceAll('\\', '/')),
    );
  const guides = readdirSync(join(root, 'labs')).map((lab) => `labs/${lab}/README.md`);
  return [...readdirSync(root), ...guides, 'data/README.md', ...below('docs')]
    .filter((path) => path.endsWith('.md') && !NO_PAGES.test(path) && existsSync(join(root, path)))
    .sort();
}

/** Where a page stands in the site: what GitHub shows for a folder is the folder's index. */
export const siteFile = (page: string): string => page.replace(/(^|\/)README\.md$/, '$1index.md');

/** The first heading of a page. */
export function titleOf(root: string, page: string): string {
  return /^# (.+)$/m.exec(readFileSync(join(root, page), 'utf8'))?.[1]?.replaceAll('`', '') ?? page;
}

/** A relative link's file, from the project's folder; undefined for links that are none or lead to no file. */
export function fileOfLink(root: string, page: string, href: string): string | undefined {
  if (/^([a-z]+:|\/|#)/i.test(href)) return undefined;
  const path = posix.join(dirname(page), decodeURI(href.replace(/[#?].*$/, '')));
  return !path.startsWith('..') && existsSync(join(root, path)) && statSync(join(root, path)).isFile()
    ? path
    : undefined;
}

/** Files that a page links to and that are no pages: sources, schemas, pictures, the licence. */
export function filesLinkedFrom(root: string, page: string): string[] {
  const links = readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)\s]+)/g);
  return [...links]
    .map(([, href]) => fileOfLink(root, page, href!))
    .filter((path) => path !== undefined && !path.endsWith('.md')) as string[];
}

/** A heading's anchor, as GitHub makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
