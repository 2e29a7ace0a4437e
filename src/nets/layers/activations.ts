/** Activations of the layer language: names, settings and their defaults are those of neural-tangents' stax. */

import { add, type Expr, mul, neg, square, sub, type UnaryName, unary } from '../../program/index.ts';
import type { Settings } from './settings.ts';

/** f as an expression of x; some read the mean of x² over the channels too. */
export interface Activation {
  readonly expr: (x: Expr, meanSquare: Expr) => Expr;
  readonly readsMeanSquare?: boolean;
}

type Reader = (settings: Settings) => Activation;

const plain =
  (name: UnaryName): Reader =>
  () => ({ expr: (x) => unary(name, x) });

const of = (expr: (x: Expr) => Expr): Activation => ({ expr });

/** a · min(x, 0) + b · max(x, 0). */
const twoSlopes = (a: number, b: number): Activation => of((x) => add(mul(a, x), mul(b - a, unary('relu', x))));

/** x^degree, multiplied out where it is small. */
function power(x: Expr, degree: number): Expr {
  return Array.from({ length: degree }, () => x).reduce<Expr>((product, own) => mul(product, own), {
    op: 'constant',
    value: 1,
  });
}

/** The scale of `Sigmoid_like`, at which 0.5 erf(x/s) + 0.5 is nearest to a sigmoid. */
const SIGMOID_SCALE = 2.4020563531719796;

export const activations: Readonly<Record<string, Reader>> = {
  Identity: () => of((x) => x),
  Relu: (settings) => {
    settings.ignore('do_backprop', 'do_stabilize');
    return of((x) => unary('relu', x));
  },
  LeakyRelu: (settings) => {
    settings.ignore('do_stabilize');
    return twoSlopes(settings.number('alpha'), 1);
  },
  ABRelu: (settings) => {
    settings.ignore('do_stabilize');
    return twoSlopes(settings.number('a'), settings.number('b'));
  },
  Abs: (settings) => {
    settings.ignore('do_stabilize');
    return of((x) => unary('abs', x));
  },
  Sign: plain('sign'),
  Tanh: plain('tanh'),
  Sigmoid: plain('sigmoid'),
  Gelu: (settings) => {
    const name = settings.flag('approximate', false) ? 'geluTanh' : 'gelu';
    return of((x) => unary(name, x));
  },
  Swish: () => of((x) => mul(x, unary('sigmoid', x))),
  Softplus: () => of((x) => unary('log', add(1, unary('exp', x)))),
  ElementwiseNumerical_tanh: (settings) => {
    settings.ignore('deg');
    return of((x) => unary('tanh', x));
  },
  Erf: (settings) => {
    const [a, b, c] = [settings.number('a', 1), settings.number('b', 1), settings.number('c', 0)];
    return of((x) => add(mul(a, unary('erf', mul(b, x))), c));
  },
  Sigmoid_like: () => of((x) => add(mul(0.5, unary('erf', mul(1 / SIGMOID_SCALE, x))), 0.5)),
  Sin: (settings) => wave('sin', settings),
  Cos: (settings) => wave('cos', settings),
  /** Its dual activation is e^(−γ (u − v)²) in the mean. */
  Rbf: (settings) => {
    const frequency = Math.sqrt(2 * settings.nonNegative('gamma', 1));
    return of((x) => mul(Math.SQRT2, unary('sin', add(mul(frequency, x), Math.PI / 4))));
  },
  Exp: (settings) => {
    const [a, b] = [settings.number('a', 1), settings.number('b', 1)];
    return of((x) => mul(a, unary('exp', mul(b, x))));
  },
  Gaussian: (settings) => {
    const [a, b] = [settings.number('a', 1), settings.number('b', -1)];
    return of((x) => mul(a, unary('exp', mul(b, square(x)))));
  },
  Gabor: () => of((x) => mul(unary('exp', neg(square(x))), unary('sin', x))),
  /**
   * The Gaussian normalized kernel: with s² the mean of x² over the channels, s e^(√γ x/s − γ/2 + γ shift/2), whose dual
   * activation is s s′ e^(γ (cos + shift)).
   */
  ExpNormalized: (settings) => {
    settings.ignore('do_backprop');
    const [gamma, shift] = [settings.number('gamma', 1), settings.number('shift', -1)];
    return {
      readsMeanSquare: true,
      expr: (x, meanSquare) => {
        const s = unary('sqrt', meanSquare);
        const exponent = add(
          mul(Math.sqrt(gamma), { op: 'binary', name: 'div', left: x, right: s }),
          (gamma * (shift - 1)) / 2,
        );
        return mul(s, unary('exp', exponent));
      },
    };
  },
  Monomial: (settings) => {
    const degree = settings.degree('degree');
    return of((x) => power(x, degree));
  },
  RectifiedMonomial: (settings) => {
    const degree = settings.degree('degree');
    return of((x) => mul(power(x, degree), unary('step', x)));
  },
  Polynomial: (settings) => {
    const coefficients = settings.numbers('coef');
    return of((x) =>
      coefficients.reduce<Expr>((total, own, k) => add(total, mul(own, power(x, k))), { op: 'constant', value: 0 }),
    );
  },
  /**
   * The Hermite polynomial of unit norm under the standard normal law, for x of mean square 1; else s^degree h(x/s) with
   * s² the mean of x² over the channels, whose dual activation is the covariance to this power.
   */
  Hermite: (settings) => {
    const degree = settings.degree('degree');
    return {
      readsMeanSquare: true,
      expr: (x, meanSquare) => mul(1 / Math.sqrt(factorial(degree)), wickPower(x, meanSquare, degree)),
    };
  },
};

function wave(name: 'sin' | 'cos', settings: Settings): Activation {
  const [a, b, c] = [settings.number('a', 1), settings.number('b', 1), settings.number('c', 0)];
  return of((x) => mul(a, unary(name, add(mul(b, x), c))));
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** s^n He_n(x/s) by He_(n+1) = x He_n − n He_(n−1). */
function wickPower(x: Expr, meanSquare: Expr, degree: number): Expr {
  let [before, now]: [Expr, Expr] = [
    { op: 'constant', value: 0 },
    { op: 'constant', value: 1 },
  ];
  for (let n = 0; n < degree; n++) [before, now] = [now, sub(mul(x, now), mul(n, mul(meanSquare, before)))];
  return now;
}
