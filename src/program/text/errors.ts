/** Words of the errors at a place of a program's text. */

import { required, UserError } from '../../errors/index.ts';
import { likely } from '../../errors/wording/index.ts';
import type { Axis } from '../axes.ts';
import { expectedOneOf, quoted, shortened } from './namesShown.ts';
import { locate, printable, type SourceText, type Span } from './place.ts';

/** Something wrong at a place of a text, with what to do about it. */
function located(code: string, text: SourceText, span: Span, problem: string, hint?: string, data = {}): UserError {
  const { line, column, length, text: shown } = text.place(span);
  const message = locate({ line, column, length, text: shown }, text.source, problem, hint);
  return new UserError(code, message, { source: text.source, line, column, length, problem, hint, ...data });
}

const SYNTAX = 'program.syntax';

export function unexpected(text: SourceText, at: Span, given: string, expected: string, open?: Span): UserError {
  const bracket = open === undefined ? '' : ` to close "${text.text[open.start]}" of line ${text.place(open).line}`;
  return located(SYNTAX, text, at, `unexpected ${shortened(given)}`, `expected ${expected}${bracket}`);
}

export function unexpectedCharacter(text: SourceText, at: Span, character: string): UserError {
  const code = required(character.codePointAt(0), 'character that is unexpected')
    .toString(16)
    .toUpperCase()
    .padStart(4, '0');
  const hint = 'a name with such a character stands in quotes';
  return located(SYNTAX, text, at, `unexpected character "${printable(character)}" (U+${code})`, hint);
}

export function inexactPower(text: SourceText, at: Span): UserError {
  return located(
    SYNTAX,
    text,
    at,
    'the power of a size is no fraction of whole numbers',
    'powers are exact: a number up to a million, or a fraction such as (1/3)',
  );
}

export function numberTooLarge(text: SourceText, at: Span): UserError {
  return located(
    SYNTAX,
    text,
    at,
    'the number is too large',
    'the largest is about 1.8e308; Infinity stands for itself',
  );
}

export function openQuote(text: SourceText, at: Span): UserError {
  return located(SYNTAX, text, at, 'the quote is not closed', 'expected a second " on the same line');
}

export function badQuote(text: SourceText, at: Span): UserError {
  return located(
    SYNTAX,
    text,
    at,
    'the quoted name is no string of JSON',
    'write a quote as \\" and a backslash as \\\\',
  );
}

export function badPosition(text: SourceText, at: Span): UserError {
  return located(SYNTAX, text, at, '"$" without a number', 'expected an operand of map[…] by its position: $1, $2, …');
}

export function tooDeep(text: SourceText, at: Span, most: number): UserError {
  const hint = 'give a part of it a name on a line of its own';
  return located(SYNTAX, text, at, `the formula is nested more than ${most} deep`, hint, { most });
}

export function tooLong(text: SourceText, at: Span, most: number): UserError {
  const hint = 'give a part of it a name on a line of its own';
  return located(SYNTAX, text, at, `the formula has more than ${most} operations in a row`, hint, { most });
}

export function reservedWord(text: SourceText, at: Span, what: string, name: string): UserError {
  const hint = `call it otherwise, as "${name}1"`;
  return located('program.reserved-name', text, at, `no ${what} can be called "${name}"`, hint, { name });
}

export function tooManyStatements(text: SourceText, at: Span, most: number): UserError {
  const hint = 'carry what repeats from step to step in a state, as in "state x[n] ~ normal(1)" and "next state x = …"';
  return located(SYNTAX, text, at, `a program of more than ${most} statements`, hint);
}

export function tooManyNames(text: SourceText, at: Span, most: number): UserError {
  return located(SYNTAX, text, at, `the list has more than ${most} names`, undefined, { most });
}

export function tooManyParts(text: SourceText, at: Span, most: number): UserError {
  const hint = 'give a part of it a name on a line of its own';
  return located(SYNTAX, text, at, `the formula has more than ${most} parts`, hint, { most });
}

export function lateTitle(text: SourceText, at: Span): UserError {
  return located(SYNTAX, text, at, 'the name of the program below other lines', 'it stands in the first line');
}

export function unknownKeyword(text: SourceText, at: Span, word: string, known: readonly string[]): UserError {
  return located(SYNTAX, text, at, `no declaration begins with ${quoted(word)}`, expectedOneOf(word, known));
}

export function unknownFunction(text: SourceText, at: Span, name: string, known: readonly string[]): UserError {
  const near = likely(name, known);
  const hint = near === undefined ? `the functions are: ${known.join(', ')}` : `did you mean "${near}"?`;
  return located('program.unknown-function', text, at, `unknown function ${quoted(name)}`, hint, { name, known });
}

