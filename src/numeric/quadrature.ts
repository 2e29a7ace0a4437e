/**
 * Gauss quadrature of any order: nodes are the nearest f64, weights within one unit in the last place.
 *
 * The orthonormal polynomials of a symmetric weight of total 1 obey b_(k+1) p_(k+1) = x p_k − b_k p_(k−1). Their zeros
 * are the eigenvalues of the symmetric matrix with the b_k beside a zero diagonal, found by bisection on the signs of its
 * pivots; one Newton step in doubled precision follows, for a weight depends on its node much more than on anything else
 * (for the outermost ones rounding the node alone would cost three digits). Weights are 1/Σ_(k<n) p_k²
 * (Christoffel), and b_n p_n′ = Σ_(k<n) p_k² / p_(n−1) at zeros (Darboux). Only + − × ÷ √ occur, so that every platform
 * agrees on every bit.
 */

import { required } from '../errors/index.ts';
import { entry } from './arrays.ts';
import { type DoubleDouble, negative, product, quotient, squareRoot, sum } from './doubleDouble.ts';
import { badCount, notRising } from './errors.ts';

/** Σ weights · f(nodes) approximates an integral, both [nodes]; nodes rise. Shared by all callers: read only. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** Computing a rule takes time like the square of its order: some seconds here. */
const MOST_NODES = 4096;

/** Where polynomials are scaled down, for those of the normal law grow beyond any f64. */
const LARGE = 2 ** 400;

/** b_k² as numerator and denominator. */
type Coefficients = (k: number) => readonly [number, number];

const legendreRules = new Map<number, Quadrature>();
const hermiteRules = new Map<number, Quadrature>();

/** The rule of ∫ f over [−1, 1], exact for polynomials of degree 2 · order − 1; order from 1 to 4096. */
export function gaussLegendre(order: number): Quadrature {
  return cached(legendreRules, order, (k) => [k * k, 4 * k * k - 1], 2);
}

/**
 * The rule of E f(z), z standard normal, exact for polynomials of degree 2 · order − 1; order from 1 to 4096.
 *
 * For entire functions of moderate growth; a function with a kink converges like 1/√order only: see
 * {@link compositeLegendre}. From order 370 on the outermost weights are below the smallest normal f64, from 389 on zero.
 */
export function gaussHermite(order: number): Quadrature {
  return cached(hermiteRules, order, (k) => [k, 1], 1);
}

/**
 * The rule of ∫ f from the first of the edges [panels + 1] to the last, a Gauss–Legendre rule of `order` nodes on each
 * panel between neighbors, nodes and weights [panels · order]: put edges where f has kinks.
 *
 * @throws InvariantError `numeric.notRising` unless the edges rise.
 */
export function compositeLegendre(edges: readonly number[], order: number): Quadrature {
  const { nodes, weights } = gaussLegendre(order);
  const panels = Math.max(0, edges.length - 1);
  const composite = { nodes: new Float64Array(panels * order), weights: new Float64Array(panels * order) };
  for (let panel = 0; panel < panels; panel++) {
    const [low, high] = [required(edges[panel], 'edge of a panel'), required(edges[panel + 1], 'edge of a panel')];
    if (!(low < high)) throw notRising('compositeLegendre', low, high);
    const half = (high - low) / 2;
    composite.nodes.set(
      nodes.map((node) => (node < 0 ? low + half * (1 + node) : high - half * (1 - node))),
      panel * order,
    );
    composite.weights.set(
      weights.map((weight) => half * weight),
      panel * order,
    );
  }
  return composite;
}

/** Σ weights · f(nodes). */
export function integrate({ nodes, weights }: Quadrature, f: (x: number) => number): number {
  let total = 0;
  for (let index = 0; index < nodes.length; index++) total += entry(weights, index) * f(entry(nodes, index));
  return total;
}

function cached(rules: Map<number, Quadrature>, order: number, squares: Coefficients, total: number): Quadrature {
  if (!Number.isInteger(order) || order < 1 || order > MOST_NODES) {
    throw badCount('The order of a quadrature', order, 1, MOST_NODES);
  }
  const known = rules.get(order) ?? gaussRule(order, squares, total);
  rules.set(order, known);
  return known;
}

function gaussRule(order: number, squares: Coefficients, total: number): Quadrature {
  const exact = Array.from({ length: order - 1 }, (_, index): DoubleDouble => {
    const [numerator, denominator] = squares(index + 1);
    return squareRoot(quotient([numerator, 0], [denominator, 0]));
  });
  const rough = Float64Array.from(exact, ([b]) => b * b);
  const nodes = new Float64Array(order);
  const weights = new Float64Array(order);
  for (let above = 0; 2 * above < order; above++) {
    const middle = 2 * above + 1 === order;
    const start = middle ? 0 : bisect(rough, above);
    const node = middle ? ZERO : refined(start, exact);
    const weight = total * christoffel(node, exact).weight;
    nodes[above] = middle ? 0 : -node[0];
    nodes[order - 1 - above] = node[0];
    weights[above] = weight;
    weights[order - 1 - above] = weight;
  }
  return { nodes, weights };
}

const ZERO: DoubleDouble = [0, 0];
const ONE: DoubleDouble = [1, 0];

/** The positive eigenvalue with `above` larger ones, to f64 precision. */
function bisect(squares: Float64Array, above: number): number {
  let low = 0;
  let high = 2 * Math.sqrt(squares.reduce((most, square) => Math.max(most, square), 0));
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (eigenvaluesAbove(middle, squares) > above) low = middle;
    else high = middle;
  }
}

/** How many eigenvalues are above x: as many as pivots of the matrix minus x are positive. */
function eigenvaluesAbove(x: number, squares: Float64Array): number {
  let pivot = -x;
  let count = 0;
  for (let k = 0; k < squares.length; k++) {
    // A pivot of 0 counts as negative and as tiny: then the next is positive and huge, as for an x a little larger.
    pivot = -x - entry(squares, k) / (pivot === 0 ? -Number.MIN_VALUE : pivot);
    if (pivot > 0) count++;
  }
  return count;
}

function refined(start: number, coefficients: readonly DoubleDouble[]): DoubleDouble {
  return sum([start, 0], negative(christoffel([start, 0], coefficients).step));
}

/** The weight of a node if x is one, and the Newton step that is left to it. */
function christoffel(x: DoubleDouble, coefficients: readonly DoubleDouble[]): { weight: number; step: DoubleDouble } {
  let previous = ZERO;
  let current = ONE;
  let squares = ONE;
  let scalings = 0;
  let below = ZERO;
  for (const coefficient of coefficients) {
    const next = quotient(sum(product(x, current), negative(product(below, previous))), coefficient);
    [previous, current, below] = [current, next, coefficient];
    squares = sum(squares, product(current, current));
    if (Math.abs(current[0]) > LARGE) {
      previous = scaled(previous, 1 / LARGE);
      current = scaled(current, 1 / LARGE);
      squares = scaled(squares, 1 / LARGE / LARGE);
      scalings++;
    }
  }
  const residual = sum(product(x, current), negative(product(below, previous)));
  return {
    weight: (1 / squares[0]) * LARGE ** (-2 * scalings),
    step: quotient(product(residual, current), squares),
  };
}

function scaled(a: DoubleDouble, power: number): DoubleDouble {
  return [a[0] * power, a[1] * power];
}
