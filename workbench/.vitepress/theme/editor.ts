/** The editor of exercises. Loaded when a page has one: it is larger than all else of the page. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import {
  bracketMatching,
  HighlightStyle,
  type StreamParser,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** A language of words: comments to the line's end, texts in quotes, numbers, and words that mean something. */
function wordsOf(keywords: RegExp, names: RegExp): StreamParser<null> {
  return {
    startState: () => null,
    token(stream) {
      if (stream.eatSpace()) return null;
      if (stream.match(/^#.*/)) return 'comment';
      if (stream.match(/^"(\\.|[^"\\])*"?/) || stream.match(/^'(\\.|[^'\\])*'?/)) return 'string';
      if (stream.match(/^\/(\\.|[^/\\])+\/[a-z]*/)) return 'regexp';
      if (stream.match(/^-?\d+(\.\d+)?[smhd]?\b/)) return 'number';
      if (stream.match(keywords)) return 'keyword';
      if (stream.match(names)) return 'variableName.function';
      if (stream.match(/^[@\w.]+/)) return 'variableName';
      stream.next();
      return 'operator';
    },
    languageData: { commentTokens: { line: '#' } },
  };
}

/** @see https://docs.aws.amazon.com/glue/latest/dg/dqdl.html */
const dqdl = wordsOf(
  /^(Rules|Analyzers|DataSources|and|or|not|in|between|with|where|threshold|matches|now)\b/,
  /^[A-Z]\w*(?=[\s"(])/,
);
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
const insights = wordsOf(
  /^(fields|filter|filterIndex|stats|sort|limit|parse|display|dedup|pattern|diff|unmask|unnest|as|by|and|or|not|in|like|asc|desc)\b/i,
  /^\w+(?=\()/,
);

function languageOf(file: string): Extension {
  if (file.endsWith('.sql')) return sql({ dialect: PostgreSQL, upperCaseKeywords: true });
  if (file.endsWith('.json')) return json();
  return StreamLanguage.define(file.endsWith('.dqdl') ? dqdl : insights);
}

/** The site's own colours, for light and dark mode. */
const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--vp-c-text-2)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--vp-c-brand-1)', fontWeight: '600' },
  { tag: [tags.string, tags.regexp], color: 'var(--vp-c-green-1)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--vp-c-yellow-1)' },
  { tag: [tags.propertyName, tags.function(tags.variableName)], color: 'var(--vp-c-purple-1)' },
]);

const look = EditorView.theme({
  '&': {
    backgroundColor: 'var(--vp-code-block-bg)',
    color: 'var(--vp-c-text-1)',
    borderRadius: '6px',
    fontSize: '14px',
  },
  '.cm-content': { fontFamily: 'var(--vp-font-family-mono)', caretColor: 'var(--vp-c-text-1)', padding: '8px 0' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--vp-c-text-2)', border: 'none' },
  '&.cm-focused': { outline: '2px solid var(--vp-c-brand-1)' },
  '.cm-cursor': { borderLeftColor: 'var(--vp-c-text-1)' },
  '.cm-scroller': { overflow: 'auto', maxHeight: '60vh' },
});

export interface Editor {
  text(): string;
  set(text: string): void;
  destroy(): void;
}

/**
 * Opens an editor. Tab leaves it, so that nobody is trapped who has a keyboard only.
 *
 * @param label its accessible name
 */
export function openEditor(
  parent: HTMLElement,
  given: { file: string; label: string; text: string; changed: () => void; save: () => void; readOnly?: boolean },
): Editor {
  const save = { key: 'Mod-s', preventDefault: true, run: () => (given.save(), true) };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: given.text,
      extensions: [
        lineNumbers(),
        history(),
        bracketMatching(),
        keymap.of([save, ...defaultKeymap, ...historyKeymap]),
        languageOf(given.file),
        syntaxHighlighting(colours),
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': given.label, spellcheck: 'false', tabindex: '0' }),
        EditorView.updateListener.of(({ docChanged }) => docChanged && given.changed()),
        EditorState.readOnly.of(given.readOnly ?? false),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    destroy: () => view.destroy(),
  };
}
