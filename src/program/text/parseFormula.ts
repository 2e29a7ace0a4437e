/**
 * Formulas, by precedence climbing. From loose to tight: `+ -`, `* /`, then `@`, `outer`, `along`, `as`, then `^`, then
 * brackets behind a value. A minus sign in front binds like `-` and belongs to a number that follows it alone.
 */

import { ONE } from '../exponent.ts';
import type { BinaryName } from '../expressions.ts';
import * as errors from './errors.ts';
import { functionWords, isFunctionWord, takesBracket } from './names.ts';
import { parseFunction } from './parseFunctions.ts';
import {
  expectSymbol,
  exponentAhead,
  isName,
  parseAxes,
  parseNumber,
  parseRenaming,
  parseSizeExponent,
  parseWord,
  parseWords,
  refuse,
} from './parseParts.ts';
import type { Body, Parser } from './parser.ts';
import type { Span } from './place.ts';
import type { Formula, Word } from './syntax.ts';
import type { Token, Tokens } from './tokens.ts';

/** Parentheses, brackets and functions within each other: what recursion of the parser can bear. */
const MAX_NESTED = 500;
/** Steps from a formula's top to its leaves, a long sum's included: what recursion over the tree can bear. */
const MAX_DEPTH = 1000;
/** Parts of the formulas of one statement. */
const MAX_PARTS = 20_000;

const SUM = 1;
const PRODUCT = 2;
const CONTRACTION = 3;
const POWER = 4;

const operators: Readonly<Record<string, { readonly name: BinaryName; readonly binds: number }>> = {
  '+': { name: 'add', binds: SUM },
  '-': { name: 'sub', binds: SUM },
  '*': { name: 'mul', binds: PRODUCT },
  '/': { name: 'div', binds: PRODUCT },
};

/** Parses the formulas of one statement. */
export class FormulaParser implements Parser {
  readonly tokens: Tokens;
  readonly #prefix: string | undefined;
  #nested = 0;
  #parts = 0;

  /** With a prefix, this word and a name behind it are one name: `next first`. */
  constructor(tokens: Tokens, prefix?: string) {
    this.tokens = tokens;
    this.#prefix = prefix;
  }

  /** A formula, or a list of numbers for a constant. */
  formula(): Formula {
    return this.#climb(SUM);
  }

  /** A node over its parts. */
  node(body: Body, span: Span, ...parts: readonly Formula[]): Formula {
    const depth = parts.reduce((most, part) => Math.max(most, part.depth + 1), 1);
    const where = { start: span.start, end: span.end };
    if (depth > MAX_DEPTH) throw errors.tooLong(this.tokens.source, where, MAX_DEPTH);
    if (++this.#parts > MAX_PARTS) throw errors.tooManyParts(this.tokens.source, where, MAX_PARTS);
    return { ...body, ...where, depth } as Formula; // a body with what every formula has
  }

  #climb(least: number): Formula {
    if (++this.#nested > MAX_NESTED) throw errors.tooDeep(this.tokens.source, this.tokens.peek(), MAX_NESTED);
    let left = this.tokens.isSymbol('-') ? this.#negated(least) : this.#primary();
    for (let more = this.#operation(left, least); more !== undefined; more = this.#operation(left, least)) left = more;
    this.#nested--;
    return left;
  }

  #negated(least: number): Formula {
    const sign = this.tokens.next();
    const arg = this.#climb(Math.max(least, PRODUCT));
    const span = { start: sign.start, end: arg.end };
    if (arg.op === 'number' && arg.bare) return this.node({ op: 'number', value: -arg.value, bare: false }, span);
    return this.node({ op: 'unary', name: 'neg', arg }, span, arg);
  }

  /** What the operator after `left` makes of it, if there is one that binds tightly enough. */
  #operation(left: Formula, least: number): Formula | undefined {
    const token = this.tokens.peek();
    if (token.kind === 'symbol') {
      if (token.text === 'ᵀ') return this.#transposed(left, 1);
      if (token.text === '^' && least <= POWER) return this.#power(left);
      if (token.text === '@' && least <= CONTRACTION) return this.#contraction(left);
      const operator = Object.hasOwn(operators, token.text) ? operators[token.text] : undefined;
      if (operator === undefined || operator.binds < least) return undefined;
      this.tokens.next();
      const right = this.#climb(operator.binds + 1);
      return this.node({ op: 'binary', name: operator.name, left, right }, around(left, right), left, right);
    }
    return token.kind === 'name' && least <= CONTRACTION ? this.#wordOperation(left, token) : undefined;
  }

