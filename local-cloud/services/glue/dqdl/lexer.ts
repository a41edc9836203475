/** Splits DQDL text into tokens. */
import { DqdlError } from './types';

export type TokenKind = 'word' | 'integer' | 'decimal' | 'string' | 'date' | 'time' | 'now' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written, quotes included. */
  readonly text: string;
  /** For quoted tokens: what stands between the quotes, escapes kept. */
  readonly inner: string;
  /** From 1. */
  readonly line: number;
  /** From 0, as AWS's messages count. */
  readonly column: number;
}

const PATTERNS: readonly (readonly [TokenKind | 'skip', RegExp])[] = [
  ['skip', /[ \t\r\n]+/y],
  ['skip', /#[^\n]*/y],
  ['now', /now\(\)/y],
  ['date', /"\d{4}-\d{2}-\d{2}"/y],
  ['time', /"\d{1,2}:\d{2} (?:AM|PM)"|"\d{2}:\d{2}"/y],
  ['string', /"(?:\\["\\]|[^"])*"/y],
  ['word', /[a-zA-Z0-9_.]+/y],
  ['symbol', />=|<=|[:,{}[\]()=><!\-+/*$]/y],
];

function kindOfWord(text: string): TokenKind {
  if (/^\d+$/.test(text)) return 'integer';
  return /^\d+\.\d+$/.test(text) ? 'decimal' : 'word';
}

/** @throws DqdlError at a character that no token starts with */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  while (at < source.length) {
    const found = match(source, at);
    if (!found) {
      throw new DqdlError(`line ${line}:${at - lineStart} token recognition error at: '${source[at]}'`);
    }
    const { kind, text } = found;
    if (kind !== 'skip') {
      const inner = text.startsWith('"') ? text.slice(1, -1) : text;
      tokens.push({ kind: kind === 'word' ? kindOfWord(text) : kind, text, inner, line, column: at - lineStart });
    }
    for (let i = 0; i < text.length; i++) {
      if (text[i] === '\n') {
        line += 1;
        lineStart = at + i + 1;
      }
    }
    at += text.length;
  }
  tokens.push({ kind: 'end', text: '<EOF>', inner: '', line, column: at - lineStart });
  return tokens;
}

function match(source: string, at: number): { kind: TokenKind | 'skip'; text: string } | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { kind, text };
  }
  return undefined;
}

/** Reads tokens one by one. */
export class TokenReader {
  private position = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  peek(ahead = 0): Token {
    // The last token is `end`, and stays.
    return this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  /** Whether the token is one of these symbols or words. */
  at(...texts: readonly string[]): boolean {
    const token = this.peek();
    return (token.kind === 'symbol' || token.kind === 'word') && texts.includes(token.text);
  }

  /** Takes the token if it is one of these. */
  take(...texts: readonly string[]): Token | undefined {
    return this.at(...texts) ? this.next() : undefined;
  }

  expect(text: string): Token {
    return this.take(text) ?? this.fail(`'${text}'`);
  }

  expectKind(kind: TokenKind, what: string): Token {
    return this.peek().kind === kind ? this.next() : this.fail(what);
  }

  /** @throws DqdlError naming the token that stands here and what was wanted */
  fail(expected: string): never {
    const { line, column, text } = this.peek();
    throw new DqdlError(`line ${line}:${column} mismatched input '${text}' expecting ${expected}`);
  }
}

/** A string's meaning: `\"` is a quote, `\\` a backslash. */
export function unescape(inner: string): string {
  return inner.replace(/\\(.)/gs, '$1');
}
