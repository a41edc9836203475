/**
 * Writes exercised.json: which actions of which role were asked for, and in what.
 *
 *     LAB_LOCAL_DECISIONS=/tmp/a ./lab rehearse training
 *     npx tsx test/iam/record.ts 'rehearse training' /tmp/a
 *     LAB_LOCAL_DECISIONS=/tmp/b npx jest --selectProjects proof --testPathPatterns teardown
 *     npx tsx test/iam/record.ts proof /tmp/b    # a folder for each file
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decisionsIn } from './agreement';
import { exercised } from './exercised';

const FILE = join(__dirname, 'exercised.json');

/** Role (`training TrainRole`) to action to what asked for it. */
export type Exercised = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * What is recorded, with what one source asked for in place of what it asked for before. Of a proof only what nothing
 * else asks for: each of them does most of what a rehearsal does.
 */
export function merged(before: Exercised, source: string, asked: ReadonlyMap<string, ReadonlySet<string>>): Exercised {
  const all = new Map<string, Map<string, Set<string>>>();
  const add = (who: string, action: string, from: string): void => {
    if (!all.has(who)) all.set(who, new Map());
    const actions = all.get(who)!;
    actions.set(action, (actions.get(action) ?? new Set()).add(from));
  };
  for (const [who, actions] of Object.entries(before))
    for (const [action, sources] of Object.entries(actions))
      for (const one of sources) if (one !== source) add(who, action, one);
  const isNew = (who: string, action: string): boolean => all.get(who)?.get(action) === undefined;
  for (const [who, actions] of asked)
    for (const action of actions)
      if (who !== 'learner' && (!source.startsWith('proof/') || isNew(who, action))) add(who, action, source);
  const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted(all).map(([who, actions]) => [
      who,
      Object.fromEntries(sorted(actions).map(([action, sources]) => [action, [...sources].sort()])),
    ]),
  );
}

function main([source, folder]: readonly string[]): void {
  if (!source || !folder) throw new Error("npx tsx test/iam/record.ts 'rehearse training' FOLDER");
  const before = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Exercised) : {};
  const entries = readdirSync(folder, { withFileTypes: true });
  const files = entries.filter((one) => one.isDirectory());
  if (files.length > 0 && files.length < entries.length)
    throw new Error(`${folder} has folders of proofs and decisions of other runs: give each a folder of its own.`);
  const sources =
    files.length > 0 ? files.map(({ name }) => [`${source}/${name}`, join(folder, name)]) : [[source, folder]];
  const now = sources.reduce((all, [name, of]) => merged(all, name!, exercised(decisionsIn(of!))), before);
  writeFileSync(FILE, `${JSON.stringify(now, null, 1)}\n`);
}

if (require.main === module) main(process.argv.slice(2));
