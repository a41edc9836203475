/** Commands of the AWS CLI as they stand in scripts and in text. */
import ts from 'typescript';

/** Stands in a word for what is not known before it runs: a variable, or what another command says. */
export const UNKNOWN = '\u0001';

/**
 * The words of each `aws …` in a shell script or a text, also of those inside other commands.
 *
 * @param services what comes after `aws` in a command; in a text, other words do
 */
export function commandsIn(text: string, services: ReadonlySet<string>): string[][] {
  return [...text.matchAll(/(?<![\w./:-])aws (?=[a-z])/g)]
    .map(({ index }) => words(text, index))
    .filter(([, service]) => services.has(service!));
}

/** The words of the simple command that begins there; it ends where the shell, or a text, goes on with something else. */
function words(text: string, from: number): string[] {
  const found: string[] = [];
  let word: string | undefined;
  const end = (): void => {
    if (word !== undefined) found.push(word);
    word = undefined;
  };
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    const rest = text.slice(at);
    const unknown = /^\$(\w+|[@*#?!])/.exec(rest);
    if (unknown || rest.startsWith('$(') || rest.startsWith('${')) {
      word = (word ?? '') + UNKNOWN;
      at += (unknown ? unknown[0].length : balanced(rest)) - 1;
    } else if (char === "'") {
      const close = text.indexOf("'", at + 1);
      word = (word ?? '') + text.slice(at + 1, close < 0 ? undefined : close);
      at = close < 0 ? text.length : close;
    } else if (char === '"') {
      const [inner, length] = quoted(rest);
      word = (word ?? '') + inner;
      at += length - 1;
    } else if (char === '\\') {
      if (text[at + 1] !== '\n') word = (word ?? '') + (text[at + 1] ?? '');
      at += 1;
    } else if (char === ' ' || char === '\t') {
      end();
      // A redirection says nothing to the command.
    } else if (/^\d?[<>]/.test(rest) && (word === undefined || /^\d$/.test(word))) {
      word = undefined;
      at += /^\d?[<>]+&?\s*\S*/.exec(rest)![0].length - 1;
    } else if (/[|;&()\n`]/.test(char)) {
      break;
    } else {
      word = (word ?? '') + char;
    }
  }
  end();
  return found;
}

/** What double quotes hold, and their length. */
function quoted(text: string): [string, number] {
  let inner = '';
  for (let at = 1; at < text.length; at++) {
    const rest = text.slice(at);
    const variable = /^\$\w+/.exec(rest);
    if (text[at] === '"') return [inner, at + 1];
    if (variable || rest.startsWith('$(') || rest.startsWith('${')) {
      inner += UNKNOWN;
      at += (variable ? variable[0].length : balanced(rest)) - 1;
    } else if (text[at] === '\\' && /["\\$`]/.test(text[at + 1] ?? '')) inner += text[++at];
    else inner += text[at];
  }
  return [inner, text.length];
}

/** The length of `$(…)` or `${…}`. */
function balanced(text: string): number {
  const [open, close] = text[1] === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "'") at = Math.max(at, text.indexOf("'", at + 1));
    if (text[at] === open) depth++;
    if (text[at] === close && --depth === 0) return at + 1;
  }
  return text.length;
}

/** The strings of a program in TypeScript, with what is put into them unknown. */
export function stringsOf(program: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node))
      found.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(UNKNOWN));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.ts', program, ts.ScriptTarget.Latest));
  return found;
}
