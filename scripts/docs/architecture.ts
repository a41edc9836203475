/**
 * Draws each lab's architecture from what scripts/docs/architectures.ts says, laid out by dagre.
 * `npx tsx scripts/docs/architecture.ts` writes them; a unit test compares them with the templates.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { graphlib, layout } from '@dagrejs/dagre';
import type { LabId } from '../../lib/course/names';
import { ARCHITECTURES, LEASE, type Architecture, type Box } from './architectures';

const ROOT = resolve(__dirname, '..', '..');

const WIDTH = 158;
const HEIGHT = 54;
const MARGIN = 20;
/** Pixels of a letter of a label, at most. */
const LETTER = 6.4;

const STYLE = `<style>
.paper{fill:#fff}text{font:12px -apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#59636e}
.name{font-size:14px;font-weight:600;fill:#1f2328}.title{font-size:15px;font-weight:600;fill:#1f2328}
.card{fill:#f6f8fa;stroke:#8c959f}.later .card{stroke-dasharray:5 4}.later .made{font-style:italic}
.frame>rect{fill:#f6f8fa80;stroke:#8c959f}.outside .card{fill:none;stroke:none}
.storage .band{fill:#2da44e}.analytics .band{fill:#8250df}.learning .band{fill:#0a8577}.compute .band{fill:#d4700a}.events .band{fill:#cf2f7b}.outside .band{fill:#8c959f}
.arrow{stroke:#59636e;stroke-width:1.4;fill:none;marker-end:url(#head)}.head{fill:#59636e}
.label{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}.rule{stroke:#d1d9e0}
@media (prefers-color-scheme:dark){.paper{fill:#0d1117}text{fill:#9198a1}.name,.title{fill:#f0f6fc}
.card{fill:#151b23;stroke:#656c76}.frame>rect{fill:#151b2380;stroke:#656c76}
.storage .band{fill:#3fb950}.analytics .band{fill:#ab7df8}.learning .band{fill:#2bb8a6}.compute .band{fill:#f0883e}.events .band{fill:#f778ba}
.arrow{stroke:#9198a1}.head{fill:#9198a1}.label{stroke:#0d1117}.rule{stroke:#3d444d}}
</style>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L10 5L0 10z"/></marker></defs>`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Whole pixels, so that no machine rounds otherwise. */
const px = (value: number): number => Math.round(value);

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line through points, with its corners rounded. */
function path(points: readonly Point[]): string {
  const at = ({ x, y }: Point): string => `${px(x)} ${px(y)}`;
  const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const inner = points.slice(1, -1);
  const curves = inner.map((point, index) => {
    const end = index === inner.length - 1 ? points.at(-1)! : between(point, inner[index + 1]!);
    return `Q${at(point)} ${at(end)}`;
  });
  return `M${at(points[0]!)}${curves.length > 0 ? curves.join('') : `L${at(points.at(-1)!)}`}`;
}

