/** What a browser can get of `./lab open`, and what it cannot. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Options } from '../../../lib/commands/options';
import type { Command, ExerciseView, JobEvent, LabView, ProgressView, StatusView } from '../../../workbench/api';
import { makeApp } from '../../../workbench/server/app';
import { argvOf, readCommand } from '../../../workbench/server/commands';
import { serve } from '../../../workbench/server';
import { Job, Jobs } from '../../../workbench/server/jobs';
import { readSite } from '../../../workbench/server/site';
import { World } from '../commands/fakes';

const INLINE = 'document.documentElement.classList.add("dark")';
const HOST = '127.0.0.1:4000';
const TOKEN = 'the-token-of-this-run';
const OPTIONS: Options = { target: 'local', learner: 'me', json: false, yes: false, explain: false, verbose: false };

let world: World;
let site: string;
let jobs: Jobs;
let app: ReturnType<typeof makeApp>;

beforeEach(() => {
  world = new World();
  site = mkdtempSync(join(tmpdir(), 'mla-labs-site-'));
  const page = `<html><head><title>Labs</title></head><body><script>${INLINE}</script><script src="/assets/a.js"></script></body></html>`;
  mkdirSync(join(site, 'labs/data-prep/runtime'), { recursive: true });
  mkdirSync(join(site, 'assets'));
  for (const name of ['index.html', '404.html', 'labs/data-prep/index.html']) writeFileSync(join(site, name), page);
  writeFileSync(join(site, 'labs/data-prep/runtime/job.js'), 'alert(1)');
  writeFileSync(join(site, 'assets/a.js'), 'void 0');
  jobs = new Jobs(world.deps, OPTIONS);
  app = makeApp({ port: 4000, token: TOKEN, site: readSite(site), jobs, deps: world.deps, options: OPTIONS });
});
afterEach(async () => {
  await jobs.close();
  world.clean();
  rmSync(site, { recursive: true });
});

type Headers = Record<string, string>;
const get = async (path: string, headers: Headers = {}): Promise<Response> =>
  app.request(path, { headers: { host: HOST, ...headers } });
const COOKIE = { cookie: `mla-labs-4000=${TOKEN}` };
const post = async (path: string, body: unknown, headers: Headers = COOKIE): Promise<Response> =>
  app.request(path, { method: 'POST', body: JSON.stringify(body), headers: { host: HOST, ...headers } });
const start = async (command: Command): Promise<{ status: number; id: string; error?: string }> => {
  const answer = await post('/api/labs/data-prep/jobs', command);
  return { status: answer.status, ...((await answer.json()) as { id: string; error?: string }) };
};
const labView = async (): Promise<LabView> => (await (await get('/api/labs/data-prep', COOKIE)).json()) as LabView;

/** The events of a job to its end, as a browser reads them. */
async function eventsOf(id: string, headers: Headers = {}): Promise<JobEvent[]> {
  const text = await (await get(`/api/jobs/${id}/events`, { ...COOKIE, ...headers })).text();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as JobEvent);
}

/** Waits until a job asks. */
async function questionOf(id: string): Promise<Extract<JobEvent, { type: 'ask' }>> {
  for await (const [, event] of jobs.find(id)!.follow(0, new AbortController().signal))
    if (event.type === 'ask') return event;
  throw new Error('The job ended and asked nothing.');
}

describe('pages', () => {
  test('are read without a token, run their own inline scripts and no others, and are guessed at by nobody', async () => {
    const page = await get('/labs/data-prep/');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<meta name="mla-labs-workbench" content="on"></head>');
    const policy = page.headers.get('content-security-policy')!;
    const hash = createHash('sha256').update(INLINE).digest('base64');
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
    expect(policy).toContain("default-src 'none'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a program that a guide links to is text, and no script of the site', async () => {
    expect((await get('/labs/data-prep/runtime/job.js')).headers.get('content-type')).toContain('text/plain');
    expect((await get('/assets/a.js')).headers.get('content-type')).toContain('text/javascript');
  });

  test.each(['/../package.json', '/..%2f..%2fpackage.json', '/%2e%2e/%2e%2e/etc/passwd', '/labs\\..\\..\\x', '/.env'])(
    'nothing outside of the site is read: %s',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('<title>Labs</title>');
    },
  );

  test('a path that cannot be decoded is refused', async () => {
    expect((await get('/%E0%A4%A')).status).toBe(400);
  });
});

