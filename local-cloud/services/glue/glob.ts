/** Glue's exclude patterns: https://docs.aws.amazon.com/glue/latest/dg/define-crawler.html#crawler-data-stores-exclude */

/** Whether a path below the include path matches; `*` stays in its folder, `**` crosses folders. */
export function matchesGlob(path: string, glob: string): boolean {
  let pattern = '';
  for (let i = 0; i < glob.length; i++) {
    const char = glob[i]!;
    if (char === '*' && glob[i + 1] === '*') {
      pattern += '.*';
      i++;
    } else if (char === '*') pattern += '[^/]*';
    else if (char === '?') pattern += '[^/]';
    else if (char === '{') pattern += '(?:';
    else if (char === '}') pattern += ')';
    else if (char === ',') pattern += pattern.lastIndexOf('(?:') > pattern.lastIndexOf(')') ? '|' : ',';
    else if (char === '[') {
      const end = glob.indexOf(']', i + 1);
      if (end < 0) return false;
      pattern += `[${glob
        .slice(i + 1, end)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\')}]`;
      i = end;
    } else pattern += char.replace(/[.+^$()|\\]/g, '\\$&');
  }
  try {
    return new RegExp(`^(?:${pattern})$`, 's').test(path);
  } catch {
    return false;
  }
}
