/** Scalar expressions from text, the formulas of programs without their axes: `beta * first + (1 - beta) * gradient`. */

import { argument, constant, type Expr } from '../expressions.ts';
import * as errors from './errors.ts';
import { FormulaParser } from './parseFormula.ts';
import { refuse } from './parseParts.ts';
import { SourceText } from './place.ts';
import type { Formula } from './syntax.ts';
import { Tokens } from './tokens.ts';

/** How the text of an expression is read: names of its arguments, and what messages call it. */
export interface ExpressionText {
  /** What argument i is called. */
  readonly names: readonly string[];
  /** A word that makes one name with the name behind it: with `next`, `next first`. */
  readonly prefix?: string;
  /** What messages call the text. */
  readonly source?: string;
}

/** An expression, and the words of the mean that stands around it: `mean[rows](…)`. */
export interface ParsedExpression {
  readonly expr: Expr;
  readonly mean?: readonly string[];
}

/**
 * Parses one expression, as it is written: nothing is folded. Throws {@link UserError} `program.syntax`,
 * `program.unknown-value`, `program.mismatch`.
 */
export function parseExpression(text: string, { names, prefix, source }: ExpressionText): ParsedExpression {
  const place = new SourceText(text, source);
  const tokens = new Tokens(place);
  const formula = new FormulaParser(tokens, prefix).formula();
  if (tokens.peek().kind !== 'end') throw refuse(tokens, 'an operator or the end of the formula');
  if (formula.op !== 'reduce' || formula.by !== 'mean') return { expr: expression(formula) };
  return { expr: expression(formula.arg), mean: formula.over.map((word) => word.text) };

  function expression(part: Formula): Expr {
    switch (part.op) {
      case 'number':
        return constant(part.value);
      case 'name': {
        const index = names.indexOf(part.name);
        if (index < 0) throw errors.unknownName(place, part, part.name, names);
        return argument(index);
      }
      case 'unary':
        return { op: 'unary', name: part.name, arg: expression(part.arg) };
      case 'binary':
        return { op: 'binary', name: part.name, left: expression(part.left), right: expression(part.right) };
      default:
        throw errors.notScalar(place, part);
    }
  }
}
