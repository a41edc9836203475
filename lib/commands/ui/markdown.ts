import { table } from './table';
import { wrap } from './text';

/** How the parts of a guide are painted. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  cyan(text: string): string;
  underline(text: string): string;
}

/** Code spans, bold, emphasis and links of one line; links keep their address, as a terminal cannot hide it. */
function inline(text: string, paint: Paint): string {
  // Code is set aside first: nothing inside it is markup, but bold and emphasis may go around it.
  const codes: string[] = [];
  const aside = text.replace(/`([^`]+)`/g, (_all, code: string) => `\u0000${codes.push(paint.cyan(code)) - 1}\u0000`);
  return (
    aside
      .replace(/!\[([^\]]*)\]\([^)]*\)/g, '[picture: $1]')
      .replace(/\[([^\]]+)\]\((https?:[^)\s]+)[^)]*\)/g, '$1 ($2)')
      .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
      .replace(/\*\*(.+?)\*\*/g, (_all, bold: string) => paint.bold(bold))
      .replace(
        /(^|[\s(])([*_])([^*_\s](?:[^*_]*[^*_\s])?)\2(?=[\s).,;:!?]|$)/g,
        (_all, before: string, _mark: string, emphasis: string) => before + paint.underline(emphasis),
      )
      .replace(/<\/?(details|summary|br|kbd|sub|sup|p|div)[^>]*>/g, '')
      // eslint-disable-next-line no-control-regex
      .replace(/\u0000(\d+)\u0000/g, (_all, i: string) => codes[Number(i)] ?? '')
  );
}

/** The part of Markdown that the guides use, for a terminal of `width` columns. */
export function renderMarkdown(source: string, width: number, paint: Paint): string {
  const lines = source.replace(/<!--[\s\S]*?-->/g, '').split(/\r?\n/);
  const out: string[] = [];
  let i = 0;
  const paragraphEnd = (line: string): boolean =>
    line.trim() === '' || /^\s*(#{1,6} |```|~~~|[-*+] |\d+[.)] |>|\|)/.test(line);

  while (i < lines.length) {
    const line = lines[i] ?? '';
    const fence = /^(\s*)(```|~~~)\s*(\w*)/.exec(line);
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    const item = /^(\s*)([-*+]|\d+[.)]) (.*)$/.exec(line);
    i += 1;
    if (fence) {
      const body: string[] = [];
      while (i < lines.length && !(lines[i] ?? '').trim().startsWith(fence[2] ?? '```')) body.push(lines[i++] ?? '');
      i += 1;
      const indent = (fence[1] ?? '').length;
      if (fence[3] === 'mermaid') out.push(paint.dim('  (a diagram; see the README in a browser)'));
      else
        out.push(
          ...body.map(
            (code) => `    ${paint.cyan(code.slice(Math.min(indent, code.length - code.trimStart().length)))}`,
          ),
        );
    } else if (heading) {
      const title = inline(heading[2] ?? '', paint);
      out.push((heading[1] ?? '').length <= 2 ? paint.bold(paint.underline(title)) : paint.bold(title));
    } else if (line.trimStart().startsWith('|')) {
      const rows = [line];
      while ((lines[i] ?? '').trimStart().startsWith('|')) rows.push(lines[i++] ?? '');
      out.push(renderTable(rows, width, paint));
    } else if (item || /^\s*> ?/.test(line)) {
      let text = item ? (item[3] ?? '') : line.replace(/^\s*> ?/, '');
      while (i < lines.length && (item ? !paragraphEnd(lines[i] ?? '') : /^\s*> ?/.test(lines[i] ?? ''))) {
        text += ` ${(lines[i++] ?? '').replace(/^\s*>? ?/, '').trim()}`;
      }
      const bullet = item ? `${item[1] ?? ''}${/\d/.test(item[2] ?? '') ? (item[2] ?? '') : '•'} ` : '│ ';
      out.push(wrap(inline(text.trim(), paint), width, { first: bullet, ...(item ? {} : { rest: '│ ' }) }));
    } else if (line.trim() === '') {
      if (out.length > 0 && out[out.length - 1] !== '') out.push('');
    } else {
      let text = line;
      while (i < lines.length && !paragraphEnd(lines[i] ?? '')) text += ` ${(lines[i++] ?? '').trim()}`;
      const shown = inline(text.trim(), paint);
      if (shown.trim() !== '') out.push(wrap(shown, width));
    }
  }
  return out.join('\n').trim();
}

function renderTable(lines: readonly string[], width: number, paint: Paint): string {
  const cells = (line: string): string[] =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => inline(cell.trim().replaceAll('\\|', '|'), paint));
  const [head, rule, ...body] = lines;
  const columns = cells(head ?? '').map((title) => ({ title }));
  const rows = (/^[\s|:-]+$/.test(rule ?? '') ? body : lines.slice(1)).map(cells);
  return table(columns, rows, width, (title) => paint.bold(title));
}

/** A section of a guide: its heading line and all below it until the next heading of the same or a higher level. */
export function section(source: string, matches: (heading: string) => boolean): string | undefined {
  const lines = source.split(/\r?\n/);
  let start = -1;
  let level = 0;
  let fenced = false;
  for (const [i, line] of lines.entries()) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? null : /^(#{1,6}) (.*)$/.exec(line);
    if (!heading) continue;
    const depth = (heading[1] ?? '').length;
    if (start >= 0 && depth <= level) return lines.slice(start, i).join('\n');
    if (start < 0 && matches(heading[2] ?? '')) {
      start = i;
      level = depth;
    }
  }
  return start < 0 ? undefined : lines.slice(start).join('\n');
}
