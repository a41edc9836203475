/** Builds the site: `npm run docs:build`, and `./lab open` where something changed since. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LabError } from '../lib/course/errors';
import { questionsFile } from '../lib/course/questions';
import { LABS } from '../lib/course/registry';
import { locked } from '../local-cloud/boot/lock';
import { installLocked, lockHash } from '../local-cloud/boot/npm';
import { ROOT } from '../local-cloud/boot/paths';
import { run } from '../local-cloud/boot/run';
import { type LabOutline, OUTLINES } from './outline';
import { filesLinkedFrom, pagesOf } from './pages';

const WORKBENCH = join(ROOT, 'workbench');
const PACKAGES = join(WORKBENCH, 'node_modules');
/** Where the site is built before it takes the old one's place. */
const SCRATCH = join(ROOT, '.mla-labs', 'site');
const STAMP = '.mla-labs-stamp';
/** The site. */
export const SITE = join(ROOT, 'docs', 'dist');

type Progress = (message: string) => void;

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

async function outlines(): Promise<LabOutline[]> {
  const labs = await Promise.all(LABS.map((entry) => entry.lab()));
  return labs.map(({ id, title, steps }) => ({ id, title, steps: steps.map((step) => step.id) }));
}

/** A hash of all that the site is made of. Of the labs their own files stand for them: to load them takes a second. */
function stampOf(): string {
  const own = readdirSync(WORKBENCH, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(m?ts|vue|css|json)$/.test(name) && !/(^|[\\/])(node_modules|cache|\.temp|server)[\\/]/.test(name),
  );
  const pages = pagesOf(ROOT);
  const linked = pages.flatMap((page) => filesLinkedFrom(ROOT, page));
  const labs = LABS.flatMap(({ id }) => [`labs/${id}/lab.ts`, questionsFile(id)]).filter((path) =>
    existsSync(join(ROOT, path)),
  );
  const hash = createHash('sha256');
  for (const path of [...own.map((name) => join('workbench', name)), ...pages, ...linked, ...labs].sort())
    hash.update(`\0${path}\0`).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
}

/** Installs what the pages are made with, where it is not there. @throws LabError where npm cannot */
export async function install(progress: Progress): Promise<void> {
  const stamp = join(PACKAGES, STAMP);
  const wanted = lockHash(WORKBENCH);
  if (read(stamp) === wanted) return;
  progress('Installing what makes the pages (about 100 MB, once)');
  try {
    await installLocked(WORKBENCH);
  } catch (error) {
    throw new LabError('The packages that make the pages could not be installed.', {
      why: `npm said: ${(error as Error).message.split('\n')[0]}`,
      next: 'check the network, then run it again; until then: ./lab guide data-prep',
      cause: error,
    });
  }
  writeFileSync(stamp, wanted);
}

/** The end of what a program said, without its stack. */
const saidBy = ({ message }: Error): string =>
  message
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .slice(-6)
    .join('\n');

/** Builds the site unless it is up to date. @returns its folder */
export async function ensureSite(progress: Progress): Promise<string> {
  const stamp = join(SITE, STAMP);
  if (read(stamp) === stampOf()) return SITE;
  return locked('workbench', async () => {
    const wanted = stampOf();
    if (read(stamp) === wanted) return SITE;
    await install(progress);
    progress('Building the pages');
    rmSync(SCRATCH, { recursive: true, force: true });
    const vitepress = join(PACKAGES, 'vitepress', 'bin', 'vitepress.js');
    try {
      await run(process.execPath, [vitepress, 'build', WORKBENCH, '--outDir', SCRATCH], WORKBENCH, {
        ...process.env,
        [OUTLINES]: JSON.stringify(await outlines()),
        // What it says can become part of a message.
        NO_COLOR: '1',
      });
    } catch (error) {
      throw new LabError('The pages could not be built.', {
        why: `VitePress said: ${saidBy(error as Error)}`,
        next: 'npm run docs:build, once that is mended',
        cause: error,
      });
    }
    for (const path of new Set(pagesOf(ROOT).flatMap((page) => filesLinkedFrom(ROOT, page)))) {
      mkdirSync(dirname(join(SCRATCH, path)), { recursive: true });
      cpSync(join(ROOT, path), join(SCRATCH, path));
    }
    writeFileSync(join(SCRATCH, STAMP), wanted);
    rmSync(SITE, { recursive: true, force: true });
    renameSync(SCRATCH, SITE);
    return SITE;
  });
}

if (require.main === module) {
  ensureSite((message) => console.error(message)).then(
    (folder) => console.log(folder),
    (error: unknown) => {
      if (!(error instanceof LabError)) throw error;
      console.error(`${error.message}\n${error.why}\nNext: ${error.next}`);
      process.exitCode = error.exit;
    },
  );
}
