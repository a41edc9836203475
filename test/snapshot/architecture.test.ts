/** The pictures of the labs' architectures show what the templates make, and are drawn anew when either changes. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LabId } from '../../lib/course/names';
import { labEntry } from '../../lib/course/registry';
import { ARCHITECTURE_PICTURES } from '../../scripts/docs/architecture';
import { ARCHITECTURES, FOLDED, LEASE } from '../../scripts/docs/architectures';
import { synthesize } from './template';

const ROOT = resolve(__dirname, '..', '..');
const labs = Object.keys(ARCHITECTURES) as LabId[];

describe.each(labs)('the picture of %s', (lab) => {
  const { frames, arrows } = ARCHITECTURES[lab];
  const boxes = { ...ARCHITECTURES[lab].boxes, ...LEASE.boxes };

  test('shows every resource of the template but the folded, and no other', async () => {
    const { Resources } = await synthesize(lab);
    const made = Object.entries(boxes).flatMap(([id, { by, covers = [] }]) =>
      by === undefined ? [id, ...covers] : covers,
    );
    const worthIt = Object.keys(Resources).filter((id) => !FOLDED.includes(Resources[id]!.Type));
    expect([...made, ...Object.keys(frames)].sort()).toEqual(worthIt.sort());
    for (const { by } of Object.values(boxes)) {
      if (typeof by === 'object' && 'resource' in by) expect(Resources).toHaveProperty(by.resource);
    }
  });

  test('names steps that the lab has', async () => {
    const { steps } = await labEntry(lab)!.lab();
    const named = Object.values(boxes).flatMap(({ by }) => (typeof by === 'object' && 'step' in by ? [by.step] : []));
    expect(steps.map(({ id }) => id)).toEqual(expect.arrayContaining(named));
  });

  test('has arrows and frames between boxes that it draws', () => {
    for (const [from, to] of arrows) expect(Object.keys(boxes)).toEqual(expect.arrayContaining([from, to]));
    const within = Object.values(boxes).flatMap((box) => box.in ?? []);
    expect([...new Set(within)].sort()).toEqual(Object.keys(frames).sort());
  });

  test('gives each box an id of its own', () => {
    const svg = readFileSync(join(ROOT, `labs/${lab}/architecture.svg`), 'utf8');
    const ids = [...svg.matchAll(/<g id="([\w-]+)"/g)].map(([, id]) => id!);
    expect(ids.sort()).toEqual([...Object.keys(boxes), ...Object.keys(frames)].sort());
  });

  test('stands in the guide, in words too', () => {
    expect(readFileSync(join(ROOT, `labs/${lab}/README.md`), 'utf8')).toMatch(/!\[[^\]]{100,}\]\(architecture\.svg\)/);
  });
});

test.each(ARCHITECTURE_PICTURES)('%s is as it is drawn', (file, draw) => {
  expect(readFileSync(join(ROOT, file), 'utf8')).toBe(draw());
});