export function takesNoAxes(text: SourceText, at: Span, name: string): UserError {
  return located(SYNTAX, text, at, `"${name}" takes no axes`, `expected ${name}(…)`);
}

export function needsAxes(text: SourceText, at: Span, name: string): UserError {
  const avg = name === 'mean' ? '; avg(…) is the mean over all width axes' : '';
  return located(SYNTAX, text, at, `"${name}" needs the axes that it runs over`, `expected ${name}[axis, …](…)${avg}`);
}

export function operandCount(text: SourceText, at: Span, name: string, wanted: number, given: number): UserError {
  const operands = wanted === 1 ? '1 operand' : `${wanted} operands`;
  return located(SYNTAX, text, at, `"${name}" takes ${operands}, given ${given}`);
}

export function attributeTwice(text: SourceText, at: Span, name: string): UserError {
  return located(SYNTAX, text, at, `the attribute ${quoted(name)} is given twice`);
}

export function primedSpace(text: SourceText, at: Span, name: string): UserError {
  return located(
    SYNTAX,
    text,
    at,
    `the space ${quoted(name)} is named with a prime`,
    'a space has none; its copies do',
  );
}

export function badSize(text: SourceText, at: Span, given: string, expected = 'a positive number'): UserError {
  return located(SYNTAX, text, at, `size ${given}`, `expected ${expected}`);
}

export function lawOfData(text: SourceText, at: Span, name: string): UserError {
  const hint = `expected "initial ${shortened(name)}" for values drawn by a law, or no law`;
  return located(SYNTAX, text, at, 'data is given at run time and has no law', hint);
}

export function indexParameter(text: SourceText, at: Span, name: string): UserError {
  return located(
    SYNTAX,
    text,
    at,
    `the parameter ${quoted(name)} is an index`,
    'parameters are real; declare it as data',
  );
}

export function emptyText(text: SourceText): UserError {
  const hint = 'expected at least an output, such as "output f = avg(v * v)" with "width n" and "initial v[n]" above';
  return located('program.empty', text, { start: 0, end: 1 }, 'no line declares or computes anything', hint);
}

export function unknownName(text: SourceText, at: Span, name: string, known: readonly string[]): UserError {
  return located('program.unknown-value', text, at, `unknown value ${quoted(name)}`, expectedOneOf(name, known), {
    name,
    known,
  });
}

export function spaceAsValue(text: SourceText, at: Span, name: string): UserError {
  const hint = `${shortened(name)} is a space; its size is written |${shortened(name)}|`;
  return located('program.unknown-value', text, at, `unknown value ${quoted(name)}`, hint, { name });
}

export function readEarly(text: SourceText, at: Span, name: string, line: number): UserError {
  const problem = `${quoted(name)} is read before it is defined`;
  const own = text.place(at).line === line;
  const hint = own ? 'only a state has a value from before' : `line ${line} defines it; move that line up`;
  return located('program.unknown-value', text, at, problem, hint, { name });
}

export function unknownSpace(text: SourceText, at: Span, name: string, known: readonly string[]): UserError {
  const hint = known.length === 0 ? 'declare it: fixed NAME, or width NAME' : expectedOneOf(name, known);
  return located('program.unknown-space', text, at, `no space ${quoted(name)} is declared`, hint, { name, known });
}

export function definedTwice(text: SourceText, at: Span, what: string, name: string, first: number): UserError {
  const problem = `the ${what} ${quoted(name)} is defined twice`;
  return located('program.duplicate-name', text, at, problem, `line ${first} defines it first`, { name, first });
}

/** Everything that does not fit in one instruction. */
export function misfit(text: SourceText, at: Span, problems: readonly string[]): UserError {
  const [first = '', ...others] = problems;
  const hint = others.length === 0 ? undefined : others.map((problem) => `also: ${problem}`).join('\n');
  return located('program.mismatch', text, at, first, hint, { problems });
}

export function declaredOtherwise(
  text: SourceText,
  at: Span,
  name: string,
  declared: string,
  inferred: string,
): UserError {
  const problem = `${quoted(name)} is declared as ${declared} and computed as ${inferred}`;
  return located('program.mismatch', text, at, problem, 'correct the axes on the left, or leave them out', {
    declared,
    inferred,
  });
}

