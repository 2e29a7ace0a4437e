/** What parses parts of a formula: the parser of formulas, as the parsers of functions and their operands see it. */

import type { Span } from './place.ts';
import type { Formula } from './syntax.ts';
import type { Tokens } from './tokens.ts';

export type Body = Formula extends infer F ? (F extends Formula ? Omit<F, 'start' | 'end' | 'depth'> : never) : never;

export interface Parser {
  readonly tokens: Tokens;
  /** A formula, or a list of numbers for a constant. */
  formula(): Formula;
  /** A node over its parts. */
  node(body: Body, span: Span, ...parts: readonly Formula[]): Formula;
}
