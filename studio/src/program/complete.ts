/** What can be typed at a place of a program: words of the language, and names that are defined above. */

import { vocabulary, type WordKind } from 'nexort/program';

export interface Choice {
  readonly label: string;
  readonly kind: WordKind | 'value' | 'axis';
  /** What is written when it is taken, if that is more. */
  readonly apply?: string;
  /** How it is written, or the line that defines it. */
  readonly form: string;
  /** What it means, in one line. */
  readonly meaning: string;
}

export interface Choices {
  /** Where the word begins that a choice takes the place of. */
  readonly from: number;
  readonly choices: readonly Choice[];
}

const WORD = /[\p{L}_][\p{L}\p{N}\p{M}_.]*'*$/u;

/** Choices at an offset of a text; undefined within comments and numbers. */
export function choicesAt(text: string, position: number): Choices | undefined {
  const above = text.slice(0, position).split('\n');
  const line = above.pop() ?? '';
  if (line.includes('#')) return undefined;
  const word = WORD.exec(line)?.[0] ?? '';
  const before = line.slice(0, line.length - word.length);
  if (/[\d.]$/.test(before)) return undefined;
  const from = position - word.length;
  const defined = definedIn(above);
  const values = defined.filter(({ kind }) => kind === 'value');
  const axes = defined.filter(({ kind }) => kind === 'axis');
  if (opensAxes(before)) return { from, choices: [...axes, ...(before.trimEnd().endsWith('=') ? values : [])] };
  if (/~\s*$/.test(before)) return { from, choices: wordsOf('law') };
  if (/^\s*next\s+$/.test(before)) return { from, choices: [STATE] };
  if (/^\s*next\s+state\s+$/.test(before))
    return { from, choices: values.filter(({ form }) => form.startsWith('state')) };
  if (/^\s*$/.test(before)) return { from, choices: wordsOf('declaration') };
  if (/\|$/.test(before)) return { from, choices: axes };
  // Names that a line declares are one's own.
  if (/^\s*(program|width|fixed|data|initial|state|parameter|output|keep|no)\b[^=~]*$/.test(before)) return undefined;
  return { from, choices: [...values, ...wordsOf('function')] };
}

const wordsOf = (wanted: WordKind): Choice[] =>
  vocabulary
    .filter(({ kind }) => kind === wanted)
    .map(({ word, kind, form, meaning }): Choice => {
      const next = form.charAt(word.length);
      const apply = kind === 'declaration' ? `${word} ` : `${word}${next === '[' || next === '(' ? next : ''}`;
      return { label: word, kind, apply, form, meaning };
    });

const STATE: Choice = {
  label: 'state',
  kind: 'declaration',
  apply: 'state ',
  form: 'next state m = speed',
  meaning: 'what a state is at the next step',
};

/** Whether a bracket is open that holds axes. */
function opensAxes(before: string): boolean {
  let depth = 0;
  for (const letter of before) {
    if (letter === '[') depth++;
    if (letter === ']') depth--;
  }
  return depth > 0;
}

const DECLARED =
  /^(?:keep\s+)?(?:(?:data|initial|state|parameter|output)\s+)?([\p{L}_][\p{L}\p{N}\p{M}_.]*'*)\s*(?:\[[^\]]*\])?\s*(?:of\s+\S+\s*)?(?:[=~,]|$)/u;
const MOST_LETTERS = 60;

/** The values and spaces that lines define; the text need not be a program yet. */
function definedIn(lines: readonly string[]): Choice[] {
  const found = new Map<string, Choice>();
  for (const [k, raw] of lines.entries()) {
    const line = raw.replace(/#.*/, '').trim();
    const form = line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS)}…` : line;
    const meaning = `line ${k + 1}`;
    const spaces = /^(width|fixed)\s+(.+)$/.exec(line);
    if (spaces !== null) {
      for (const part of (spaces[2] ?? '').split(',')) {
        const label = part.split('=')[0]?.trim() ?? '';
        if (WORD.test(label)) found.set(label, { label, kind: 'axis', form, meaning });
      }
      continue;
    }
    const label = /^(program|next|no)\s/.test(line) ? undefined : DECLARED.exec(line)?.[1];
    if (label !== undefined) found.set(label, { label, kind: 'value', form, meaning });
  }
  return [...found.values()];
}
