/** The operands of a function in its parentheses. */

import * as errors from './errors.ts';
import { expectSymbol } from './parseParts.ts';
import type { Parser } from './parser.ts';
import type { Formula } from './syntax.ts';
import type { Token } from './tokens.ts';

/** The operands of a function, as many as it takes, and where they end. */
export function parseOperands(parser: Parser, word: Token, wanted: number): { args: Formula[]; end: number } {
  const { tokens } = parser;
  const open = expectSymbol(tokens, '(');
  const args: Formula[] = [];
  if (!tokens.isSymbol(')')) {
    args.push(parser.formula());
    while (tokens.accept(',')) args.push(parser.formula());
  }
  const { end } = expectSymbol(tokens, ')', open, 'an operator, "," or ")"');
  if (args.length !== wanted) throw errors.operandCount(tokens.source, word, word.text, wanted, args.length);
  return { args, end };
}
