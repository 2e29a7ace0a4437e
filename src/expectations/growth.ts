/** Whether a function of Gaussian variables may grow so fast that its mean need not exist. */

import { rangeOf } from './ranges.ts';
import type { Variate } from './variates.ts';

/**
 * Whether a variate may grow faster than e^(c |x|) for every c, as e^(x²) does; its inverse, where that is asked. What
 * polynomials and exponentials of linear functions bound has all means.
 */
export function growsFast(variate: Variate, inverted = false): boolean {
  switch (variate.op) {
    case 'linear':
      return false;
    case 'sum':
      // An inverse of a sum is large where all of it is small, which may be where any term is.
      return variate.terms.some(([term]) => growsFast(term, inverted) || (inverted && growsFast(term)));
    case 'product':
      return variate.factors.some(([factor]) => growsFast(factor, inverted));
    case 'power':
      return growsFast(variate.arg, variate.exponent < 0 ? !inverted : inverted);
    case 'unary':
      return ofFunction(variate, inverted);
  }
}

function ofFunction({ name, arg }: Extract<Variate, { readonly op: 'unary' }>, inverted: boolean): boolean {
  const { low, high } = rangeOf(arg);
  switch (name) {
    case 'exp':
      return arg.op !== 'linear' && (inverted ? low === Number.NEGATIVE_INFINITY : high === Number.POSITIVE_INFINITY);
    case 'normalDensity':
      return inverted && !(Number.isFinite(low) && Number.isFinite(high));
    case 'neg':
    case 'abs':
    case 'relu':
    case 'gelu':
    case 'geluTanh':
    case 'log':
    case 'sqrt':
      return growsFast(arg, inverted);
    case 'tanh':
    case 'erf':
    case 'sin':
    case 'cos':
    case 'sign':
    case 'step':
      return inverted && growsFast(arg, inverted);
    case 'sigmoid':
      // Its inverse is 1 + e^(-x).
      return inverted && arg.op !== 'linear' && low === Number.NEGATIVE_INFINITY;
    case 'normalCdf':
      // Its inverse is as large as e^(x²/2).
      return inverted && low === Number.NEGATIVE_INFINITY;
  }
}
