/** Statements: one a line. */

import { likely } from '../../errors/wording/index.ts';
import { type Size, type Space, spaceOf } from '../axes.ts';
import { ONE } from '../exponent.ts';
import type { SizePower } from '../expressions.ts';
import type { Law, Role } from '../instructions.ts';
import * as errors from './errors.ts';
import { FormulaParser } from './parseFormula.ts';
import {
  counted,
  expectSymbol,
  isName,
  parseAxes,
  parseNumber,
  parseSizeExponent,
  parseWord,
  refuse,
} from './parseParts.ts';
import type { SourceText } from './place.ts';
import type { DeclaredLaw, DeclaredType, ParsedText, Statement, Word } from './syntax.ts';
import { Tokens } from './tokens.ts';

/** Words that begin a declaration when a name follows. */
const KEYWORDS = ['fixed', 'width', 'data', 'initial', 'state', 'parameter', 'output', 'next', 'no', 'keep'] as const;
export type DeclarationWord = (typeof KEYWORDS)[number];

/** What is longer is a loop written out, which a state carries over steps. */
const MAX_STATEMENTS = 20_000;

/** Splits a text into statements. Throws {@link UserError} `program.syntax`. */
export function parseText(source: SourceText): ParsedText {
  const tokens = new Tokens(source);
  skipEmpty(tokens);
  const name = parseTitle(tokens);
  const statements: Statement[] = [];
  for (skipEmpty(tokens); tokens.peek().kind !== 'end'; skipEmpty(tokens)) {
    if (statements.length >= MAX_STATEMENTS) throw errors.tooManyStatements(source, tokens.peek(), MAX_STATEMENTS);
    for (const statement of parseStatement(tokens)) statements.push(statement);
    expectEnd(tokens, endOf(statements.at(-1)));
  }
  return { name, statements };
}

function skipEmpty(tokens: Tokens): void {
  while (tokens.peek().kind === 'newline') tokens.next();
}

/** `program two layers`: the rest of the line as it is, or in quotes. */
function parseTitle(tokens: Tokens): string | undefined {
  if (!tokens.isWord('program')) return undefined;
  const rest = tokens.restOfLine();
  if (rest.startsWith('=') || rest.startsWith('[')) return undefined; // a value of that name
  tokens.next();
  if (rest === '') return undefined;
  if (!rest.startsWith('"')) {
    tokens.skipLine();
    return rest;
  }
  const { text } = parseWord(tokens, 'the name of the program');
  expectEnd(tokens, 'the end of the line');
  return text;
}

/** What may follow a statement. */
function endOf(statement: Statement | undefined): string {
  switch (statement?.op) {
    case 'equation':
      return 'an operator or the end of the line';
    case 'output':
      return statement.value === undefined ? '"=" or the end of the line' : 'an operator or the end of the line';
    case 'space':
      return '"," or the end of the line';
    default:
      return 'the end of the line';
  }
}

function expectEnd(tokens: Tokens, expected: string): void {
  const { kind } = tokens.peek();
  if (kind !== 'newline' && kind !== 'end') throw refuse(tokens, expected);
}

function parseStatement(tokens: Tokens): readonly Statement[] {
  const first = tokens.peek();
  if (first.kind !== 'name' || !isName(tokens.peek(1))) return [parseEquation(tokens, false)];
  switch (first.text) {
    case 'fixed':
    case 'width':
      tokens.next();
      return parseSpaces(tokens, first.text);
    case 'data':
    case 'initial':
    case 'state':
      tokens.next();
      return [parseInput(tokens, first.text)];
    case 'parameter':
      tokens.next();
      return [parseParameter(tokens)];
    case 'output':
      tokens.next();
      return [parseOutput(tokens, 'data')];
    case 'next':
      tokens.next();
      if (!tokens.isWord('state')) throw refuse(tokens, '"state"');
      tokens.next();
      return [parseOutput(tokens, 'state')];
    case 'no':
      tokens.next();
      if (!tokens.isWord('outputs')) throw refuse(tokens, '"outputs"');
      return [{ op: 'no outputs', at: { start: first.start, end: tokens.next().end } }];
    case 'keep':
      tokens.next();
      return [parseEquation(tokens, true)];
    default:
      if (tokens.isWord('of', 1)) return [parseEquation(tokens, false)];
      if (likely(first.text, KEYWORDS) !== undefined)
        throw errors.unknownKeyword(tokens.source, first, first.text, KEYWORDS);
      if (first.text === 'program') throw errors.lateTitle(tokens.source, first);
      tokens.next();
      throw refuse(tokens, '"[" or "=" behind a name that begins a line');
  }
}

/** `n, wide = 4 n`. */
function parseSpaces(tokens: Tokens, kind: Space['kind']): Statement[] {
  const found: Statement[] = [];
  do {
    const name = counted(tokens, found, parseWord(tokens, 'the name of a space'));
    const size: Size = tokens.accept('=') ? parseSize(tokens) : { symbol: name.text, ratio: 1 };
    if (spaceOf(name.text) !== name.text) throw errors.primedSpace(tokens.source, name, name.text);
    found.push({ op: 'space', space: { name: name.text, kind, size }, name });
  } while (tokens.accept(','));
  return found;
}