describe('views of the cloud', () => {
  test('say that a lab does not stand, and what makes it stand', async () => {
    for (const path of ['cloud', 'views/objects', 'raw?key=a']) {
      const answer = await get(`/api/labs/data-prep/${path}`, COOKIE);
      expect(answer.status).toBe(409);
      expect(await answer.json()).toMatchObject({ next: expect.stringContaining('./lab up data-prep') });
    }
  });

  test('are those of a lab that stands; another is not found, and too long a question is refused', async () => {
    world.cloud.running = true;
    world.cloud.addStack();
    const seen = await (await get('/api/labs/data-prep/cloud', COOKIE)).json();
    expect(seen).toMatchObject({
      status: 'CREATE_COMPLETE',
      views: [{ id: 'inventory' }, { id: 'architecture' }, { id: 'objects' }],
    });
    for (const view of ['tables', 'toString', '../x'])
      expect((await get(`/api/labs/data-prep/views/${view}`, COOKIE)).status).toBe(404);
    const long = `/api/labs/data-prep/views/objects?prefix=${'x'.repeat(6000)}`;
    expect((await get(long, COOKIE)).status).toBe(400);
  });

  test('let nothing be done by what has no token, and nothing that is no question', async () => {
    expect((await post('/api/labs/data-prep/views/query', { sql: 'SELECT 1' }, {})).status).toBe(401);
    world.cloud.running = true;
    world.cloud.addStack();
    expect((await post('/api/labs/data-prep/views/objects', { sql: 'SELECT 1' })).status).toBe(400);
    expect((await post('/api/labs/data-prep/views/objects', 'text')).status).toBe(400);
  });
});

describe('a file that is uploaded', () => {
  const path = '/api/labs/data-prep/raw?key=a.csv';
  const put = async (size: number, headers: Headers = COOKIE): Promise<Response> =>
    app.request(path, {
      method: 'PUT',
      body: new Uint8Array(size),
      headers: { host: HOST, 'content-length': String(size), ...headers },
    });

  test('needs the token, a page of ours, a key, and a size that is no more than a page sends', async () => {
    world.cloud.running = true;
    world.cloud.addStack();
    expect((await put(1, {})).status).toBe(401);
    expect((await put(1, { ...COOKIE, origin: 'https://evil.example' })).status).toBe(403);
    const large = await put(31e6);
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ error: expect.stringContaining('aws s3 cp') });
    const nameless = await app.request('/api/labs/data-prep/raw', {
      method: 'PUT',
      headers: { host: HOST, ...COOKIE },
    });
    expect(nameless.status).toBe(400);
  });
});

