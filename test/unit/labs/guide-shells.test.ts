/** What a guide has one paste, and what `--explain` prints, means the same in bash and in zsh, which macOS has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAB_IDS, type LabId } from '../../../lib/course/names';
import { labEntry } from '../../../lib/course/registry';
import { sectionsOf } from '../../guide/guide';

const ROOT = join(__dirname, '../../..');

/** Lines of the fences that are typed. */
const typedIn = async (lab: LabId): Promise<string[]> =>
  sectionsOf(await labEntry(lab)!.lab())
    .flatMap(({ fences }) => fences)
    .flatMap(({ language, text }) => (language === 'sh' ? text.trimEnd().split('\n') : []));

const sourcesOf = (lab: string): string[] =>
  readdirSync(join(ROOT, 'labs', lab), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, 'labs', lab, file), 'utf8'));

/** Variables of zsh that no script may set, or that are something else than it takes them for. */
const SPECIAL =
  /(?:^|[\s;`'"(])((?:status|path|argv|options|commands|functions|aliases|signals|history|pipestatus)=\$?[("'])/m;

describe.each(LAB_IDS)('%s', (lab) => {
  test('its guide has no comment in what is pasted: zsh takes it for words', async () => {
    const typed = await typedIn(lab);
    expect(typed.length).toBeGreaterThan(5);
    expect(typed.filter((line) => /(^|\s)#\s/.test(line))).toEqual([]);
  });

  test('nothing that is pasted sets a variable that zsh keeps for itself', async () => {
    expect([...(await typedIn(lab)), ...sourcesOf(lab)].flatMap((text) => SPECIAL.exec(text)?.[1] ?? [])).toEqual([]);
  });
});