  #wordOperation(left: Formula, token: Token): Formula | undefined {
    switch (token.text) {
      case 'outer': {
        this.tokens.next();
        const right = this.#climb(CONTRACTION + 1);
        return this.node({ op: 'contract', left, right, over: [] }, around(left, right), left, right);
      }
      case 'along': {
        this.tokens.next();
        const { words, end } = parseAxes(this.tokens);
        return this.node({ op: 'broadcast', arg: left, along: words }, { start: left.start, end }, left);
      }
      case 'as': {
        this.tokens.next();
        const { pairs, end } = parseRenaming(this.tokens);
        return this.node({ op: 'rename', arg: left, axes: pairs }, { start: left.start, end }, left);
      }
      default:
        return undefined;
    }
  }

  /** `x ^ y`, from the right; `W^T` before a product without axes is the transpose. */
  #power(left: Formula): Formula {
    const tokens = this.tokens;
    if (tokens.isWord('T', 1) && tokens.isSymbol('@', 2) && !tokens.isSymbol('[', 3)) return this.#transposed(left, 2);
    tokens.next();
    const right = this.#climb(POWER);
    return this.node({ op: 'binary', name: 'pow', left, right }, around(left, right), left, right);
  }

  #transposed(left: Formula, length: number): Formula {
    let { end } = left;
    for (let k = 0; k < length; k++) end = this.tokens.next().end;
    return this.node({ op: 'transpose', arg: left }, { start: left.start, end }, left);
  }

  /** `x @[n] y` from the left; `W @ V @ x` from the right. */
  #contraction(left: Formula): Formula {
    const tokens = this.tokens;
    tokens.next();
    if (tokens.isSymbol('[')) {
      const { words } = parseAxes(tokens);
      const right = this.#climb(CONTRACTION + 1);
      return this.node({ op: 'contract', left, right, over: words }, around(left, right), left, right);
    }
    const chain = [left, this.#climb(CONTRACTION + 1)];
    while (tokens.isSymbol('@') && !tokens.isSymbol('[', 1)) {
      tokens.next();
      chain.push(this.#climb(CONTRACTION + 1));
    }
    return chain.reduceRight((vector, matrix) =>
      this.node({ op: 'product', matrix, vector }, around(matrix, vector), matrix, vector),
    );
  }

  /** A leaf, a function or a parenthesis, with the brackets behind it. */
  #primary(): Formula {
    const token = this.tokens.peek();
    let value = this.#leaf(token);
    while (this.tokens.isSymbol('[')) value = this.#bracket(value);
    // A word that no function has, or none with axes: `men[n](x)`, `tanh[n](x)`.
    if (this.tokens.isSymbol('(') && token.kind === 'name') {
      const word = { start: token.start, end: token.end };
      if (isFunctionWord(token.text)) throw errors.takesNoAxes(this.tokens.source, word, token.text);
      throw errors.unknownFunction(this.tokens.source, word, token.text, functionWords);
    }
    return value;
  }

  #leaf(token: Token): Formula {
    const { tokens } = this;
    switch (token.kind) {
      case 'number':
        tokens.next();
        return this.node({ op: 'number', value: token.value, bare: true }, token);
      case 'position':
        tokens.next();
        return this.node({ op: 'position', index: token.value - 1 }, token);
      case 'name':
        if (token.text === this.#prefix && isName(tokens.peek(1))) {
          tokens.next();
          const { text, end } = tokens.next();
          return this.node({ op: 'name', name: `${token.text} ${text}` }, { start: token.start, end });
        }
        if (isFunctionWord(token.text) && tokens.isSymbol('(', 1)) return parseFunction(this);
        if (takesBracket(token.text) && tokens.isSymbol('[', 1)) return parseFunction(this);
        tokens.next();
        return this.node({ op: 'name', name: token.text }, token);
      case 'quoted':
        tokens.next();
        return this.node({ op: 'name', name: token.text }, token);
      case 'symbol':
        if (token.text === '(') return this.#parenthesis();
        if (token.text === '|') return this.#size();
    }
    throw refuse(tokens, 'a value, a number, a function or "("');
  }

  /** A formula in parentheses, or a list of numbers. */
  #parenthesis(): Formula {
    const { tokens } = this;
    const open = tokens.next();
    if (this.#listAhead()) return this.#numbers(open);
    const inner = this.formula();
    const span = { start: open.start, end: expectSymbol(tokens, ')', open, 'an operator or ")"').end };
    return inner.op === 'number' ? { ...inner, ...span, bare: false } : { ...inner, ...span };
  }

  #listAhead(): boolean {
    const { tokens } = this;
    const at = tokens.isSymbol('-') ? 1 : 0;
    return tokens.peek(at).kind === 'number' && (tokens.isSymbol(',', at + 1) || tokens.isSymbol(';', at + 1));
  }

  /** Numbers between commas or semicolons, which mean the same; one may stand at the end. */
  #numbers(open: Token): Formula {
    const { tokens } = this;
    const values = [parseNumber(tokens)];
    while (tokens.accept(',') || tokens.accept(';')) if (!tokens.isSymbol(')')) values.push(parseNumber(tokens));
    const { end } = expectSymbol(tokens, ')', open, '",", ";" or ")"');
    return this.node({ op: 'numbers', values }, { start: open.start, end });
  }

  /** `|n|`, `|n|^-0.5` or `|n|^(1/3)`, whose exponent is part of it. */
  #size(): Formula {
    const { tokens } = this;
    const bar = tokens.next();
    const space = parseWord(tokens, 'the name of a space');
    const { end } = expectSymbol(tokens, '|', bar);
    if (!tokens.isSymbol('^') || !exponentAhead(tokens, 1))
      return this.node({ op: 'size', space, exponent: ONE }, { start: bar.start, end });
    tokens.next();
    const power = parseSizeExponent(tokens);
    return this.node({ op: 'size', space, exponent: power.exponent }, { start: bar.start, end: power.end });
  }

  /** `table[axis = index]` or `x[n', batch]`. */
  #bracket(value: Formula): Formula {
    const { tokens } = this;
    const open = tokens.next();
    const words: Word[] = [];
    if (!tokens.isSymbol(']')) {
      const axis = parseWord(tokens, 'an axis or "]"');
      if (tokens.accept('=')) {
        const index = this.formula();
        const { end } = expectSymbol(tokens, ']', open, 'an operator or "]"');
        const span = { start: value.start, end };
        return this.node({ op: 'gather', table: value, axis, index }, span, value, index);
      }
      words.push(axis);
      if (tokens.accept(',')) words.push(...parseWords(tokens));
    }
    const { end } = expectSymbol(tokens, ']', open, words.length === 1 ? '"=", "," or "]"' : undefined);
    return this.node({ op: 'copy', arg: value, axes: words }, { start: value.start, end }, value);
  }
}

const around = (left: Span, right: Span): Span => ({ start: left.start, end: right.end });