describe('who is answered', () => {
  test.each(['evil.example', '127.0.0.1', '127.0.0.1:4001', 'localhost.evil.example:4000', ''])(
    'not who takes this machine for %j',
    async (host) => {
      expect((await get('/', { host })).status).toBe(403);
      expect((await get('/api/status', { host, ...COOKIE })).status).toBe(403);
    },
  );

  test.each(['https://evil.example', 'http://127.0.0.1:4001', 'null'])('no page of %s', async (origin) => {
    const answer = await post('/api/labs/data-prep/jobs', { verb: 'down' }, { ...COOKIE, origin });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(jobs.of('data-prep')).toBeUndefined();
  });

  test.each(['cross-site', 'same-site', 'none'])('no request of the API that comes %s', async (from) => {
    expect((await get('/api/status', { ...COOKIE, 'sec-fetch-site': from })).status).toBe(403);
  });

  test.each([{}, { cookie: 'mla-labs-4000=guessed' }, { cookie: `mla-labs-4001=${TOKEN}` }])(
    'nobody without the token: %j',
    async (headers) => {
      for (const path of ['/api/status', '/api/labs/data-prep', '/api/jobs/1/events', '/api/nothing'])
        expect((await get(path, headers as Headers)).status).toBe(401);
      const answer = await post('/api/labs/data-prep/jobs', { verb: 'down' }, headers as Headers);
      expect(answer.status).toBe(401);
      expect(await answer.text()).toContain('./lab open');
    },
  );

  test('who follows the link gets a cookie for the API alone, and an address without the token', async () => {
    const answer = await get(`/labs/data-prep/?token=${TOKEN}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/labs/data-prep/');
    expect(answer.headers.get('set-cookie')).toBe(`mla-labs-4000=${TOKEN}; Path=/api; HttpOnly; SameSite=Strict`);
  });

  test('a link with another token gets none, and a link leads to no other site', async () => {
    const answer = await get('/?token=of-another-run');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect((await get(`http://${HOST}//evil.example/?token=${TOKEN}`)).headers.get('location')).toBe('/evil.example/');
  });
});

describe('commands', () => {
  test.each<[Command, string]>([
    [{ verb: 'up' }, 'up data-prep'],
    [{ verb: 'up', modes: { compute: 'training' } }, 'up data-prep --compute training'],
    [{ verb: 'extend', hours: 4 }, 'extend data-prep --hours 4'],
    [{ verb: 'down' }, 'down data-prep'],
    [{ verb: 'check' }, 'check data-prep'],
    [{ verb: 'check', step: 'load' }, 'check data-prep load'],
    [{ verb: 'step', step: 'load' }, 'step data-prep load'],
    [{ verb: 'explain', step: 'load' }, 'step data-prep load --explain'],
    [{ verb: 'hint', step: 'load' }, 'hint data-prep load'],
    [{ verb: 'reset', step: 'load' }, 'reset data-prep load'],
    [{ verb: 'grade', challenge: 'keep-one' }, 'grade data-prep keep-one'],
    [{ verb: 'answer', challenge: 'keep-one' }, 'challenge data-prep keep-one --solution'],
    [{ verb: 'break' }, 'break data-prep'],
    [{ verb: 'break-hint' }, 'break data-prep --hint'],
    [{ verb: 'mend' }, 'mend data-prep'],
  ])('%j is ./lab %s', (command, line) => {
    const mode = { name: 'compute', values: ['training'], default: 'training', summary: '' };
    const lab = { ...world.lab, modes: [mode] };
    expect(argvOf(lab, readCommand(lab, world.challenges, command)!).join(' ')).toBe(line);
  });

  test.each([
    undefined,
    'down',
    { verb: 'rehearse' },
    { verb: 'step' },
    { verb: 'step', step: '--yes' },
    { verb: 'check', step: '../../etc' },
    { verb: 'extend', hours: '4 --yes' },
    { verb: 'up', modes: { learner: 'ana' } },
    { verb: 'grade' },
    { verb: 'grade', challenge: '--yes' },
    { verb: 'answer', challenge: 'load' },
  ])('%j is none, and nothing is done', async (sent) => {
    expect((await post('/api/labs/data-prep/jobs', sent)).status).toBe(400);
    expect((await post('/api/labs/nowhere/jobs', { verb: 'check' })).status).toBe(404);
    expect(world.cloud.log).toEqual([]);
  });

  test('up asks on the page what it asks in a terminal, with the same text before it; meanwhile the lab takes no other', async () => {
    const { status, id } = await start({ verb: 'up' });
    expect(status).toBe(202);
    const { ask, question, confirm } = await questionOf(id);
    expect([question, confirm]).toEqual(['Deploy it?', true]);
    const text = jobs.find(id)!.text;
    expect(text).toContain('Target: local, this machine; account 000000000000, Region us-east-1, learner me');
    expect(text).toContain('It makes the stack MlaLabs-DataPrep with 4 resources');
    const second = await start({ verb: 'check' });
    expect([second.status, second.error]).toEqual([409, expect.stringContaining('Another command of data-prep')]);
    expect((await labView()).job).toEqual({ id, command: { verb: 'up', modes: {} } });

    expect((await post(`/api/jobs/${id}/answer`, { ask, answer: 'yes' })).status).toBe(204);
    expect((await eventsOf(id)).at(-1)).toMatchObject({ type: 'end', exit: 0 });
    expect(world.cloud.stacks).toHaveLength(1);
    expect((await post(`/api/jobs/${id}/answer`, { ask, answer: 'yes' })).status).toBe(409);
    expect((await start({ verb: 'check' })).status).toBe(202);
  });

  test.each(['no', 'y', '', undefined])('the answer %j is no yes: nothing is deployed', async (answer) => {
    const { id } = await start({ verb: 'up' });
    const { ask } = await questionOf(id);
    await post(`/api/jobs/${id}/answer`, { ask, answer });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ type: 'end', exit: 3 });
    expect(world.cloud.stacks).toEqual([]);
  });

  test('a step asks for the prediction, acts, is checked, and its verdict stays', async () => {
    world.cloud.addStack();
    expect((await labView()).steps[0]).toEqual({
      id: 'load',
      title: 'Load the data',
      hints: 2,
      solved: false,
    });
    await jobs.find((await start({ verb: 'check', step: 'load' })).id)!.ended;
    expect((await labView()).steps[0]!.judged).toMatchObject({ state: 'not done', saw: 'No object.' });

    const { id } = await start({ verb: 'step', step: 'load' });
    const { ask, confirm } = await questionOf(id);
    expect(confirm).toBe(false);
    await post(`/api/jobs/${id}/answer`, { ask, answer: 'one' });
    const events = await eventsOf(id);
    expect(events).toContainEqual(expect.objectContaining({ type: 'progress', stage: 'Load the data' }));
    expect(jobs.find(id)!.text).toMatch(/Predict: How many objects[^]*✓ load: One object\.[^]*You predicted: one/);
    const [step] = (await labView()).steps;
    expect(step!.judged).toMatchObject({ state: 'done', saw: 'One object.' });
    expect(step).toMatchObject({ kept: { state: 'done' }, prediction: 'one', solved: true });
  });

  test('what a command line checked meanwhile is kept beside the step', async () => {
    world.cloud.addStack();
    await world.run('check data-prep load --target local');
    const [step] = (await labView()).steps;
    expect(step).toMatchObject({ kept: { state: 'not done' }, solved: false });
    expect(step!.judged).toBeUndefined();
  });

  test('a browser that comes back gets what it has not seen', async () => {
    world.cloud.addStack();
    const { id } = await start({ verb: 'check' });
    const all = await eventsOf(id);
    expect(all.length).toBeGreaterThan(3);
    expect(await eventsOf(id, { 'last-event-id': '1' })).toEqual(all.slice(2));
  });

  test('what fails says so as the command line does', async () => {
    const { id } = await start({ verb: 'check' });
    const events = await eventsOf(id);
    expect(events.at(-1)).toMatchObject({ type: 'end', exit: 2 });
    expect(jobs.find(id)!.text).toContain('✗ The lab data-prep is not deployed');
    expect(events.find(({ type }) => type === 'document')).toMatchObject({ document: { error: { exit: 2 } } });
  });

  test('a target that cannot be closed ends the command, and not the pages', async () => {
    world.cloud.addStack();
    const { openTarget } = world.deps;
    const close = async (): Promise<void> => Promise.reject(new Error('the socket is stuck'));
    Object.assign(world.deps, {
      openTarget: async () => ({ ...(await openTarget('local', { progress() {} })), close }),
    });
    const { id } = await start({ verb: 'check' });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ type: 'end', exit: 4 });
    expect(jobs.find(id)!.text).toContain('✗ Error: the socket is stuck');
    expect((await start({ verb: 'hint', step: 'load' })).status).toBe(202);
  });

  test('hostile names keep their letters, lose what drives a terminal, and are never HTML to the server', async () => {
    world.cloud.addStack();
    const saw = '<img src=x onerror=alert(1)>\u001b[2J\u202e "key"';
    Object.assign(world.lab.steps[0]!, { check: async () => ({ done: false, saw, next: './lab' }) });
    const { id } = await start({ verb: 'check', step: 'load' });
    expect((await eventsOf(id)).find(({ type }) => type === 'text')).toMatchObject({
      text: '✗ load: <img src=x onerror=alert(1)>[2J "key"',
    });
    const view = await get('/api/labs/data-prep', COOKIE);
    expect(view.headers.get('content-type')).toContain('application/json');
    expect(((await view.json()) as LabView).steps[0]!.judged!.saw).toBe(saw);
  });

  test('the status is what ./lab status says', async () => {
    world.cloud.addStack();
    const status = (await (await get('/api/status', COOKIE)).json()) as StatusView;
    const document = (await world.run('status --target local --json')).json() as StatusView;
    const { lab, learner, status: stack, leaseEnds } = document.labs[0]!;
    expect(status).toMatchObject({ exit: 0, account: document.account, region: document.region });
    expect(status.labs).toEqual([{ lab, learner, status: stack, leaseEnds, cost: 'nothing, on this machine' }]);
    expect(status.text).toContain('data-prep of me: nothing is billed on this machine');
    const aws = await new Jobs(world.deps, { ...OPTIONS, target: 'aws' }).status();
    expect(aws.labs[0]!.cost).toBe('$0.020 so far, $0.010 an hour now (list prices)');
  });
});