/** `32`, `n`, `4 n`. */
function parseSize(tokens: Tokens): Size {
  if (isName(tokens.peek())) return { symbol: tokens.next().text, ratio: 1 };
  const number = tokens.peek();
  if (number.kind !== 'number') throw refuse(tokens, 'a size such as 32, n or 4 n');
  const { value } = tokens.next();
  if (!(value > 0)) throw errors.badSize(tokens.source, number, number.text);
  if (tokens.accept('*') || isName(tokens.peek())) {
    return { symbol: parseWord(tokens, 'the symbol of a size').text, ratio: value };
  }
  if (!Number.isSafeInteger(value)) throw errors.badSize(tokens.source, number, number.text, 'a whole number');
  return value;
}

/** `[batch, n]`, `[batch] of vocabulary`; nothing for a scalar. */
function parseType(tokens: Tokens, after: Word): DeclaredType {
  const start = tokens.isSymbol('[') ? tokens.peek().start : after.start;
  const { words, end } = tokens.isSymbol('[') ? parseAxes(tokens) : { words: [], end: after.end };
  if (!tokens.isWord('of')) return { axes: words, of: undefined, start, end };
  tokens.next();
  const of = parseWord(tokens, 'the space that the index points into');
  return { axes: words, of, start, end: of.end };
}

function parseInput(tokens: Tokens, keyword: 'data' | 'initial' | 'state'): Statement {
  const name = parseWord(tokens, 'the name of a value');
  const type = parseType(tokens, name);
  if (keyword === 'data' && tokens.isSymbol('~')) throw errors.lawOfData(tokens.source, tokens.peek(), name.text);
  const role: Role = keyword === 'state' ? 'state' : 'data';
  const law = tokens.accept('~') ? parseLaw(tokens) : keyword === 'initial' ? STANDARD : undefined;
  return { op: 'input', role, name, type, law };
}

function parseParameter(tokens: Tokens): Statement {
  const name = parseWord(tokens, 'the name of a parameter');
  const type = parseType(tokens, name);
  if (type.of !== undefined) throw errors.indexParameter(tokens.source, type.of, name.text);
  const law = tokens.accept('~') ? parseLaw(tokens) : STANDARD;
  return { op: 'parameter', name, type, law, zeroGradient: tokens.accept(',') ? parseReason(tokens) : undefined };
}

/** `no gradient: "reason"`. */
function parseReason(tokens: Tokens): string {
  for (const word of ['no', 'gradient']) {
    if (!tokens.isWord(word)) throw refuse(tokens, 'no gradient: "reason"');
    tokens.next();
  }
  expectSymbol(tokens, ':');
  if (tokens.peek().kind !== 'quoted') throw refuse(tokens, 'the reason in quotes');
  return tokens.next().text;
}

/** Standard Gaussian, the law of what is declared without one. */
const STANDARD: DeclaredLaw = { law: { kind: 'gaussian', scale: 1, powers: [] }, spaces: [] };

export type LawWord = 'normal' | 'rademacher';
const randomLaws: Readonly<Record<LawWord, 'gaussian' | 'rademacher'>> = {
  normal: 'gaussian',
  rademacher: 'rademacher',
};
const isLawWord = (word: string): word is LawWord => Object.hasOwn(randomLaws, word);

/** `normal(2 |n|^-0.5)`, `rademacher(1)`, `0`. */
function parseLaw(tokens: Tokens): DeclaredLaw {
  const word = tokens.peek();
  if (word.kind === 'number' || tokens.isSymbol('-')) {
    const law: Law = { kind: 'constant', value: parseNumber(tokens) };
    return { law, spaces: [] };
  }
  const kind = word.kind === 'name' && isLawWord(word.text) ? randomLaws[word.text] : undefined;
  if (kind === undefined) throw refuse(tokens, 'a law: normal(…), rademacher(…) or a number');
  tokens.next();
  const open = expectSymbol(tokens, '(');
  const scale = tokens.peek().kind === 'number' || tokens.isSymbol('-') ? parseNumber(tokens) : 1;
  const powers: SizePower[] = [];
  const spaces: Word[] = [];
  tokens.accept('*');
  while (tokens.isSymbol('|')) {
    const bar = tokens.next();
    const space = parseWord(tokens, 'the name of a space');
    expectSymbol(tokens, '|', bar);
    powers.push({ space: space.text, exponent: tokens.accept('^') ? parseSizeExponent(tokens).exponent : ONE });
    spaces.push(counted(tokens, spaces, space));
    tokens.accept('*');
  }
  expectSymbol(tokens, ')', open, powers.length === 0 ? 'a number, "|" or ")"' : '"|" or ")"');
  return { law: { kind, scale, powers }, spaces };
}

function parseEquation(tokens: Tokens, keep: boolean): Statement {
  const name = parseWord(tokens, 'a declaration or an equation');
  const type = tokens.isSymbol('[') || tokens.isWord('of') ? parseType(tokens, name) : undefined;
  expectSymbol(tokens, '=', undefined, type === undefined ? '"[" or "="' : '"="');
  return { op: 'equation', name, type, value: new FormulaParser(tokens).formula(), keep };
}

function parseOutput(tokens: Tokens, role: Role): Statement {
  const name = parseWord(tokens, 'the name of an output');
  const value = tokens.accept('=') ? new FormulaParser(tokens).formula() : undefined;
  return { op: 'output', role, name, value };
}
