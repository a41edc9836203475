/** Pictures as inline SVG: nothing is loaded from anywhere. */

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const BLUE = '#0b6e99';
const RED = '#c4432b';
const WIDTH = 320;
const HEIGHT = 120;
const BINS = 24;

/** Shares of values by bins that both distributions share. */
function shares(values: Float64Array, low: number, width: number): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((value - low) / width)));
    counts[bin]! += 1;
  }
  return counts.map((count) => count / values.length);
}

/** Two distributions over each other: what the model learnt from, and what it is asked. */
export function histogram(name: string, then: Float64Array, now: Float64Array): string {
  const low = Math.min(then[0]!, now[0]!);
  const high = Math.max(then.at(-1)!, now.at(-1)!);
  const width = (high - low || 1) / BINS;
  const [before, after] = [shares(then, low, width), shares(now, low, width)];
  const most = Math.max(...before, ...after);
  const bars = (parts: readonly number[], colour: string): string =>
    parts
      .map((share, bin) => {
        const height = (share / most) * HEIGHT;
        return `<rect x="${(bin * WIDTH) / BINS + 0.5}" y="${(HEIGHT - height).toFixed(1)}" width="${(WIDTH / BINS - 1).toFixed(1)}" height="${height.toFixed(1)}" fill="${colour}" fill-opacity="0.55"/>`;
      })
      .join('');
  const axis = (x: number, anchor: string, value: number): string =>
    `<text x="${x}" y="${HEIGHT + 14}" text-anchor="${anchor}">${Number(value.toPrecision(4))}</text>`;
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT + 18}" role="img" aria-label="${escapeHtml(name)}: training data and July">${bars(before, BLUE)}${bars(after, RED)}<line x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}" stroke="#a0aec0"/>${axis(0, 'start', low)}${axis(WIDTH, 'end', high)}</svg><figcaption>${escapeHtml(name)}</figcaption></figure>`;
}

/** Figures as bars, from a floor to 1. */
export function barChart(rows: readonly { readonly label: string; readonly value: number }[], floor: number): string {
  const line = 26;
  const body = rows.map(({ label, value }, at) => {
    const width = Math.max(0, ((value - floor) / (1 - floor)) * WIDTH);
    return `<text x="0" y="${at * line + 17}">${escapeHtml(label)}</text><rect x="230" y="${at * line + 5}" width="${width.toFixed(1)}" height="16" fill="${at === rows.length - 1 ? RED : BLUE}"/><text x="${(236 + width).toFixed(1)}" y="${at * line + 17}">${value.toFixed(4)}</text>`;
  });
  return `<svg class="wide" viewBox="0 0 620 ${rows.length * line + 4}" role="img" aria-label="AUC">${body.join('')}</svg>`;
}

export interface TimelineEvent {
  readonly at: Date;
  readonly what: string;
}

/** Moments down a line, with the time since the first. */
export function timeline(moments: readonly TimelineEvent[]): string {
  const first = moments[0]?.at.getTime() ?? 0;
  const since = (at: Date): string => {
    const seconds = Math.round((at.getTime() - first) / 1000);
    return seconds < 90 ? `+${seconds} s` : `+${(seconds / 60).toFixed(1)} min`;
  };
  const rows = moments.map(
    ({ at, what }) =>
      `<li><time datetime="${at.toISOString()}">${at.toISOString().slice(11, 19)}</time><b>${since(at)}</b><span>${escapeHtml(what)}</span></li>`,
  );
  return `<ol class="timeline">${rows.join('')}</ol>`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;color:#1a202c;max-width:62rem;margin:0 auto;padding:1.5rem 1rem}
h1{font-size:1.6rem;margin:0 0 .75rem}h2{font-size:1.15rem;margin:1.75rem 0 .5rem}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1rem}figure{margin:0}
figcaption{font-weight:600}svg{width:100%;height:auto}svg.wide{max-width:40rem}svg text{font:12px system-ui,sans-serif;fill:#4a5568}
.then{color:${BLUE}}.now{color:${RED}}.timeline{list-style:none;padding:0;margin:0}
.timeline li{display:grid;grid-template-columns:5rem 5.5rem 1fr;gap:.5rem;border-left:3px solid ${BLUE};padding:.3rem .75rem}
.timeline span{overflow-wrap:anywhere}@media(max-width:34rem){.timeline li{grid-template-columns:4.5rem 1fr}.timeline span{grid-column:1/-1}}
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}`;

/** A whole page. @param body HTML */
export const htmlPage = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>\n`;
