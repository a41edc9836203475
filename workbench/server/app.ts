/** What answers a browser: the pages to everybody on this machine, the API to whoever has the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import { challengeDocument } from '../../lib/commands/challenge';
import { type Deps, workFolder } from '../../lib/commands/deps';
import type { Options } from '../../lib/commands/options';
import { progressDocument } from '../../lib/commands/progress';
import { hasSolved } from '../../lib/commands/solution';
import type { Lab } from '../../lib/course/model';
import { LabError } from '../../lib/course/errors';
import type { LabView, Problem } from '../api';
import { Cloud } from './cloud';
import { readPredictions } from '../../lib/course/predictions';
import { readProgress } from '../../lib/course/progress';
import { readCommand } from './commands';
import { exerciseRoutes } from './exercises';
import type { Job, Jobs } from './jobs';
import { refuse } from './refuse';
import type { SiteFile } from './site';
import { WHOLE_BYTES, wholeObject } from './views/objects';

export interface AppOptions {
  readonly port: number;
  /** What proves that a request comes from the link that was printed. */
  readonly token: string;
  readonly site: ReadonlyMap<string, SiteFile>;
  readonly jobs: Jobs;
  readonly deps: Deps;
  readonly options: Options;
}

/** What pages may load: their own files, their own inline scripts. Code is coloured by style attributes. */
const policy = (scripts: readonly string[]): string =>
  [
    "default-src 'none'",
    `script-src ${["'self'", ...scripts].join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** What the object of a bucket may do in a browser: run, as reports do, in an opaque origin, and reach nothing. */
const SANDBOX = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval'",
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** Longest query parameter: a key of S3 has up to 1,024 bytes, a token of a page more. */
const LONGEST = 5000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export function makeApp({ port, token, site, jobs, deps, options }: AppOptions): Hono {
  const app = new Hono();
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  // Cookies know no ports: two that are open at once must not take each other's.
  const cookie = `mla-labs-${port}`;
  const isToken = (given: string | undefined): boolean =>
    given !== undefined && timingSafeEqual(digest(given), digest(token));

  app.onError((error, c) => {
    if (error instanceof LabError)
      return c.json({ error: error.message, why: error.why, next: error.next } satisfies Problem, 409);
    const status = error instanceof HTTPException ? error.status : error instanceof URIError ? 400 : 500;
    // The errors of AWS say what they are by their names.
    const name = status === 500 && error.name !== 'Error' ? `${error.name}: ` : '';
    return c.json({ error: `${name}${error.message}` } satisfies Problem, status);
  });
  app.use(secureHeaders({ referrerPolicy: 'no-referrer', strictTransportSecurity: false, xFrameOptions: 'DENY' }));
  app.use(async (c, next) => {
    c.header('Content-Security-Policy', policy([]));
    c.header('Cache-Control', 'no-store');
    const host = c.req.header('host') ?? '';
    const origin = c.req.header('origin');
    // A name of another site that leads to this machine, and a page of another site.
    if (!hosts.includes(host)) refuse(403, `This server is ${hosts[0]}, not ${JSON.stringify(host)}.`);
    if (origin !== undefined && origin !== `http://${host}`) refuse(403, 'Pages of other sites get no answer here.');
    await next();
  });

  app.use('/api/*', async (c, next) => {
    // Pages of other servers on this machine are of the same site to a browser, and bring the cookie.
    const from = c.req.header('sec-fetch-site') ?? 'same-origin';
    if (from !== 'same-origin') refuse(403, 'Pages of other sites get no answer here.');
    if (!isToken(getCookie(c, cookie))) refuse(401, 'Open the link that ./lab open printed: it has this run’s token.');
    await next();
  });
  const labOf = async (c: Context): Promise<Lab> => {
    const id = deps.labs.find((one) => one === c.req.param('lab'));
    return id ? deps.loadLab(id) : refuse(404, `There is no lab ${JSON.stringify(c.req.param('lab'))}.`);
  };
  const jobOf = (c: Context): Job => jobs.find(c.req.param('job')!) ?? refuse(404, 'That job is not known any more.');

  app.get('/api/status', async (c) => c.json(await jobs.status()));
  app.get('/api/progress', async (c) => c.json(await progressDocument({ deps, options })));
  app.get('/api/labs/:lab', async (c) => {
    const lab = await labOf(c);
    const job = jobs.of(lab.id);
    const folder = workFolder(deps.root, lab.id);
    const predictions = readPredictions(folder);
    const kept = readProgress(folder, { target: options.target ?? '', learner: options.learner });
    const challenges = await deps.loadChallenges(lab.id);
    return c.json({
      lab: lab.id,
      title: lab.title,
      target: options.target ?? '',
      learner: options.learner,
      steps: lab.steps.map(({ id, title, hints, exercise }) => ({
        id,
        title,
        hints: hints.length,
        judged: jobs.judged(lab.id, id),
        kept: kept[id],
        solved: hasSolved(folder, options.learner, { id }),
        exercise: exercise?.file,
        prediction: predictions[id],
      })),
      challenges: challenges.map((one) => challengeDocument({ deps, options }, lab, one)),
      modes: lab.modes,
      ...(job?.command && { job: { id: job.id, command: job.command } }),
    } satisfies LabView);
  });
  app.post('/api/labs/:lab/jobs', bodyLimit({ maxSize: 10_000 }), async (c) => {
    const lab = await labOf(c);
    const sent: unknown = await c.req.json().catch(() => undefined);
    const command = readCommand(lab, await deps.loadChallenges(lab.id), sent);
    if (!command) return refuse(400, `That is no command of the lab ${lab.id}.`);
    const job = jobs.start(lab, command);
    if (!job) return refuse(409, `Another command of ${lab.id} is running: wait for its end, or answer its question.`);
    return c.json({ id: job.id, command }, 202);
  });
  app.post('/api/jobs/:job/answer', bodyLimit({ maxSize: 10_000 }), async (c) => {
    const sent = (await c.req.json().catch(() => undefined)) as { ask?: unknown; answer?: unknown } | undefined;
    const text = typeof sent?.answer === 'string' ? sent.answer : undefined;
    if (!jobOf(c).answer(Number(sent?.ask), text)) refuse(409, 'That question is answered already.');
    return c.body(null, 204);
  });
  app.get('/api/jobs/:job/events', (c) => {
    const job = jobOf(c);
    // A browser that comes back says what it has seen.
    const from = Number(c.req.header('last-event-id') ?? -1) + 1;
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      for await (const [index, event] of job.follow(from, gone.signal))
        await stream.writeSSE({ id: String(index), data: JSON.stringify(event) });
    });
  });
  app.route('/api/labs/:lab/steps/:step', exerciseRoutes(deps, options, labOf));

  const cloud = new Cloud(deps, options);
  const asked = (c: Context): Record<string, string> => {
    const words = c.req.query();
    return Object.values(words).some(({ length }) => length > LONGEST) ? refuse(400, 'That is too long.') : words;
  };
  app.get('/api/labs/:lab/game-day', async (c) => c.json((await cloud.gameDay(await labOf(c))) ?? null));
  app.get('/api/labs/:lab/cloud', async (c) => c.json(await cloud.view(await labOf(c))));
  app.get('/api/labs/:lab/views/:view', async (c) => {
    const lab = await labOf(c);
    const seen = await cloud.read(lab, c.req.param('view'), asked(c));
    return seen === undefined ? refuse(404, `The lab ${lab.id} has no such view.`) : c.json(seen);
  });
  app.post('/api/labs/:lab/views/:view', bodyLimit({ maxSize: 300_000 }), async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    if (typeof body !== 'object' || body === null) return refuse(400, 'The body must be a JSON object.');
    const done = await cloud.act(await labOf(c), c.req.param('view'), body as Record<string, unknown>);
    return done === undefined ? refuse(400, 'This view cannot do that.') : c.json(done);
  });
  app.get('/api/labs/:lab/raw', async (c) => {
    const words = asked(c);
    const whole = await cloud.look(await labOf(c), ({ run }) => wholeObject(run, words));
    if (!whole) return refuse(413, 'The object is too large to be shown: ./lab env, then aws s3 cp.');
    c.header('Content-Security-Policy', SANDBOX);
    return c.body(whole.body, 200, { 'Content-Type': whole.type });
  });
  const tooLarge = () => refuse(413, 'The file is too large to be sent from here: ./lab env, then aws s3 cp.');
  app.put('/api/labs/:lab/raw', bodyLimit({ maxSize: WHOLE_BYTES, onError: tooLarge }), async (c) => {
    const file = new Uint8Array(await c.req.arrayBuffer());
    const type = c.req.header('content-type') || 'application/octet-stream';
    const written = await cloud.act(await labOf(c), 'objects', { ...asked(c), type, file });
    return written === undefined ? refuse(400, 'A file needs a key, of 1,024 bytes at most.') : c.json(written);
  });
  app.all('/api/*', () => refuse(404, 'There is no such thing here.'));

  app.get('*', (c) => {
    const { pathname, searchParams } = new URL(c.req.url);
    const given = searchParams.get('token') ?? undefined;
    if (given !== undefined) {
      if (!isToken(given)) refuse(401, 'That link is of another run: open the one that ./lab open printed last.');
      setCookie(c, cookie, token, { path: '/api', httpOnly: true, sameSite: 'Strict' });
      return c.redirect(pathname.replace(/^\/+/, '/'), 303);
    }
    const file = site.get(decodeURI(pathname));
    const shown = file ?? site.get('/404.html');
    if (!shown) return refuse(404, 'There is no such page.');
    c.header('Content-Security-Policy', policy(shown.scripts));
    return c.body(new Uint8Array(shown.body), file ? 200 : 404, { 'Content-Type': shown.type });
  });
  return app;
}
