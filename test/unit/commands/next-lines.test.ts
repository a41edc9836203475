/** What is proposed can be typed, and leads on: no two commands send a learner back and forth. */
import { readdirSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { VERBS } from '../../../lib/commands/verbs';
import { LABS } from '../../../lib/course/registry';
import type { Lab } from '../../../lib/course/model';
import { ownershipOf, FakeCloud, World } from './fakes';
import { nextIn, proposedIn } from './proposed';

const ROOT = resolve(__dirname, '../../..');

function filesBelow(folder: string, ends: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && ends.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/node_modules|cdk\.out/.test(file));
}

describe('every command that a text proposes can be typed', () => {
  let labs: Lab[];
  const challenges = new Set<string>();
  beforeAll(async () => {
    labs = await Promise.all(LABS.map((entry) => entry.lab()));
    for (const entry of LABS) for (const { id } of await entry.challenges()) challenges.add(`${entry.id} ${id}`);
  });

  const sources = (): string[] => [
    ...filesBelow('lib', /\.ts$/),
    ...filesBelow('labs', /\.(ts|md|py|sql|json)$/),
    ...filesBelow('local-cloud', /\.(ts|py)$/),
    ...filesBelow('docs', /\.md$/),
    join(ROOT, 'README.md'),
  ];

  test('in sources, guides and documents', () => {
    const proposed = sources().flatMap((file) =>
      proposedIn(readFileSync(file, 'utf8'), labs).map((one) => ({ file: relative(ROOT, file), ...one })),
    );
    expect(proposed.length).toBeGreaterThan(100);
    // `./lab up` alone is the verb's name, and `./lab takes none` a sentence.
    const prose = ({ words, verb }: (typeof proposed)[number]): boolean =>
      (words.length === 1 && verb in VERBS) || /^(takes|needs|itself|has|does|is|and|or)$/.test(verb);
    expect(
      proposed
        .filter((one) => !prose(one))
        .filter(({ fault }) => fault !== undefined)
        .map(({ file, words, fault }) => `${file}: ${words.join(' ')}: ${fault}`),
    ).toEqual([]);
  });

  test('where labs build theirs from a verb and a step', () => {
    const faults: string[] = [];
    let seen = 0;
    for (const lab of labs) {
      for (const file of filesBelow(relative(ROOT, lab.folder), /\.ts$/)) {
        for (const [, rest = ''] of readFileSync(file, 'utf8').matchAll(
          /labCommand\(\s*run,\s*((?:'[^']*'(?:,\s*)?)+)\)/g,
        )) {
          const [verb = '', ...words] = [...rest.matchAll(/'([^']*)'/g)].map(([, word]) => word!);
          seen += 1;
          const [{ fault } = { fault: 'nothing' }] = proposedIn(`./lab ${[verb, lab.id, ...words].join(' ')}`, labs);
          const exists =
            verb === 'challenge' || verb === 'grade'
              ? challenges.has(`${lab.id} ${words[0]}`)
              : lab.steps.some(({ id }) => id === words[0]);
          if (fault || (words[0] && verb !== 'extend' && !exists))
            faults.push(`${relative(ROOT, file)}: ${verb} ${words.join(' ')}`);
        }
      }
    }
    expect(seen).toBeGreaterThan(100);
    expect(faults).toEqual([]);
  });

  test.each([
    ['a verb that is none', './lab statos', 'no verb statos'],
    ['a lab that is none', './lab up trainin', 'no lab trainin'],
    ['a step of another lab', './lab step training ingest', 'has no step ingest'],
    ['an option that is none', './lab down training --force', 'no option --force'],
    ['a mode of another lab', './lab up training --build lambda', 'no option --build'],
    ['a value that the mode lacks', './lab up training --spot maybe', 'cannot be maybe'],
    ['a step that is missing', './lab step training', 'lacks <step>'],
    ['a step of another lab behind an option', './lab step training --until crawl', 'has no step crawl'],
  ])('%s would be found', (_what, text, fault) => {
    expect(proposedIn(`Next: ${text}`, labs)[0]?.fault).toContain(fault);
  });
});

/** What somebody sees change, or not. */
const stateOf = ({ cloud }: World, written: boolean): string =>
  JSON.stringify([
    cloud.running,
    cloud.stacks.map(({ StackName, StackStatus }) => [StackName, StackStatus]),
    [...cloud.things].sort(),
    cloud.record !== undefined,
    [...cloud.elsewhere].map(([region, there]) => [region, there instanceof FakeCloud && there.stacks.length]),
    written,
  ]);

const STACK_STATES = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'CREATE_IN_PROGRESS',
  'UPDATE_IN_PROGRESS',
  'ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'DELETE_IN_PROGRESS',
  'REVIEW_IN_PROGRESS',
  'ROLLBACK_COMPLETE',
  'CREATE_FAILED',
  'DELETE_FAILED',
  'ROLLBACK_FAILED',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_FAILED',
] as const;

/** What CloudFormation's work ends in. */
const ENDS: Readonly<Record<string, string | undefined>> = {
  CREATE_IN_PROGRESS: 'CREATE_COMPLETE',
  UPDATE_IN_PROGRESS: 'UPDATE_COMPLETE',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_COMPLETE',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_COMPLETE',
  UPDATE_ROLLBACK_IN_PROGRESS: 'UPDATE_ROLLBACK_COMPLETE',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_ROLLBACK_COMPLETE',
};

const STARTS = [
  'list',
  'status',
  'check data-prep',
  'check data-prep ask',
  'step data-prep load',
  'outputs data-prep',
  'extend data-prep --hours 1',
  'guide data-prep load',
  'hint data-prep load',
  'up data-prep',
  'down data-prep',
  'down --all',
];

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

const SCENES: readonly (readonly [string, string, (cloud: FakeCloud) => void])[] = [
  ...STACK_STATES.map(
    (status) => [`a stack in ${status}`, 'aws', (cloud: FakeCloud) => void cloud.addStack(status)] as const,
  ),
  ['nothing', 'aws', () => undefined],
  ['no local cloud', 'local', (cloud) => void (cloud.running = false)],
  ['an empty local cloud', 'local', () => undefined],
  ['a lab on the local cloud', 'local', (cloud) => void cloud.addStack()],
  ['only a record', 'aws', (cloud) => void (cloud.record = ownershipOf())],
  [
    'a lab in another Region',
    'aws',
    (cloud) => {
      const there = new FakeCloud();
      there.addStack();
      cloud.elsewhere.set('eu-west-1', there);
    },
  ],
  [
    'a record in another Region',
    'aws',
    (cloud) => {
      const there = new FakeCloud();
      there.record = ownershipOf();
      cloud.elsewhere.set('eu-west-1', there);
    },
  ],
];

describe.each(SCENES)('from %s (%s)', (_scene, target, set) => {
  test.each(STARTS)('%s leads to a lab whose steps are done, and to its end, without a circle', async (start) => {
    set(world.cloud);
    world.cloud.onSleep = () => {
      world.cloud.stacks = world.cloud.stacks.flatMap((stack) => {
        if (stack.StackStatus === 'DELETE_IN_PROGRESS') return [];
        return [{ ...stack, StackStatus: ENDS[stack.StackStatus] ?? stack.StackStatus }];
      });
    };
    const seen = new Set<string>();
    const path: string[] = [];
    let written = false;
    let line = `${start} --target ${target}`;
    for (;;) {
      const before = `${stateOf(world, written)} ${line}`;
      if (seen.has(before)) throw new Error(`A circle: ${[...path, line].join(' → ')}`);
      seen.add(before);
      path.push(line);
      // A Region of its own has a cloud of its own.
      const region = /--region (\S+)/.exec(line)?.[1];
      const there = region === undefined ? undefined : world.cloud.elsewhere.get(region);
      if (there instanceof FakeCloud) {
        world.clean();
        world = new World();
        Object.assign(world.cloud, { stacks: there.stacks, record: there.record });
      }
      const { out, err } = await world.run(`${line}${/^(up|down)/.test(line) ? ' --yes' : ''}`, { columns: 400 });
      const said = `${out}\n${err}`;
      if (/write it, then/.test(said)) {
        mkdirSync(world.work('.'), { recursive: true });
        writeFileSync(world.work('answer.sql'), '42');
        written = true;
      }
      const next = nextIn(said, [world.lab]);
      if (/Next: aws cloudformation continue-update-rollback/.test(said)) {
        world.cloud.stacks.forEach((stack) => (stack.StackStatus = 'UPDATE_ROLLBACK_COMPLETE'));
        line = `status --target ${target}`;
        continue;
      }
      // What begins anew from nothing is an end, where the lab was done before.
      const gone = world.cloud.stacks.length === 0 && world.cloud.record === undefined;
      if (next === undefined || (gone && line.startsWith('down'))) break;
      expect([line, next.words.join(' '), next.fault]).toEqual([line, next.words.join(' '), undefined]);
      line = next.words.join(' ');
    }
    expect(world.cloud.stacks).toEqual([]);
    expect(world.cloud.record).toBeUndefined();
    expect(path.at(-1)).toMatch(/^down /);
  });
});

test('status says what a deployment waits for, and --wait ends with it', async () => {
  world.cloud.addStack('CREATE_IN_PROGRESS');
  world.cloud.resources = [
    { ResourceType: 'AWS::S3::Bucket', LogicalResourceId: 'Bucket', ResourceStatus: 'CREATE_COMPLETE' },
    { ResourceType: 'AWS::SageMaker::Endpoint', LogicalResourceId: 'Endpoint', ResourceStatus: 'CREATE_IN_PROGRESS' },
  ];
  const { out } = await world.run('status --target aws', { columns: 200 });
  expect(out.replace(/\s+/g, ' ')).toContain(
    'is CREATE_IN_PROGRESS: 1 of 2 resources have ended; it waits for Endpoint (AWS::SageMaker::Endpoint).',
  );
  expect(out).toContain('Next: ./lab status --wait --target aws\n');
  let waits = 0;
  world.cloud.onSleep = () => {
    waits += 1;
    if (waits === 3) world.cloud.stacks[0]!.StackStatus = 'CREATE_COMPLETE';
  };
  const waited = await world.run('status --wait --target aws', { columns: 200 });
  expect(waits).toBe(3);
  expect(waited.out).toContain('Next: ./lab check data-prep --target aws');
});

test.each([
  ['nothing stands', undefined, 'up data-prep'],
  ['a lab stands', 'CREATE_COMPLETE', 'check data-prep'],
  ['a lab is being made', 'CREATE_IN_PROGRESS', 'status --wait'],
  ['a deployment was taken back', 'ROLLBACK_COMPLETE', 'up data-prep'],
  ['a deletion failed', 'DELETE_FAILED', 'down data-prep'],
])('list, where %s, goes on with it', async (_what, status, next) => {
  if (status) world.cloud.addStack(status);
  world.cloud.addStack('CREATE_COMPLETE', 'ana');
  expect((await world.run('list --target aws', { columns: 200 })).out).toContain(`Next: ./lab ${next} --target aws`);
});
