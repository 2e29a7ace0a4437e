import { badColumns } from './dataErrors.ts';

/** The parts of an example that a row of data may hold. */
export const PARTS = ['label', 'text', 'text2', 'split'] as const;
export type Part = (typeof PARTS)[number];

/** What the columns of a table, or the keys of JSON lines, are called; a part that is left out has its own name. */
export type Columns = { readonly [part in Part]?: string };

/**
 * Parses column names as the command line has them: `label=topic,text=message`.
 * @throws UserError `lm.bad-columns`.
 */
export function parseColumns(given: string): Columns {
  const named = new Map<Part, string>();
  for (const piece of given.split(',')) {
    const at = piece.indexOf('=');
    const name = piece.slice(at + 1).trim();
    if (at < 0 || name === '') throw badColumns(given, `'${piece}' is not of the form label=NAME`);
    const part = PARTS.find((candidate) => candidate === piece.slice(0, at).trim());
    if (part === undefined) throw badColumns(given, `'${piece.slice(0, at)}' is not one of ${PARTS.join(', ')}`);
    if (named.has(part)) throw badColumns(given, `${part} stands twice`);
    named.set(part, name);
  }
  return Object.fromEntries(named);
}

/** The names with those that were left out. */
export function columnNames(columns: Columns = {}): Readonly<Record<Part, string>> {
  return { label: 'label', text: 'text', text2: 'text2', split: 'split', ...columns };
}
