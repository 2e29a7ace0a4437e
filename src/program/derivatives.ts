/** Symbolic derivatives of scalar expressions. */

import {
  add,
  argument,
  argumentsOf,
  binary,
  constant,
  div,
  type Expr,
  mul,
  neg,
  pow,
  square,
  sub,
  substitute,
  unary,
} from './expressions.ts';
import { GELU_TANH_CUBIC, GELU_TANH_SCALE, type UnaryName } from './unary.ts';

const x = argument(0);

/** f′ as an expression in `argument(0)`, by name. At kinks the values follow unary.ts. */
const unaryDerivatives: Readonly<Record<UnaryName, Expr>> = {
  neg: constant(-1),
  exp: unary('exp', x),
  log: div(1, x),
  sqrt: div(0.5, unary('sqrt', x)),
  tanh: sub(1, square(unary('tanh', x))),
  sigmoid: mul(unary('sigmoid', x), sub(1, unary('sigmoid', x))),
  erf: mul(2 / Math.sqrt(Math.PI), unary('exp', neg(square(x)))),
  sin: unary('cos', x),
  cos: neg(unary('sin', x)),
  abs: unary('sign', x),
  sign: constant(0),
  step: constant(0),
  relu: unary('step', x),
  normalCdf: unary('normalDensity', x),
  normalDensity: neg(mul(x, unary('normalDensity', x))),
  gelu: add(unary('normalCdf', x), mul(x, unary('normalDensity', x))),
  geluTanh: geluTanhDerivative(),
};

/** d/dx of x/2 (1 + tanh u), u = c (x + k x³): (1 + tanh u)/2 + x/2 (1 − tanh² u) c (1 + 3 k x²). */
function geluTanhDerivative(): Expr {
  const tanh = unary('tanh', mul(GELU_TANH_SCALE, add(x, mul(GELU_TANH_CUBIC, mul(x, square(x))))));
  const inner = mul(GELU_TANH_SCALE, add(1, mul(3 * GELU_TANH_CUBIC, square(x))));
  return add(mul(0.5, add(1, tanh)), mul(mul(0.5, x), mul(sub(1, square(tanh)), inner)));
}

/**
 * The functions without a derivative, `sign` and `step`, through which an expression reads an argument: through them alone
 * it does not change where the argument does.
 */
export function flatFunctions(expr: Expr, index: number): readonly UnaryName[] {
  switch (expr.op) {
    case 'constant':
    case 'size':
    case 'argument':
      return [];
    case 'unary': {
      const inner = flatFunctions(expr.arg, index);
      return isFlat(expr.name) && argumentsOf(expr.arg).has(index) ? [...new Set([expr.name, ...inner])] : inner;
    }
    case 'binary':
      return [...new Set([...flatFunctions(expr.left, index), ...flatFunctions(expr.right, index)])];
  }
}

function isFlat(name: UnaryName): boolean {
  const derivative = unaryDerivatives[name];
  return derivative.op === 'constant' && derivative.value === 0;
}

/** ∂expr/∂argument(index). max and min give the whole derivative to the strictly larger (smaller) side, ties to the right. */
export function differentiate(expr: Expr, index: number): Expr {
  switch (expr.op) {
    case 'constant':
    case 'size':
      return constant(0);
    case 'argument':
      return constant(expr.index === index ? 1 : 0);
    case 'unary': {
      const inner = differentiate(expr.arg, index);
      if (inner.op === 'constant' && inner.value === 0) return inner;
      const outer = substitute(unaryDerivatives[expr.name], (leaf) => (leaf.op === 'argument' ? expr.arg : leaf));
      return mul(outer, inner);
    }
    case 'binary':
      return differentiateBinary(expr, index);
  }
}

function differentiateBinary(expr: Expr & { op: 'binary' }, index: number): Expr {
  const { left, right } = expr;
  const dLeft = differentiate(left, index);
  const dRight = differentiate(right, index);
  switch (expr.name) {
    case 'add':
    case 'sub':
      return binary(expr.name, dLeft, dRight);
    case 'mul':
      return add(mul(dLeft, right), mul(left, dRight));
    case 'div':
      return sub(div(dLeft, right), div(mul(left, dRight), square(right)));
    case 'max':
      return select(sub(left, right), dLeft, dRight);
    case 'min':
      return select(sub(right, left), dLeft, dRight);
    case 'pow': {
      const base = mul(mul(right, pow(left, sub(right, 1))), dLeft);
      const exponent = mul(mul(expr, unary('log', left)), dRight);
      return add(base, exponent);
    }
  }
}

/** `whenPositive` where the condition is > 0, else `otherwise`. */
function select(condition: Expr, whenPositive: Expr, otherwise: Expr): Expr {
  const positive = unary('step', condition);
  return add(mul(positive, whenPositive), mul(sub(1, positive), otherwise));
}
