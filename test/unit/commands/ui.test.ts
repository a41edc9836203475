import { PassThrough } from 'node:stream';

import { closestMatch } from '../../../lib/commands/closest-match';
import { parsePs, treeRssMiB } from '../../../lib/commands/memory';
import { renderMarkdown, section } from '../../../lib/commands/ui/markdown';
import { table } from '../../../lib/commands/ui/table';
import { type Streams, Ui } from '../../../lib/commands/ui/terminal';
import { quoted } from '../../../lib/course/shell';
import { duration, nextLine, plain, printable, widthOf, wrap } from '../../../lib/commands/ui/text';
import { usd } from '../../../lib/cost/estimate';

const paint = { bold: (t: string) => t, dim: (t: string) => t, cyan: (t: string) => t, underline: (t: string) => t };
const widest = (text: string): number => Math.max(...text.split('\n').map(widthOf));

describe('text', () => {
  test('is wrapped at spaces, with its indent', () => {
    expect(wrap('one two three four', 12, { first: '- ' })).toBe('- one two\n  three four');
  });

  test('a word that is too long stays whole, so that it can be copied', () => {
    const arn = 'arn:aws:iam::000000000000:role/very-long-name';
    expect(wrap(`see ${arn} now`, 20)).toBe(`see\n${arn}\nnow`);
  });

  test.each([
    [
      'delete it: aws cloudformation delete-stack --stack-name a && aws cloudformation wait stack-delete-complete --stack-name a; then release it',
      'aws cloudformation delete-stack --stack-name a && aws cloudformation wait stack-delete-complete --stack-name a;',
    ],
    ['look at it again: ./lab check data-prep --target local, then go on', './lab check data-prep --target local,'],
    [
      `close it: aws s3api put-bucket-policy --bucket b --policy '{"Effect": "Deny", "Action": "*"}' and look`,
      `aws s3api put-bucket-policy --bucket b --policy '{"Effect": "Deny", "Action": "*"}'`,
    ],
  ])('%s: its command stays whole', (text, command) => {
    expect(wrap(text, 20).split('\n')).toContain(command);
    const coloured = text.replace(command, `\u001b[36m${command}\u001b[39m`);
    expect(plain(wrap(coloured, 20)).split('\n')).toContain(command);
  });

  test.each([
    'with --target aws the same steps go through',
    "it is aws s3 cp 'a b that nobody closes",
    'of aws accounts there are many kinds, some of them old',
  ])('%s: no command, so it is wrapped as prose', (text) => {
    expect(widest(wrap(text, 20))).toBeLessThanOrEqual(20);
  });

  test('colours take no room', () => {
    expect(widthOf('\u001b[1mbold\u001b[22m')).toBe(4);
  });

  test('no name from a cloud can drive the terminal', () => {
    expect(printable('a\u001b]0;title\u0007b\u001b[2Jc\u202ed\re')).toBe('a]0;titleb[2Jcde');
    expect(printable('\u001b[31mred\u001b[39m\n\tx')).toBe('\u001b[31mred\u001b[39m\n\tx');
  });

  test.each([
    [0.04, '0 s'],
    [1.25, '1.3 s'],
    [59.6, '1 min 0 s'],
    [75, '1 min 15 s'],
    [7260, '2 h 1 min'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  test.each([
    [0, '$0'],
    [0.00001, 'under $0.0001'],
    [0.00134, '$0.0013'],
    [0.05, '$0.050'],
    [1.239, '$1.24'],
  ])('%d dollars are %s', (amount, text) => expect(usd(amount)).toBe(text));
});

describe('what comes next', () => {
  test.each([
    ['./lab step training register', 'Next: ./lab step training register'],
    ['Send some: ./lab step monitoring traffic', 'Next, send some: ./lab step monitoring traffic'],
    ['Split: ./lab step data-prep split', 'Next, split: ./lab step data-prep split'],
    ['Wait, then: ./lab check training tune', 'Next, wait, then: ./lab check training tune'],
    ['Write work/training/space.json, then: ./lab', 'Next, write work/training/space.json, then: ./lab'],
    ['Mend it and run it again. A hint: ./lab', 'Next: Mend it and run it again. A hint: ./lab'],
    ['Look at s3://data/decisions/x.json; then ./lab', 'Next: Look at s3://data/decisions/x.json; then ./lab'],
    ['Metrics take a minute. Then: ./lab', 'Next: Metrics take a minute. Then: ./lab'],
    ['Set the clock, then ./lab up training', 'Next: Set the clock, then ./lab up training'],
  ])('%j has one label', (next, line) => {
    expect(nextLine(next)).toBe(line);
  });
});

describe('tables', () => {
  const columns = [{ title: 'Lab' }, { title: 'Cost', align: 'right' as const }, { title: 'What' }];
  const rows = [
    ['data-prep', '$0.50', 'Prepare the data with Glue'],
    ['training', '$12.00', 'Train a model'],
  ];

  test('stand in columns where there is room', () => {
    expect(table(columns, rows, 80)).toBe(
      'Lab          Cost  What\ndata-prep   $0.50  Prepare the data with Glue\ntraining   $12.00  Train a model',
    );
  });

  test('wrap their last column where it gets narrow', () => {
    const text = table(columns, rows, 46);
    expect(text).toContain('data-prep   $0.50  Prepare the data with Glue');
    expect(table(columns, [['a', '$1', 'one two three four five six seven eight nine']], 36)).toContain(
      'a      $1  one two three four five',
    );
    expect(widest(text)).toBeLessThanOrEqual(46);
  });

  test('become lists on a narrow terminal', () => {
    const text = table(columns, rows, 30);
    expect(text).toContain('data-prep\n  Cost: $0.50\n  What: Prepare the data');
    expect(widest(text)).toBeLessThanOrEqual(30);
  });
});

describe('guides', () => {
  const source = [
    '# Lab',
    '',
    'A paragraph that is',
    'written over *two* lines with [a link](https://example.com) and `code`.',
    '',
    '- first item that is long enough to wrap around',
    '- second',
    '',
    '1. one',
    '',
    '| a | b |',
    '|---|--:|',
    '| 1 | `x \\| y` |',
    '',
    '> note',
    '',
    '```sh',
    '# not a heading, and a line that is far wider than the terminal has columns',
    '```',
    '',
    '```mermaid',
    'graph TD',
    '```',
    '<!-- hidden -->',
  ].join('\n');
  const text = renderMarkdown(source, 40, paint);

  test('paragraphs, lists, tables, quotes', () => {
    expect(text).toContain('A paragraph that is written over two\nlines with a link (https://example.com)\nand code.');
    expect(text).toContain('• first item that is long enough to wrap\n  around\n• second');
    expect(text).toContain('1. one');
    expect(text).toContain('a  b\n1  x | y');
    expect(text).toContain('│ note');
    expect(text).not.toContain('hidden');
    expect(text).not.toContain('graph TD');
  });

  test('bold and emphasis go around code, and code is no markup', () => {
    const marked = {
      bold: (t: string) => `<b>${t}</b>`,
      dim: (t: string) => t,
      cyan: (t: string) => `<c>${t}</c>`,
      underline: (t: string) => `<u>${t}</u>`,
    };
    expect(renderMarkdown('*`a_b=c_d` is one.* **`x` and y** snake_case_name 2 * 3 * 4', 99, marked)).toBe(
      '<u><c>a_b=c_d</c> is one.</u> <b><c>x</c> and y</b> snake_case_name 2 * 3 * 4',
    );
  });

  test('commands are never broken', () => {
    expect(text).toContain('    # not a heading, and a line that is far wider than the terminal has columns');
  });

  test('a section ends at the next heading of its level, not at a comment in code', () => {
    const guide = '## One\n```sh\n# comment\n## more\n```\ntext\n### Sub\nbelow\n## Two\nno';
    expect(section(guide, (heading) => heading === 'One')).toBe(
      '## One\n```sh\n# comment\n## more\n```\ntext\n### Sub\nbelow',
    );
    expect(section(guide, (heading) => heading === 'Three')).toBeUndefined();
  });
});

test('a question that nobody answers ends with its signal', async () => {
  const tty = (): PassThrough & { isTTY: boolean } => Object.assign(new PassThrough(), { isTTY: true });
  const ui = new Ui({ stdout: tty(), stderr: tty(), stdin: tty(), env: {}, now: () => 0 });
  const over = new AbortController();
  const answer = ui.ask('Which?', over.signal);
  over.abort();
  expect(await answer).toBeUndefined();
  const late = new AbortController();
  late.abort();
  expect(await ui.ask('Which?', late.signal)).toBeUndefined();
});

test('one clock ends many questions, and none of them goes on listening to it', async () => {
  const tty = (): PassThrough & { isTTY: boolean } => Object.assign(new PassThrough(), { isTTY: true });
  const [stdin, stderr] = [tty(), tty()];
  const ui = new Ui({ stdout: tty(), stderr, stdin, env: {}, now: () => 0 } as never);
  const { signal } = new AbortController();
  const added = jest.spyOn(signal, 'addEventListener');
  const removed = jest.spyOn(signal, 'removeEventListener');
  stderr.on('data', (text: Buffer) => /name\? $/.test(String(text)) && stdin.write('ana\n'));
  for (let question = 0; question < 3; question += 1) expect(await ui.ask('Your name?', signal)).toBe('ana');
  expect(added).toHaveBeenCalledTimes(3);
  expect(removed.mock.calls).toEqual(added.mock.calls);
});

describe('progress', () => {
  function recording(tty: boolean): { streams: Streams; said(): string; pass(ms: number): void } {
    let text = '';
    let now = 0;
    const stream = { write: (more: string) => (text += more), isTTY: tty, columns: 30 };
    return {
      streams: { stdout: stream, stderr: stream, stdin: new PassThrough(), env: {}, now: () => now },
      said: () => text,
      pass: (ms) => (now += ms),
    };
  }

  test('is one line that is rewritten on a terminal, and never wider than it', () => {
    const { streams, said, pass } = recording(true);
    const ui = new Ui(streams);
    ui.progress('Deploying', '1/9');
    pass(61_000);
    ui.progress('Deploying', '2/9 a resource with a very long name');
    ui.settle();
    const lines = said()
      .split('\r')
      .map((line) => line.replace('\u001b[K', ''));
    expect(said()).not.toContain('\n');
    expect(lines.some((line) => line.includes('Deploying 1 min 1 s · 2/9'))).toBe(true);
    expect(Math.max(...lines.map(widthOf))).toBeLessThan(30);
  });

  test('what a step tells on its way stays on the terminal, whole', () => {
    const { streams, said, pass } = recording(true);
    const ui = new Ui(streams);
    ui.keepProgress = true;
    ui.progress('your query: month 2013-07, late share 0.2959');
    pass(2000);
    ui.progress('Checking');
    ui.settle();
    const kept = said()
      .replace(/[^\n]*\r/g, '')
      .replaceAll('\u001b[K', '');
    expect(plain(kept)).toBe('your query: month 2013-07,\nlate share 0.2959 2 s\n');
  });

  test('elsewhere is one line a stage, and its detail every ten seconds', () => {
    const { streams, said, pass } = recording(false);
    const ui = new Ui(streams);
    ui.progress('Deploying');
    for (let i = 1; i <= 25; i += 1) {
      pass(1000);
      ui.progress('Deploying', `${i}/99`);
    }
    ui.progress('Checking');
    ui.settle();
    expect(said()).toBe('Deploying\nDeploying 10 s · 10/99\nDeploying 20 s · 20/99\nChecking\n');
  });

  test.each([
    [{ NO_COLOR: '1' }, true, false],
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
  ])('colours with %j on a terminal %s: %s', (env, isTTY, coloured) => {
    const { streams } = recording(false);
    const ui = new Ui({ ...streams, stdout: { write: () => true, isTTY }, env });
    expect(ui.colours.bold('x') !== 'x').toBe(coloured);
  });
});

describe('small things', () => {
  test('the nearest names come first', () => {
    expect(closestMatch('splti', ['ingest', 'splits', 'split', 'step'])).toEqual(['split', 'splits']);
    expect(closestMatch('trans', ['transform', 'crawl'])).toEqual(['transform']);
    expect(closestMatch('zzz', ['split'])).toEqual([]);
  });

  test('values are quoted for a shell', () => {
    expect(quoted('a b;$(c)`d`')).toBe("'a b;$(c)`d`'");
    expect(quoted('')).toBe("''");
  });

  test('the memory of a process tree counts each process once', () => {
    const lines = parsePs('  1     0  100\n  2     1 2048\n  3     2 1024\n  9     1 4096\n garbage\n');
    expect(treeRssMiB(lines, [2])).toBe(3);
    expect(treeRssMiB(lines, [2, 3])).toBe(3);
    expect(treeRssMiB(lines, [2, 9])).toBe(7);
  });
});