test('a question that no page shows any more is answered with nothing, after a while', async () => {
  const job = new Job('data-prep', { verb: 'up' }, ['up', 'data-prep', '--target', 'local'], world.deps, 50);
  const closed = new AbortController();
  for await (const [, event] of job.follow(0, closed.signal)) if (event.type === 'ask') break;
  expect(await job.ended).toBe(3);
  expect(job.text).toContain('Not confirmed');
});

describe('a challenge', () => {
  test('says what is asked, and nothing of an answer', async () => {
    const document = (await world.run('challenge data-prep keep-one --json')).json() as object;
    // The command line prints no answer with it: that is the verb's own test.
    expect((await labView()).challenges).toEqual([document]);
  });

  test('is graded by what stands, and what was reached stays', async () => {
    world.cloud.addStack();
    world.cloud.things.add('one');
    const job = jobs.find((await start({ verb: 'grade', challenge: 'keep-one' })).id)!;
    expect(await job.ended).toBe(0);
    expect(job.document).toMatchObject({ points: 5, of: 5, criteria: [{ id: 'there' }, { id: 'few' }] });
    expect((await labView()).challenges[0]!.reached.local).toMatchObject({ best: 5, of: 5 });
  });

  test('shows an answer to who insists alone, while points are missing', async () => {
    const { id } = await start({ verb: 'answer', challenge: 'keep-one' });
    const { ask, question } = await questionOf(id);
    expect(question).toContain('not solved yet. See a solution now?');
    await post(`/api/jobs/${id}/answer`, { ask });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ type: 'end', exit: 3 });
    expect(jobs.find(id)!.text).toContain('stays hidden');
  });
});

