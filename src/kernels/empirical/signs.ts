/**
 * Signs of values, brought down to those of what they are made of: sign(x y) = sign x sign y, sign(tanh x) = sign x. So
 * the sign of a gradient dh ⊗ x with dh = φ′(h) ⊙ dx becomes a product of functions of one Gaussian variable each, whose
 * means have closed forms.
 */

import {
  argument,
  constant,
  type Expr,
  mul,
  type UnaryName,
  unary,
  type Value,
  type Writer,
} from '../../program/index.ts';

/** The sign of a function by its argument: that of the argument, that of the function itself, or always 1. */
const SIGNS: Readonly<Record<UnaryName, 'argument' | 'step' | 'positive' | 'function'>> = {
  neg: 'function',
  exp: 'positive',
  log: 'function',
  sqrt: 'argument',
  tanh: 'argument',
  sigmoid: 'positive',
  erf: 'argument',
  sin: 'function',
  cos: 'function',
  abs: 'function',
  sign: 'argument',
  step: 'step',
  relu: 'step',
  normalCdf: 'positive',
  normalDensity: 'positive',
  gelu: 'argument',
  geluTanh: 'argument',
};

/** Writes the sign of a value, 0 where it is 0. */
export function writeSign(writer: Writer, value: Value): Value {
  const instruction = writer.instruction(value);
  if (instruction.op === 'rename')
    return writer.rename(writeSign(writer, writer.value(instruction.arg)), instruction.axes);
  if (instruction.op === 'broadcast')
    return writer.broadcast(writeSign(writer, writer.value(instruction.arg)), instruction.along);
  if (instruction.op === 'contract' && instruction.over.length === 0) {
    const [left, right] = instruction.args.map((ref) => writeSign(writer, writer.value(ref)));
    if (left !== undefined && right !== undefined) return writer.contract(left, right, []);
  }
  if (instruction.op === 'parameter') {
    const one = writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [1] });
    return writer.map(unary('sign', argument(0)), [writer.contract(one, value, [])]);
  }
  if (instruction.op !== 'map') return writer.map(unary('sign', argument(0)), [value]);
  const args = instruction.args.map((ref) => writer.value(ref));
  const signed = (expr: Expr): Expr => {
    switch (expr.op) {
      case 'constant':
        return constant(Math.sign(expr.value));
      case 'size':
        return constant(1);
      case 'argument': {
        const operand = args[expr.index];
        return operand === undefined ? expr : argument(args.push(writeSign(writer, operand)) - 1);
      }
      case 'unary':
        return signedUnary(expr, signed);
      case 'binary':
        if (expr.name === 'mul' || expr.name === 'div') return mul(signed(expr.left), signed(expr.right));
        return isPositive(expr) ? constant(1) : unary('sign', expr);
    }
  };
  return writer.map(signed(instruction.expr), args);
}

/** Functions whose values lie between −1 and 1, which they do not reach. */
const WITHIN: readonly UnaryName[] = ['tanh', 'erf', 'sigmoid', 'normalCdf'];

/** Whether it is 1, or more, less what is smaller: 1 − tanh² x, say, the derivative of tanh. */
function isPositive({ name, left, right }: Expr & { op: 'binary' }): boolean {
  const isWithin = (expr: Expr): boolean =>
    expr.op === 'unary'
      ? WITHIN.includes(expr.name)
      : expr.op === 'binary' && expr.name === 'mul' && isWithin(expr.left) && isWithin(expr.right);
  return name === 'sub' && left.op === 'constant' && left.value >= 1 && isWithin(right);
}

function signedUnary(expr: Expr & { op: 'unary' }, signed: (expr: Expr) => Expr): Expr {
  switch (SIGNS[expr.name]) {
    case 'argument':
      return signed(expr.arg);
    case 'step':
      return unary('step', expr.arg);
    case 'positive':
      return constant(1);
    case 'function':
      return expr.name === 'neg' ? mul(-1, signed(expr.arg)) : unary('sign', expr);
  }
}