function boxDrawn(id: string, box: Box, { x, y }: Point): string {
  const left = px(x - WIDTH / 2);
  const top = px(y - HEIGHT / 2);
  const step = typeof box.by === 'object' && 'step' in box.by ? box.by.step : undefined;
  const resource = typeof box.by === 'object' && 'resource' in box.by ? box.by.resource : undefined;
  const about = [
    step === undefined ? '' : ` data-step="${escaped(step)}"`,
    resource === undefined ? '' : ` data-resource="${escaped(resource)}"`,
  ].join('');
  return [
    `<g id="${escaped(id)}" class="box ${box.field}${step === undefined ? '' : ' later'}"${about}>`,
    `<rect class="card" x="${left}" y="${top}" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    `<rect class="band" x="${left}" y="${top + 6}" width="4" height="${HEIGHT - 12}" rx="2"/>`,
    `<text class="name" x="${left + 14}" y="${top + 23}">${escaped(box.name)}</text>`,
    `<text x="${left + 14}" y="${top + 42}">${escaped(box.kind)}</text>`,
    ...(step === undefined
      ? []
      : [`<text class="made" x="${left + WIDTH - 8}" y="${top + 23}" text-anchor="end">${escaped(step)}</text>`]),
    '</g>',
  ].join('');
}

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly body: readonly string[];
}

function drawn({ boxes, frames, arrows, runs }: Architecture): Drawn {
  const graph = new graphlib.Graph({ compound: true, multigraph: false });
  graph.setGraph({
    rankdir: runs === 'down' ? 'TB' : 'LR',
    nodesep: 22,
    edgesep: 16,
    ranksep: runs === 'down' ? 34 : 40,
  });
  for (const id of Object.keys(frames)) graph.setNode(id, {});
  for (const [id, box] of Object.entries(boxes)) {
    graph.setNode(id, { width: WIDTH, height: HEIGHT });
    if (box.in !== undefined) graph.setParent(id, box.in);
  }
  for (const [from, to, label] of arrows) {
    const weight = boxes[from]!.in !== undefined && boxes[from]!.in === boxes[to]!.in ? 20 : 1;
    const room = label === undefined ? {} : { width: label.length * LETTER, height: 16, labelpos: 'c' };
    graph.setEdge(from, to, { weight, ...room });
  }
  layout(graph);
  const size = graph.graph() as { width: number; height: number };
  const node = (id: string): Point & { width: number; height: number } => graph.node(id) as never;
  const lines: string[] = [];
  const labels: string[] = [];
  for (const [from, to, label] of arrows) {
    const edge = graph.edge(from, to) as unknown as { points: Point[] } & Point;
    lines.push(`<path class="arrow" data-from="${from}" data-to="${to}" d="${path(edge.points)}"/>`);
    if (label === undefined) continue;
    labels.push(
      `<text class="label" x="${px(edge.x)}" y="${px(edge.y) + 4}" text-anchor="middle">${escaped(label)}</text>`,
    );
  }
  const framed = Object.entries(frames).map(([id, title]) => {
    const { x, y, width, height } = node(id);
    const top = px(y - height / 2) - 14;
    const left = px(x - width / 2);
    labels.push(`<text class="label title" x="${left + 12}" y="${top + 22}">${escaped(title)}</text>`);
    return `<g id="${id}" class="frame"><rect x="${left}" y="${top}" width="${px(width)}" height="${px(height) + 14}" rx="10"/></g>`;
  });
  const cards = Object.entries(boxes).map(([id, box]) => boxDrawn(id, box, node(id)));
  return { ...size, body: [...framed, ...lines, ...cards, ...labels] };
}

/** The picture of a lab, with its lease below. */
export function architecturePicture(lab: LabId): string {
  const { title } = ARCHITECTURES[lab];
  const main = drawn(ARCHITECTURES[lab]);
  const lease = drawn(LEASE);
  const width = px(Math.max(main.width, lease.width) + 2 * MARGIN);
  const below = px(main.height) + 84;
  const height = px(below + 44 + lease.height + MARGIN);
  const centred = ({ width: own }: Drawn): number => px((width - own) / 2);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    STYLE,
    '<rect width="100%" height="100%" class="paper"/>',
    `<text x="${MARGIN}" y="24">Solid: the stack makes it. Dashed: a step does, named in its corner.</text>`,
    `<g transform="translate(${centred(main)} 58)">`,
    ...main.body,
    '</g>',
    `<path class="rule" d="M${MARGIN} ${below}H${width - MARGIN}"/>`,
    `<text x="${MARGIN}" y="${below + 24}">Beside it, as in every lab: the lease</text>`,
    `<g transform="translate(${MARGIN} ${below + 40})">`,
    ...lease.body,
    '</g>',
    '</svg>',
  ].join('\n')}\n`;
}

export const ARCHITECTURE_PICTURES: readonly (readonly [file: string, draw: () => string])[] = (
  Object.keys(ARCHITECTURES) as LabId[]
).map((lab) => [`labs/${lab}/architecture.svg`, () => architecturePicture(lab)]);

if (require.main === module) {
  for (const [file, draw] of ARCHITECTURE_PICTURES) writeFileSync(join(ROOT, file), draw());
}