describe('a game day', () => {
  const gameDay = async (): Promise<unknown> => (await get('/api/labs/data-prep/game-day', COOKIE)).json();
  beforeEach(() => {
    world.cloud.running = true;
    world.cloud.addStack();
    world.cloud.things.add('raw/one').add('answer/42');
  });

  test('tells its symptom and nothing of its fault, hints one at a time, and what it was once it is given up', async () => {
    expect(await gameDay()).toBeNull();
    await jobs.find((await start({ verb: 'break' })).id)!.ended;
    expect(await gameDay()).toEqual({
      symptom: expect.stringMatching(/^The pager/),
      since: expect.any(String),
      hints: 0,
    });
    await jobs.find((await start({ verb: 'break-hint' })).id)!.ended;
    expect(await gameDay()).toMatchObject({ hints: 1 });
    expect(JSON.stringify([await gameDay(), await labView()])).not.toMatch(/taken away|"late"|"slow"|seed/);
    const mend = jobs.find((await start({ verb: 'mend' })).id)!;
    expect(await mend.ended).toBe(0);
    expect(mend.text).toContain('Given up after');
    expect(await gameDay()).toBeNull();
  });

  test('is over once a check of all steps sees it mended, and progress counts it', async () => {
    await jobs.find((await start({ verb: 'break' })).id)!.ended;
    for (const thing of world.cloud.things) if (thing.startsWith('bad/')) world.cloud.things.delete(thing);
    const check = jobs.find((await start({ verb: 'check' })).id)!;
    await check.ended;
    expect(check.document).toMatchObject({ gameDay: { state: 'done', over: { title: expect.any(String) } } });
    const progress = (await (await get('/api/progress', COOKIE)).json()) as ProgressView;
    expect(progress.labs[0]!.gameDays.local).toMatchObject([{ mended: true }]);
    expect(progress).toEqual((await world.run('progress --json')).json());
  });
});

test('of a lab that does not stand no game day is told', async () => {
  expect((await get('/api/labs/data-prep/game-day', COOKIE)).status).toBe(409);
});

