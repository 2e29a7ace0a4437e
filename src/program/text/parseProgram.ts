/** From text to program. */

import type { Program } from '../program.ts';
import { Elaborator, type PlacedProgram } from './elaborate.ts';
import * as errors from './errors.ts';
import { parseText } from './parseText.ts';
import { SourceText } from './place.ts';

/**
 * The program that a text describes (docs/language.md); `source` is the file's name, for messages and for the program's
 * name where the text gives none.
 *
 * Every error is a {@link UserError} that points at a line and column: `program.syntax`, `program.empty`,
 * `program.unknown-value`, `program.unknown-space`, `program.unknown-function`, `program.duplicate-name`,
 * `program.mismatch`, `program.unused-value`, `program.no-outputs`, `program.state`.
 */
export function parseProgram(text: string, source?: string): Program {
  return parseWithPlaces(text, source).program;
}

/** The same, with where each value stands. Throws as {@link parseProgram} does. */
export function parseWithPlaces(text: string, source?: string): PlacedProgram {
  const placed = new SourceText(text, source);
  const parsed = parseText(placed);
  if (parsed.statements.length === 0) throw errors.emptyText(placed);
  return new Elaborator(parsed, placed, parsed.name ?? nameOf(source)).run();
}

/** A file's name without folders and ending. */
function nameOf(source: string | undefined): string {
  return source?.replace(/^.*[\\/]/, '').replace(/(?!^)\.[^.]*$/, '') || 'program';
}
