/**
 * Draws the pictures of docs/architecture.md: the rooms with their doors, as eslint.config.mjs has them, and the way of a
 * command. `npx tsx scripts/docs/pictures.ts` writes them; a unit test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { wrap } from '../../lib/commands/ui/text';

const ROOT = resolve(__dirname, '..', '..');

export interface Rooms {
  /** Folder patterns by the names of the rooms. */
  readonly folders: Readonly<Record<string, string>>;
  /** Which rooms each room may import. */
  readonly doors: Readonly<Record<string, readonly string[]>>;
}

/** The rooms that ESLint enforces. */
export function roomsOf(config = readFileSync(join(ROOT, 'eslint.config.mjs'), 'utf8')): Rooms {
  const literal = (name: string, close: string): unknown => {
    const found = new RegExp(`const ${name} = ([^]*?\\n${close});`).exec(config);
    if (found === null) throw new Error(`eslint.config.mjs has no ${name}.`);
    return runInNewContext(`(${found[1]})`);
  };
  const rooms = literal('rooms', '\\]') as [string, string][];
  return {
    folders: Object.fromEntries(rooms.map(([name, pattern]) => [name, pattern.replace(/\*\*$/, '')])),
    doors: literal('doors', '\\}') as Rooms['doors'],
  };
}

/** What each room is for, storey by storey: imports run down, but for the door from `course` to the labs. */
const STOREYS: readonly { readonly title: string; readonly rooms: Readonly<Record<string, string>> }[] = [
  {
    title: 'Ways in',
    rooms: {
      bin: 'the CDK app and the CLI: entry points',
      commands: 'the CLI, one file per command; messages, receipts',
      scripts: 'builders of data, facts, pictures; the bench',
      workbench: 'the labs in a browser: the site, and what serves it',
    },
  },
  {
    title: 'The labs',
    rooms: {
      lab: 'guide, stack, steps and checks, programs that run in AWS',
      infra: 'constructs that labs share: LabStack, bucket, lease, endpoint',
    },
  },
  {
    title: 'What commands do',
    rooms: {
      teardown: 'what is ours, and its removal: down, lease, stack deletion',
      doctor: 'checks before up: machine, account, Region, quotas',
      field: 'recordings of runs in an account: redacted, compared',
      cost: 'what a lab costs: by its own lines, and by what exists of it',
    },
  },
  {
    title: 'The ground',
    rooms: {
      course: 'what a lab, a step, a check and a run are; the registry',
      target: 'where a lab runs: clients, clock, deployments',
      aws: 'calls that labs and teardown share: S3, Athena, Glue …',
      facts: 'prices, quotas, images, Regions: dated, with sources',
      flights: 'the model of the flights: training, serving, features',
      data: 'the flights of 2013 and the plan of their use',
    },
  },
  {
    title: 'The local cloud: processes of their own, reached through the clients of target only',
    rooms: {
      boot: 'installs, starts, finds and ends local clouds',
      services: 'AWS services that the emulator lacks, in TypeScript',
    },
  },
];

/** Rooms in Python, which ESLint does not know: nothing imports them. */
const PYTHON: Readonly<Record<string, string>> = {
  'local-cloud/plugin/': 'what the emulator lacks inside it: IAM, CloudFormation types, metrics',
  'local-cloud/engines/': 'what does the work: Spark, SQL, Data Quality, training, serving',
};

const STYLE = `<style>
.paper{fill:#fff}.card{fill:#f6f8fa;stroke:#8c959f}.python{stroke-dasharray:5 4}.cloud{fill:#ddf4ff;stroke:#54aeff}
text{font:13px -apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
.title{font-size:15px;font-weight:600}.name{font:600 14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.quiet{fill:#59636e}.arrow{stroke:#59636e;stroke-width:1.5;fill:none;marker-end:url(#head)}.head{fill:#59636e}
@media (prefers-color-scheme:dark){.paper{fill:#0d1117}.card{fill:#151b23;stroke:#656c76}.cloud{fill:#0c2d4d;stroke:#388bfd}
text{fill:#f0f6fc}.quiet{fill:#9198a1}.arrow{stroke:#9198a1}.head{fill:#9198a1}}
</style>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L10 5L0 10z"/></marker></defs>`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function text(x: number, y: number, content: string, style = '', anchor = 'start'): string {
  return `<text x="${x}" y="${y}" class="${style}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function box(x: number, y: number, width: number, height: number, style = 'card'): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" class="${style}"/>`;
}