describe('an exercise', () => {
  const PATH = '/api/labs/data-prep/steps/ask';
  const put = async (body: unknown): Promise<Response> =>
    app.request(`${PATH}/exercise`, { method: 'PUT', body: JSON.stringify(body), headers: { host: HOST, ...COOKIE } });
  const read = async (): Promise<ExerciseView> =>
    (await (await get(`${PATH}/exercise`, COOKIE)).json()) as ExerciseView;

  test('is the template until it is saved, and then the very file in work/', async () => {
    expect(await read()).toEqual({
      file: 'work/data-prep/answer.sql',
      ask: world.lab.steps[1]!.exercise!.ask,
      text: '-- write here\n',
      template: true,
    });
    expect(existsSync(world.work('answer.sql'))).toBe(false);
    const saved = (await (await put({ text: '42 </script>\n' })).json()) as ExerciseView;
    expect(saved).toMatchObject({ text: '42 </script>\n', template: false });
    expect(readFileSync(world.work('answer.sql'), 'utf8')).toBe('42 </script>\n');
    expect(await read()).toEqual(saved);
    expect((await labView()).steps.map(({ exercise }) => exercise)).toEqual([undefined, 'answer.sql']);
  });

  test('that was changed elsewhere meanwhile is not written over', async () => {
    await put({ text: 'mine' });
    const { version } = await read();
    writeFileSync(world.work('answer.sql'), 'from an editor');
    for (const stale of [version, undefined, 'x']) {
      const answer = await put({ text: 'mine again', version: stale });
      expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('changed elsewhere')]);
    }
    expect(readFileSync(world.work('answer.sql'), 'utf8')).toBe('from an editor');
    expect((await put({ text: 'mine again', version: (await read()).version })).status).toBe(200);
  });

  test('whose place holds a link is neither read nor written', async () => {
    writeFileSync(join(world.root, 'secret'), 'secret');
    mkdirSync(join(world.root, 'work/data-prep'), { recursive: true });
    symlinkSync(join(world.root, 'secret'), world.work('answer.sql'));
    expect((await get(`${PATH}/exercise`, COOKIE)).status).toBe(409);
    expect((await put({ text: 'x' })).status).toBe(409);
    expect(readFileSync(join(world.root, 'secret'), 'utf8')).toBe('secret');
  });

  test('shows its solution when the check said done, and not before', async () => {
    const solution = (): Promise<Response> => get(`${PATH}/solution`, COOKIE);
    expect((await solution()).status).toBe(403);
    await world.run('up data-prep --target local --yes');
    await put({ text: '42' });
    const { id } = await start({ verb: 'step', step: 'ask' });
    const { ask } = await questionOf(id);
    await post(`/api/jobs/${id}/answer`, { ask });
    await jobs.find(id)!.ended;
    expect(await (await solution()).json()).toEqual({
      text: readFileSync(join(world.lab.folder, world.lab.steps[1]!.exercise!.solution), 'utf8'),
      teaches: world.lab.steps[1]!.exercise!.teaches,
      alternative: world.lab.steps[1]!.exercise!.alternative,
    });
  });

  test.each(['load/exercise', '..%2F..%2Fsecret/exercise', 'ask/..%2Fexercise', 'nothing/solution'])(
    'there is none at %s',
    async (path) => {
      expect((await get(`/api/labs/data-prep/steps/${path}`, COOKIE)).status).toBe(404);
    },
  );

  test.each([{ text: 5 }, { text: 'x'.repeat(100_001) }, { text: 'x', version: 7 }, [], 'text'])(
    'is not saved from %j',
    async (body) => {
      expect((await put(body)).status).toBe(400);
      expect(existsSync(world.work('answer.sql'))).toBe(false);
    },
  );

  test('needs the token', async () => {
    expect((await get(`${PATH}/exercise`)).status).toBe(401);
  });
});

test('served on a port of 127.0.0.1; at the end what runs is interrupted, and said', async () => {
  const served = await serve({ deps: world.deps, options: OPTIONS, progress: () => undefined, site: async () => site });
  const link = new URL(served.link('labs/data-prep/'));
  expect(link.hostname).toBe('127.0.0.1');
  const entered = await fetch(link, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  const asked = await fetch(new URL('/api/labs/data-prep/jobs', link), {
    method: 'POST',
    body: JSON.stringify({ verb: 'up' }),
    headers: { cookie },
  });
  const { id } = (await asked.json()) as { id: string };
  const stream = await fetch(new URL(`/api/jobs/${id}/events`, link), { headers: { cookie } });
  const reader = stream.body!.getReader();
  let seen = '';
  while (!seen.includes('"ask"')) seen += Buffer.from((await reader.read()).value!).toString();
  expect((await served.close()).join()).toMatch(/Nothing was deployed\.[^]*Next: \.\/lab up data-prep --target local/);
  await served.closed;
  await expect(fetch(link)).rejects.toThrow();
});