export function indexInFormula(text: SourceText, at: Span, name: string, of: string): UserError {
  const hint = `an index picks entries: x[${of} = ${shortened(name)}]`;
  return located('program.mismatch', text, at, `${quoted(name)} is an index into ${of}, expected a real value`, hint);
}

export function numbersWithoutAxes(text: SourceText, at: Span): UserError {
  return located('program.mismatch', text, at, 'a list of numbers without axes', 'name them: c[class] = (1, -1)');
}

export function numbersInside(text: SourceText, at: Span): UserError {
  const hint = 'give it a name and axes on a line of its own: c[class] = (1, -1)';
  return located('program.mismatch', text, at, 'a list of numbers within a formula', hint);
}

export function notScalar(text: SourceText, at: Span): UserError {
  const hint = 'such a formula has numbers, names, functions of them and + - * / ^; a mean[…](…) only around all of it';
  return located('program.mismatch', text, at, 'this does not work entry by entry', hint);
}

export function positionOutside(text: SourceText, at: Span, operands: number): UserError {
  const hint =
    operands === 0
      ? 'it names an operand of map[…](…)'
      : `the map has ${operands === 1 ? '1 operand' : `${operands} operands`}`;
  return located('program.mismatch', text, at, 'no such operand', hint);
}

export function notAnOperand(text: SourceText, at: Span, operands: readonly string[]): UserError {
  const hint = `the operands are ${operands.map(shortened).join(', ')}`;
  return located('program.mismatch', text, at, 'a map with a list of operands reads those alone', hint);
}

export function avgWithoutWidth(text: SourceText, at: Span, axes: readonly Axis[]): UserError {
  const hint = 'avg is the mean over all width axes; for fixed axes write mean[axis](…)';
  return located('program.mismatch', text, at, `avg of a value with axes [${axes.join(', ')}], none of a width`, hint);
}

/** `x[n']` that does not say which axis is meant. */
export function unclearCopy(text: SourceText, at: Span, asked: readonly Axis[], axes: readonly Axis[]): UserError {
  const problem = `[${asked.join(', ')}] does not say how to copy the axes [${axes.join(', ')}]`;
  const hint = "name as many axes of a space as the value has, in its order, or write x as [n -> n', …]";
  return located('program.mismatch', text, at, problem, hint, { asked, axes });
}

export function notAMatrix(text: SourceText, at: Span, axes: readonly Axis[]): UserError {
  const problem = `a value with axes [${axes.join(', ')}] is not read as a matrix`;
  const hint = 'a matrix has two width axes, or two axes at all; name the axes to sum over: x @[axis] W';
  return located('program.mismatch', text, at, problem, hint, { axes });
}

export function productAxes(text: SourceText, at: Span, axis: Axis, space: string, axes: readonly Axis[]): UserError {
  const problem = `the product sums over ${axis} and needs one axis of ${space} on the right, given [${axes.join(', ')}]`;
  const hint = 'name the axes to sum over: x @[axis] W';
  return located('program.mismatch', text, at, problem, hint, { axis, axes });
}

export function strayTranspose(text: SourceText, at: Span): UserError {
  const hint = 'it stands to the left of a product without axes: W^T @ x';
  return located('program.mismatch', text, at, 'a transpose outside of a product', hint);
}

export function unusedValue(text: SourceText, at: Span, name: string): UserError {
  const hint = `use it, remove it, or begin its line with "keep"`;
  return located('program.unused-value', text, at, `no output depends on ${quoted(name)}`, hint, { name });
}

export function noOutputs(text: SourceText, at: Span): UserError {
  const hint = 'add a line such as "output f", or "no outputs" if none is meant';
  return located('program.no-outputs', text, at, 'the program ends without an output', hint);
}

export function outputsDenied(text: SourceText, at: Span): UserError {
  return located('program.no-outputs', text, at, '"no outputs" in a program with outputs', 'remove this line');
}

export function stateNotWritten(text: SourceText, at: Span, name: string): UserError {
  const hint = `add a line "next state ${shortened(name)} = …"`;
  return located('program.state', text, at, `state ${quoted(name)} is read but never written`, hint, { name });
}

export function stateNotRead(text: SourceText, at: Span, name: string, known: readonly string[]): UserError {
  const hint = expectedOneOf(name, known);
  return located('program.state', text, at, `state ${quoted(name)} is written but never read`, hint, { name });
}

export function stateChanged(text: SourceText, at: Span, name: string, before: string, after: string): UserError {
  const problem = `state ${quoted(name)} has axes ${before} and becomes ${after}`;
  return located('program.state', text, at, problem, 'a state keeps its axes', { name, before, after });
}
