/** The editor of programs: CodeMirror with the colors of the language, and remarks where they belong. */

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Remark } from './read.ts';

const KEYWORDS = new Set(
  'program function fixed width data index initial state parameter output next no keep'.split(' '),
);

const language = StreamLanguage.define<null>({
  name: 'nex',
  startState: () => null,
  token: (stream) => {
    if (stream.match(/^#.*/)) return 'comment';
    if (stream.match(/^"[^"]*"?/)) return 'string';
    if (stream.match(/^\d[\d.]*(e[+-]?\d+)?/i)) return 'number';
    const word = stream.match(/^[\p{L}_][\p{L}\p{N}_]*'*/u);
    if (Array.isArray(word)) {
      if (KEYWORDS.has(word[0])) return 'keyword';
      return stream.match(/^\s*\(/, false) ? 'function' : 'variableName';
    }
    if (stream.match(/^[@~=*+/^|-]+/)) return 'operator';
    stream.next();
    return null;
  },
  tokenTable: { function: tags.function(tags.variableName) },
  languageData: { commentTokens: { line: '#' } },
});

const colors = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: tags.keyword, color: 'var(--operator)', fontWeight: '600' },
  { tag: tags.number, color: 'var(--unstable)' },
  { tag: tags.string, color: 'var(--learns)' },
  { tag: tags.function(tags.variableName), color: 'var(--learns)' },
  { tag: tags.operator, color: 'var(--muted)' },
]);

const theme = EditorView.theme({
  '&': { backgroundColor: 'var(--card)', color: 'var(--ink)', borderRadius: '8px', fontSize: '0.875rem' },
  '&.cm-focused': { outline: '2px solid var(--accent)' },
  '.cm-content': { caretColor: 'var(--ink)', fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--line) 45%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, ::selection': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--page)', color: 'var(--ink)', border: '1px solid var(--line)' },
});

export interface Editor {
  /** Another text, unless it is the same. */
  put(text: string): void;
  show(remarks: readonly Remark[]): void;
  close(): void;
}

/** Starts an editor below an element; its rules live in a shadow, where the page's policy lets a script write them. */
export function openEditor(parent: HTMLElement, text: string, onChange: (text: string) => void): Editor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        ...[lineNumbers(), history(), highlightActiveLine(), lintGutter(), language, syntaxHighlighting(colors), theme],
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'The program', spellcheck: 'false' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    put: (next) => {
      const old = view.state.doc.toString();
      if (old !== next) view.dispatch({ changes: { from: 0, to: old.length, insert: next } });
    },
    show: (remarks) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          remarks.flatMap((one) => diagnosticOf(view, one)),
        ),
      ),
    close: () => view.destroy(),
  };
}

function diagnosticOf(view: EditorView, { kind, text, line, column = 1, length = 1 }: Remark): Diagnostic[] {
  const { doc } = view.state;
  if (line === undefined || line > doc.lines) return [];
  const { from, to } = doc.line(line);
  const start = Math.min(to, from + column - 1);
  return [{ from: start, to: Math.min(to, start + length), severity: kind, message: text }];
}
