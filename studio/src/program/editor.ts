/** The editor of programs: CodeMirror with the colors of the language, and remarks where they belong. */

import { autocompletion, type CompletionResult, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type Place, vocabulary } from 'nexort/program';
import { type Choice, choicesAt } from './complete.ts';
import type { Remark } from './read.ts';

const KEYWORDS = new Set(vocabulary.filter(({ kind }) => kind === 'declaration').map(({ word }) => word));

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
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 25%, var(--page))',
    color: 'var(--ink)',
  },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
  '.cm-completionInfo': { padding: '0.4rem 0.6rem', maxWidth: '22rem' },
  '.chosen': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 18%, transparent)',
    boxShadow: '0 1px 0 var(--accent)',
    borderRadius: '2px',
  },
});

/** The part of the text that is chosen in the graph or the table. */
const choose = StateEffect.define<{ readonly from: number; readonly to: number } | undefined>();
const chosen = StateField.define({
  create: () => Decoration.none,
  update: (marks, { changes, effects }) => {
    const effect = effects.findLast((one) => one.is(choose));
    if (effect === undefined) return marks.map(changes);
    const range = effect.value as { readonly from: number; readonly to: number } | undefined; // of its kind
    return range === undefined || range.from === range.to
      ? Decoration.none
      : Decoration.set(Decoration.mark({ class: 'chosen' }).range(range.from, range.to));
  },
  provide: (field) => EditorView.decorations.from(field),
});

const TYPES = { declaration: 'keyword', law: 'type', function: 'function', value: 'variable', axis: 'class' } as const;

/** Offered while a word is typed, and everywhere by Ctrl-Space. */
const completion = autocompletion({
  icons: false,
  override: [
    ({ state, pos, explicit }): CompletionResult | null => {
      const found = choicesAt(state.doc.toString(), pos);
      if (found === undefined || (found.from === pos && !explicit)) return null;
      return {
        from: found.from,
        validFor: /^[\p{L}\p{N}\p{M}_.]*'*$/u,
        options: found.choices.map(({ label, kind, apply = label, form, meaning }: Choice) => ({
          ...{ label, apply, type: TYPES[kind] },
          detail: kind === 'value' || kind === 'axis' ? meaning : form,
          info: kind === 'value' || kind === 'axis' ? form : meaning,
        })),
      };
    },
  ],
});

export interface Editor {
  /** Another text, unless it is the same. */
  put(text: string): void;
  show(remarks: readonly Remark[]): void;
  /** Marks a place of the text and brings it into view; none takes the mark away. */
  choose(place: Place | undefined): void;
  /** Takes the keyboard, at the place that is marked. */
  focus(place: Place | undefined): void;
  close(): void;
}

export interface EditorEvents {
  readonly onChange: (text: string) => void;
  /** The caret was moved by a person; line and column from 1. */
  readonly onCaret: (line: number, column: number) => void;
}

/** Starts an editor below an element; its rules live in a shadow, where the page's policy lets a script write them. */
export function openEditor(parent: HTMLElement, text: string, { onChange, onCaret }: EditorEvents): Editor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        ...[lineNumbers(), history(), highlightActiveLine(), lintGutter(), language, syntaxHighlighting(colors), theme],
        ...[chosen, completion],
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'The program', spellcheck: 'false' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
          if (!update.transactions.some((one) => one.isUserEvent('select'))) return;
          const { head } = update.state.selection.main;
          const line = update.state.doc.lineAt(head);
          onCaret(line.number, head - line.from + 1);
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
    choose: (place) => {
      const range = place === undefined ? undefined : rangeOf(view, place);
      const effects = [choose.of(range)];
      view.dispatch({ effects });
      if (range !== undefined) scrollWithin(view, range.from);
    },
    focus: (place) => {
      const range = place === undefined ? undefined : rangeOf(view, place);
      view.focus();
      if (range !== undefined) view.dispatch({ selection: { anchor: range.from }, scrollIntoView: true });
    },
    close: () => view.destroy(),
  };
}

/** The page stays where it is unless the line is out of sight. */
function scrollWithin(view: EditorView, at: number): void {
  const place = view.coordsAtPos(at);
  if (place === null || (place.top >= 0 && place.bottom <= innerHeight)) return;
  view.dispatch({ effects: EditorView.scrollIntoView(at, { y: 'nearest' }) });
}

/** Undefined where the text has become another. */
function rangeOf(view: EditorView, { line, column, length }: Place) {
  const { doc } = view.state;
  if (line > doc.lines) return undefined;
  const { from, to } = doc.line(line);
  const start = Math.min(to, from + column - 1);
  return { from: start, to: Math.min(to, start + length) };
}

function diagnosticOf(view: EditorView, { kind, text, line, column = 1, length = 1 }: Remark): Diagnostic[] {
  const { doc } = view.state;
  if (line === undefined || line > doc.lines) return [];
  const { from, to } = doc.line(line);
  const start = Math.min(to, from + column - 1);
  return [{ from: start, to: Math.min(to, start + length), severity: kind, message: text }];
}