function drawing(width: number, height: number, title: string, body: readonly string[]): string {
  const frame = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`;
  return `${[frame, `<title>${title}</title>`, STYLE, `<rect width="100%" height="100%" class="paper"/>`, ...body, '</svg>'].join('\n')}\n`;
}

const WIDTH = 960;
const MARGIN = 16;
const GAP = 12;

/** The picture of the rooms. */
export function roomsPicture({ folders, doors }: Rooms): string {
  const known = STOREYS.flatMap(({ rooms }) => Object.keys(rooms));
  const odd = [...Object.keys(folders), ...known].filter((name) => !(name in folders) || !known.includes(name));
  if (odd.length > 0) throw new Error(`STOREYS and eslint.config.mjs differ about ${odd.join(', ')}.`);
  const body: string[] = [];
  let y = MARGIN;
  const row = (cards: readonly { name: string; about: string; note: string; style: string }[]): void => {
    const width = (WIDTH - 2 * MARGIN - (cards.length - 1) * GAP) / cards.length;
    const letters = Math.floor((width - 24) / 6.6);
    const drawn = cards.map((card) => ({
      ...card,
      about: wrap(card.about, letters).split('\n'),
      note: wrap(card.note, letters).split('\n'),
    }));
    const height = 36 + 18 * Math.max(...drawn.map(({ about, note }) => about.length + note.length));
    drawn.forEach(({ name, about, note, style }, index) => {
      const x = MARGIN + index * (width + GAP);
      body.push(box(x, y, width, height, style), text(x + 12, y + 23, name, 'name'));
      [...about, ...note].forEach((line, at) => {
        body.push(text(x + 12, y + 43 + 18 * at, line, at < about.length ? '' : 'quiet'));
      });
    });
    y += height + GAP;
  };
  for (const { title, rooms } of STOREYS) {
    body.push(text(MARGIN, y + 16, title, 'title'));
    y += 28;
    const cards = Object.entries(rooms).map(([room, about]) => {
      const others = (doors[room] ?? []).filter((name) => name !== room);
      const note = `${room} → ${others.length === 0 ? 'no other room' : others.join(', ')}`;
      return { name: folders[room]!.replace('*/', '<lab>/'), about, note, style: 'card' };
    });
    for (let start = 0; start < cards.length; start += 3) row(cards.slice(start, start + 3));
    y += 6;
  }
  row(Object.entries(PYTHON).map(([name, about]) => ({ name, about, note: 'Python', style: 'card python' })));
  return drawing(WIDTH, y + 4, 'The rooms, and which rooms each may import (after the arrow)', body);
}

/** The picture of what happens when somebody types a command. */
export function flowPicture(): string {
  const body: string[] = [];
  const card = (x: number, y: number, width: number, name: string, about: readonly string[], style = 'card'): void => {
    body.push(box(x, y, width, 36 + 18 * about.length, style), text(x + 12, y + 23, name, 'name'));
    about.forEach((line, at) => body.push(text(x + 12, y + 43 + 18 * at, line)));
  };
  const arrow = (path: string): void => void body.push(`<path class="arrow" d="${path}"/>`);

  card(16, 16, 280, './lab step data-prep crawl', ['one verb: lib/commands/step.ts']);
  card(16, 110, 280, 'Target', ['lib/target: aws or local;', 'clients, clock, deployments']);
  card(340, 16, 280, 'Lab', ['labs/<lab>/lab.ts: steps, modes,', 'cost and kinds, as data']);
  card(664, 16, 280, 'the lease’s function', [
    'lib/infra/lambda, in the account;',
    'when a lease is over, or on deletion',
  ]);
  card(340, 146, 280, 'LabRun', ['lib/course/run.ts: lab, learner,', 'outputs of the stack, modes,', 'clients, clock']);
  arrow('M296 48 H336');
  arrow('M156 70 V106');
  arrow('M296 155 C318 155 318 190 336 190');
  arrow('M480 88 V142');
  arrow('M664 70 C642 80 650 170 624 180');

  card(16, 290, 280, 'step.act(run)', ['does the step, as the AWS CLI', 'commands of explain(run) would']);
  card(340, 290, 280, 'step.check(run) → Verdict', ['reads the cloud and computes for', 'itself: done, saw, next']);
  card(664, 290, 280, 'sweep(run, ownership)', [
    'lib/teardown: finds what is ours by',
    'its kinds, removes it in order',
  ]);
  arrow('M400 236 C380 260 220 250 160 286');
  arrow('M480 236 V286');
  arrow('M560 236 C580 260 740 250 800 286');

  body.push(box(16, 394, 928, 32));
  body.push(
    text(480, 415, 'signed requests of the AWS SDK; jobs and functions sign theirs as their own role', '', 'middle'),
  );
  for (const x of [156, 480, 804]) arrow(`M${x} 362 V390`);
  for (const x of [156, 642]) arrow(`M${x} 426 V454`);

  card(16, 458, 280, 'an AWS account', ['with --target aws'], 'cloud');
  card(
    340,
    458,
    604,
    'a local cloud, with --target local',
    ['the same templates, requests and permissions, on 127.0.0.1'],
    'cloud',
  );
  card(340, 550, 190, 'emulator', ['MiniStack with', 'local-cloud/plugin:', 'IAM decides first']);
  card(547, 550, 190, 'services', ['local-cloud/services:', 'what it lacks: Glue,', 'Athena, SageMaker …']);
  card(754, 550, 190, 'engines', ['local-cloud/engines:', 'Spark, DuckDB,', 'XGBoost, model servers']);
  arrow('M435 512 V546');
  arrow('M530 595 H543');
  arrow('M737 595 H750');
  arrow('M849 640 C849 670 435 670 435 644');
  body.push(text(642, 684, 'jobs read and write through the emulator again, as their role', 'quiet', 'middle'));
  return drawing(WIDTH, 700, 'What happens when somebody types a command', body);
}

export const PICTURES: Readonly<Record<string, () => string>> = {
  'docs/architecture/rooms.svg': () => roomsPicture(roomsOf()),
  'docs/architecture/flow.svg': flowPicture,
};

if (require.main === module) {
  for (const [file, draw] of Object.entries(PICTURES)) writeFileSync(join(ROOT, file), draw());
}
