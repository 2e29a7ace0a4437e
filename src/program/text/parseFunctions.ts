/** Functions by name: scalar ones, reductions, named functions, windows, and the explicit forms of maps and scatters. */

import { broken } from '../errors.ts';
import { type FunctionName, isFunctionName } from '../functions/signatures.ts';
import { isUnaryName } from '../unary.ts';
import { type Windowing, windowSteps } from '../windowing.ts';
import * as errors from './errors.ts';
import { parseOperands } from './parseOperands.ts';
import { expectSymbol, isName, parseAxes, parseNumber, parseWord, parseWords, refuse } from './parseParts.ts';
import { parseRearrangement } from './parseRearrangement.ts';
import type { Parser } from './parser.ts';
import type { Formula, Word } from './syntax.ts';
import type { Token } from './tokens.ts';

/** A function at a word that names one, before its parenthesis or bracket. */
export function parseFunction(parser: Parser): Formula {
  const { tokens } = parser;
  const word = tokens.next();
  const { text: name } = word;
  if (isUnaryName(name)) {
    const { args, end } = parseOperands(parser, word, 1);
    const [arg] = args as [Formula]; // as many as asked for
    return parser.node({ op: 'unary', name, arg }, { start: word.start, end }, arg);
  }
  if (isFunctionName(name)) return call(parser, word, name);
  const bracket = tokens.isSymbol('[');
  switch (name) {
    case 'map':
      return explicitMap(parser, word);
    case 'scatter':
      return scatter(parser, word);
    case 'window':
    case 'overlap':
      return windows(parser, word, name);
    case 'split':
    case 'merge':
    case 'concat':
    case 'select':
    case 'pad':
      return parseRearrangement(parser, word, name);
    case 'avg': {
      const { args, end } = parseOperands(parser, word, 1);
      const [arg] = args as [Formula]; // as many as asked for
      return parser.node({ op: 'avg', arg }, { start: word.start, end }, arg);
    }
    case 'max':
    case 'min':
      if (bracket && name === 'max') return reduction(parser, word, name);
      return extremum(parser, word, name);
    case 'sum':
    case 'mean':
      if (!bracket) throw errors.needsAxes(tokens.source, word, name);
      return reduction(parser, word, name);
  }
  throw broken(name, 'a function word without a form');
}

function extremum(parser: Parser, word: Token, name: 'max' | 'min'): Formula {
  const { args, end } = parseOperands(parser, word, 2);
  const [left, right] = args as [Formula, Formula]; // as many as asked for
  return parser.node({ op: 'binary', name, left, right }, { start: word.start, end }, left, right);
}

function reduction(parser: Parser, word: Token, by: 'sum' | 'mean' | 'max'): Formula {
  const { words } = parseAxes(parser.tokens);
  const { args, end } = parseOperands(parser, word, 1);
  const [arg] = args as [Formula]; // as many as asked for
  return parser.node({ op: 'reduce', by, arg, over: words }, { start: word.start, end }, arg);
}

/** `normalize[n](x, epsilon = 1e-5)`. */
function call(parser: Parser, word: Token, name: FunctionName): Formula {
  const { tokens } = parser;
  if (!tokens.isSymbol('[')) throw errors.needsAxes(tokens.source, word, name);
  const { words } = parseAxes(tokens);
  const open = expectSymbol(tokens, '(');
  const args: Formula[] = [];
  const attributes = new Map<string, number>();
  const part = (): void => {
    if (isName(tokens.peek()) && tokens.isSymbol('=', 1)) {
      const key = parseWord(tokens, 'an attribute');
      if (attributes.has(key.text)) throw errors.attributeTwice(tokens.source, key, key.text);
      tokens.next();
      attributes.set(key.text, parseNumber(tokens));
    } else args.push(parser.formula());
  };
  if (!tokens.isSymbol(')')) {
    part();
    while (tokens.accept(',')) part();
  }
  const { end } = expectSymbol(tokens, ')', open, 'an operator, "," or ")"');
  const body = { op: 'call', name, args, over: words, attributes: Object.fromEntries(attributes) } as const;
  return parser.node(body, { start: word.start, end }, ...args);
}

/** `map[a, b](a * b)`. */
function explicitMap(parser: Parser, word: Token): Formula {
  const { tokens } = parser;
  const bracket = expectSymbol(tokens, '[');
  const names: readonly Word[] = parseWords(tokens, 'the name of a value');
  expectSymbol(tokens, ']', bracket, '"," or "]"');
  const { args, end } = parseOperands(parser, word, 1);
  const [body] = args as [Formula]; // as many as asked for
  return parser.node({ op: 'map', operands: names, body }, { start: word.start, end }, body);
}

/** `scatter[vocabulary = i; batch, time](x)`. */
function scatter(parser: Parser, word: Token): Formula {
  const { tokens } = parser;
  const bracket = expectSymbol(tokens, '[');
  const into = parseWord(tokens, 'an axis');
  expectSymbol(tokens, '=');
  const index = parser.formula();
  const over = tokens.accept(';') && !tokens.isSymbol(']') ? parseWords(tokens) : [];
  expectSymbol(tokens, ']', bracket, over.length === 0 ? '";" or "]"' : '"," or "]"');
  const { args, end } = parseOperands(parser, word, 1);
  const [values] = args as [Formula]; // as many as asked for
  return parser.node({ op: 'scatter', values, into, index, over }, { start: word.start, end }, values, index);
}

/** `window[time -> place, offset; stride 2, pad 1](x)`, `overlap[place, offset -> time; stride 2, pad 1](y)`. */
function windows(parser: Parser, word: Token, op: 'window' | 'overlap'): Formula {
  const { tokens } = parser;
  const bracket = expectSymbol(tokens, '[');
  const pair = (): readonly [Word, Word] => {
    const position = parseWord(tokens, 'the axis that counts the windows');
    expectSymbol(tokens, ',');
    return [position, parseWord(tokens, 'the axis within a window')];
  };
  const arrow = (): void => void expectSymbol(tokens, '->');
  let axis: Word;
  let axes: readonly [Word, Word];
  if (op === 'window') {
    axis = parseWord(tokens, 'an axis');
    arrow();
    axes = pair();
  } else {
    axes = pair();
    arrow();
    axis = parseWord(tokens, 'an axis');
  }
  const [position, offset] = axes;
  const steps = tokens.accept(';') ? parseSteps(parser) : {};
  expectSymbol(tokens, ']', bracket, Object.keys(steps).length === 0 ? '";" or "]"' : '"," or "]"');
  const { args, end } = parseOperands(parser, word, 1);
  const [arg] = args as [Formula]; // as many as asked for
  return parser.node({ op, arg, axis, position, offset, steps }, { start: word.start, end }, arg);
}

/** `stride 2, dilation 3, pad 1`, in any order. */
function parseSteps({ tokens }: Parser): Partial<Windowing> {
  const steps: Partial<Record<Step, number>> = {};
  do {
    const found = windowSteps.find((step) => step.word === tokens.peek().text);
    if (found === undefined) throw refuse(tokens, STEP_WORDS);
    const at = tokens.next();
    if (found.step in steps) throw errors.attributeTwice(tokens.source, at, found.word);
    steps[found.step] = parseNumber(tokens);
  } while (tokens.accept(','));
  return steps;
}

type Step = (typeof windowSteps)[number]['step'];
const STEP_WORDS = windowSteps.map(({ word }) => `"${word}"`).join(', ');
