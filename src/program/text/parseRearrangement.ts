/** Functions that move entries along axes: `split`, `merge`, `concat`, `select` and `pad`. */

import { parseOperands } from './parseOperands.ts';
import { expectSymbol, isName, parseNumber, parseWord, parseWords, refuse } from './parseParts.ts';
import type { Parser } from './parser.ts';
import type { Formula, Word } from './syntax.ts';
import type { Token, Tokens } from './tokens.ts';

/**
 * `split[feature -> head, key](x)`, `merge[head, key -> feature](x)`, `concat[past, new -> time](x, y)`,
 * `select[time -> part; after 2, past](x)`, `pad[part -> time; after 2](x)`.
 */
export function parseRearrangement(
  parser: Parser,
  word: Token,
  op: 'split' | 'merge' | 'concat' | 'select' | 'pad',
): Formula {
  const { tokens } = parser;
  const bracket = expectSymbol(tokens, '[');
  const one = (): Word => parseWord(tokens, 'an axis');
  const arrow = (expected: string): void => void expectSymbol(tokens, '->', undefined, expected);
  const close = (expected: string): void => void expectSymbol(tokens, ']', bracket, expected);
  const span = (end: number) => ({ start: word.start, end });
  const unary = (): { arg: Formula; end: number } => {
    const { args, end } = parseOperands(parser, word, 1);
    const [arg] = args as [Formula]; // as many as asked for
    return { arg, end };
  };
  switch (op) {
    case 'split': {
      const axis = one();
      arrow('"->"');
      const into = parseWords(tokens);
      close('"," or "]"');
      const { arg, end } = unary();
      return parser.node({ op, arg, axis, into }, span(end), arg);
    }
    case 'merge':
    case 'concat': {
      const axes = parseWords(tokens);
      arrow('"," or "->"');
      const into = one();
      close('"]"');
      if (op === 'merge') {
        const { arg, end } = unary();
        return parser.node({ op, arg, axes, into }, span(end), arg);
      }
      const { args, end } = parseOperands(parser, word, axes.length);
      return parser.node({ op, args, axes, into }, span(end), ...args);
    }
    case 'select':
    case 'pad': {
      const axis = one();
      arrow('"->"');
      const into = one();
      const start = tokens.accept(';') ? parseStart(tokens) : undefined;
      close(start === undefined ? '";" or "]"' : '"," or "]"');
      const { arg, end } = unary();
      return parser.node({ op, arg, axis, into, ...(start ?? NO_START) }, span(end), arg);
    }
  }
}

const NO_START = { entries: 0, spaces: [] } as const;

/** `after 2, past`: numbers of entries and spaces, whose sizes are meant. */
function parseStart(tokens: Tokens): { readonly entries: number; readonly spaces: readonly Word[] } {
  if (!tokens.isWord('after')) throw refuse(tokens, '"after"');
  tokens.next();
  let entries = 0;
  const spaces: Word[] = [];
  do {
    if (isName(tokens.peek())) spaces.push(parseWord(tokens, 'a space'));
    else entries += parseNumber(tokens, 'a number of entries or the name of a space');
  } while (tokens.accept(','));
  return { entries, spaces };
}
