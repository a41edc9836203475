/** The built site, read once: what is not in it cannot be asked for. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { MARK } from '../api';

export interface SiteFile {
  readonly body: Buffer;
  readonly type: string;
  /** Inline scripts of a page, as its content security policy names them. */
  readonly scripts: readonly string[];
}

/** All else is text: sources that pages link to, which no browser shall run or guess at. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

const typeOf = (path: string): string =>
  TYPES[extname(path)] ??
  // A linked program is no script of the site.
  (path.startsWith('assets/') && path.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/plain; charset=utf-8');

const hashOf = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

/** Every file of the site by its path, `/labs/data-prep/` for a folder's page. */
export function readSite(folder: string): ReadonlyMap<string, SiteFile> {
  const site = new Map<string, SiteFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name)
      .slice(folder.length + 1)
      .replaceAll('\\', '/');
    let body = readFileSync(join(folder, path));
    let scripts: string[] = [];
    if (path.endsWith('.html')) {
      const html = body.toString().replace('</head>', `<meta name="${MARK}" content="on"></head>`);
      scripts = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)].map(([, code]) => hashOf(code!));
      body = Buffer.from(html);
    }
    site.set(`/${path.replace(/(^|\/)index\.html$/, '$1')}`, { body, type: typeOf(path), scripts });
  }
  return site;
}
