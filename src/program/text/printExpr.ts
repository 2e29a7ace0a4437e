/** The printed form of scalar expressions, from which the same tree is read back. */

import { type Exponent, equal, ONE, printDecimal } from '../exponent.ts';
import type { BinaryName, Expr } from '../expressions.ts';
import { quoteName } from './names.ts';

/** How tightly each binary operation binds; functions and leaves bind tightest. */
const precedence: Readonly<Record<BinaryName, number>> = { add: 1, sub: 1, mul: 2, div: 2, pow: 3, max: 4, min: 4 };
const symbol: Readonly<Partial<Record<BinaryName, string>>> = { add: '+', sub: '-', mul: '*', div: '/', pow: '^' };
const POWER = precedence.pow;
const LEAF = POWER + 1;

/** A number that reads back as the same f64. */
export const printNumber = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** A power of a size: `|n|`, `|n|^-0.5`, `|n|^(1/3)`. */
export function printSizePower(space: string, exponent: Exponent): string {
  return equal(exponent, ONE) ? `|${quoteName(space)}|` : `|${quoteName(space)}|^${printDecimal(exponent)}`;
}

/** A scalar expression over named operands; an operand without a name of its own is written by its position. */
export function printExpr(expr: Expr, names: readonly string[]): string {
  return print(expr, 0);

  function print(node: Expr, outer: number): string {
    switch (node.op) {
      case 'constant': {
        const negative = node.value < 0 || Object.is(node.value, -0);
        return negative && outer > 0 ? `(${printNumber(node.value)})` : printNumber(node.value);
      }
      case 'argument': {
        const name = names[node.index];
        return name === undefined || names.indexOf(name) < node.index ? `$${node.index + 1}` : quoteName(name);
      }
      case 'size':
        // An exponent right behind a size belongs to the size.
        return parenthesize(printSizePower(node.space, node.exponent), POWER, outer);
      case 'unary':
        return node.name === 'neg'
          ? parenthesize(`-${negated(node.arg)}`, 1, outer)
          : `${node.name}(${print(node.arg, 0)})`;
      case 'binary': {
        const own = precedence[node.name];
        const sign = symbol[node.name];
        if (sign === undefined) return `${node.name}(${print(node.left, 0)}, ${print(node.right, 0)})`;
        const [left, right] = node.name === 'pow' ? [LEAF, POWER] : [own, own + 1];
        return parenthesize(`${print(node.left, left)} ${sign} ${print(node.right, right)}`, own, outer);
      }
    }
  }

  /** A number behind a minus sign would be read as a negative number. */
  function negated(arg: Expr): string {
    const text = print(arg, 2);
    return arg.op === 'constant' && !text.startsWith('(') ? `(${text})` : text;
  }
}

function parenthesize(text: string, own: number, outer: number): string {
  return own < outer ? `(${text})` : text;
}

/** The operands of an expression by first appearance in its printed form. */
export function argumentOrder(expr: Expr): readonly number[] {
  const found = new Set<number>();
  const visit = (node: Expr): void => {
    switch (node.op) {
      case 'constant':
      case 'size':
        return;
      case 'argument':
        found.add(node.index);
        return;
      case 'unary':
        visit(node.arg);
        return;
      case 'binary':
        visit(node.left);
        visit(node.right);
    }
  };
  visit(expr);
  return [...found];
}
