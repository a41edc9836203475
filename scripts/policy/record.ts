/**
 * Writes requests.json: what IAM was asked about a learner who does the labs by their commands, on local clouds.
 *
 *     npx tsx scripts/policy/record.ts                 # all scenarios, some minutes each
 *     npx tsx scripts/policy/record.ts deployment      # those of some labs; what others asked stays
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { patternOf } from './resources';
import { type Asked, type Scenario, walk } from './walk';

const ROOT = resolve(__dirname, '..', '..');
const FILE = join(__dirname, 'requests.json');

/** Every lab in every mode in which the learner's own requests differ. */
const SCENARIOS: readonly Scenario[] = [
  { lab: 'data-prep', modes: {} },
  { lab: 'training', modes: {} },
  { lab: 'training', modes: { compute: 'processing' } },
  { lab: 'deployment', modes: {} },
  { lab: 'deployment', modes: { build: 'lambda' } },
  { lab: 'deployment', modes: { canary: 'on' }, faces: ['endpoint-quota-4'] },
  { lab: 'deployment', modes: { staging: 'instance' }, faces: ['endpoint-quota-4'] },
  { lab: 'monitoring', modes: {} },
  { lab: 'monitoring', modes: { monitor: 'managed', compute: 'processing' } },
];

/** A permission that was asked for. */
export interface Recorded {
  readonly action: string;
  /** Pattern of the resources. */
  readonly resource: string;
  /** Service that a role is passed to. */
  readonly passedTo?: string;
  /** Verbs of `./lab` that need it, by scenario. */
  readonly by: Readonly<Record<string, readonly string[]>>;
}

const nameOf = ({ lab, modes }: Scenario): string =>
  [lab, ...Object.entries(modes).map((pair) => pair.join('='))].join(' ');

const keyOf = ({ action, resource, passedTo = '' }: Recorded): string => [action, resource, passedTo].join(' ');

function condense(scenario: string, asked: readonly Asked[]): Recorded[] {
  return asked.map(({ action, resource, keys, by }) => {
    const to = keys?.['iam:PassedToService'];
    return {
      action,
      resource: patternOf(resource),
      ...(typeof to === 'string' && { passedTo: to }),
      by: { [scenario]: [by.split(' ')[0]!] },
    };
  });
}

function merged(all: readonly Recorded[]): Recorded[] {
  const found = new Map<string, Recorded>();
  for (const one of all) {
    const by = { ...found.get(keyOf(one))?.by };
    for (const [scenario, verbs] of Object.entries(one.by))
      by[scenario] = [...new Set([...(by[scenario] ?? []), ...verbs])].sort();
    found.set(keyOf(one), { ...one, by: Object.fromEntries(Object.entries(by).sort()) });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** What was recorded of scenarios that are not recorded anew. */
function kept(names: ReadonlySet<string>): Recorded[] {
  if (!existsSync(FILE)) return [];
  const before = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Recorded[];
  const known = new Set(SCENARIOS.map(nameOf));
  return before
    .map((one) => ({
      ...one,
      by: Object.fromEntries(Object.entries(one.by).filter(([name]) => known.has(name) && !names.has(name))),
    }))
    .filter(({ by }) => Object.keys(by).length > 0);
}

async function main(labs: readonly string[]): Promise<void> {
  for (const scenario of SCENARIOS.filter(({ lab }) => labs.length === 0 || labs.includes(lab))) {
    const name = nameOf(scenario);
    console.log(name);
    const asked = condense(name, await walk(ROOT, scenario));
    writeFileSync(FILE, `${JSON.stringify(merged([...kept(new Set([name])), ...asked]), null, 1)}\n`);
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
