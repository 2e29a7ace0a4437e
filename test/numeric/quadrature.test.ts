import { describe, expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import { normalDensity } from '../../src/numeric/normalDistribution.ts';
import {
  compositeLegendre,
  gaussHermite,
  gaussLegendre,
  integrate,
  type Quadrature,
} from '../../src/numeric/quadrature.ts';

const EPSILON = Number.EPSILON;

/** Both rules with the moments of their weights: ∫ x^k over [−1, 1] = 2/(k + 1), E z^k = (k − 1)!!, for even k. */
const RULES = [
  { name: 'Gauss–Legendre', rule: gaussLegendre, moment: (k: number) => 2 / (k + 1) },
  { name: 'Gauss–Hermite', rule: gaussHermite, moment: (k: number) => oddFactorial(k - 1) },
];

function oddFactorial(k: number): number {
  return k <= 1 ? 1 : k * oddFactorial(k - 2);
}

describe.each(RULES)('$name', ({ rule, moment }) => {
  test.each([1, 2, 3, 4, 7, 16, 33, 64])('of order %i is exact up to degree 2n − 1 and not beyond', (order) => {
    const quadrature = rule(order);
    const deviation = (degree: number) => integrate(quadrature, (x) => x ** degree) / moment(degree) - 1;
    for (let degree = 0; degree < 2 * order; degree += 2) {
      // All terms are positive: each has the rounding of its node to the power, and the sum that of its additions.
      expect(Math.abs(deviation(degree))).toBeLessThan((degree + order + 4) * EPSILON);
    }
    // The error at degree 2n is a square's integral, the leading one's of p_n, so the rule is below the moment; in f64
    // this can be told for low orders only.
    if (order <= 4) expect(deviation(2 * order)).toBeLessThan(-0.01);
  });

  test.each([1, 2, 5, 12, 101, 400])(
    'of order %i is symmetric, nodes rising, weights positive with the total',
    (order) => {
      const { nodes, weights } = rule(order);
      expect(nodes.toReversed().map((node) => 0 - node)).toEqual(nodes);
      expect(weights.toReversed()).toEqual(weights);
      expect(nodes.every((node, index) => index === 0 || node > at(nodes, index - 1))).toBe(true);
      const inner = order < 389 ? weights : weights.subarray(30, -30);
      expect(inner.every((weight) => weight > 0)).toBe(true);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      expect(Math.abs(total / moment(0) - 1)).toBeLessThan(order * EPSILON);
    },
  );

  test('is computed once', () => {
    expect(rule(9)).toBe(rule(9));
  });

  test.each([0, 1.5, 4097])('has no order %d', (order) => {
    expect(() => rule(order)).toThrow(
      `The order of a quadrature must be an integer from 1 to 4096, but ${order} was given.`,
    );
  });
});

describe('known nodes', () => {
  function pair({ nodes, weights }: Quadrature, fromTop: number): [number, number] {
    return [at(nodes, nodes.length - 1 - fromTop), at(weights, nodes.length - 1 - fromTop)];
  }

  // Nodes must be the nearest f64; weights within one unit in the last place.
  function expectPair([node, weight]: [number, number], [expectedNode, expectedWeight]: [number, number]): void {
    expect(node).toBe(expectedNode);
    expect(Math.abs(weight / expectedWeight - 1)).toBeLessThanOrEqual(EPSILON);
  }

  test('in closed form', () => {
    expectPair(pair(gaussLegendre(2), 0), [Math.sqrt(1 / 3), 1]);
    expectPair(pair(gaussLegendre(3), 0), [Math.sqrt(3 / 5), 5 / 9]);
    expectPair(pair(gaussLegendre(3), 1), [0, 8 / 9]);
    expectPair(pair(gaussHermite(2), 0), [1, 1 / 2]);
    expectPair(pair(gaussHermite(3), 0), [Math.sqrt(3), 1 / 6]);
    expectPair(pair(gaussHermite(4), 0), [Math.sqrt(3 + Math.sqrt(6)), 1 / (4 * (3 + Math.sqrt(6)))]);
  });

  // mpmath, 60 digits, by test/numeric/references.py: zeros and weights from derivatives.
  test.each<[number, number, number, number]>([
    [5, 0, 0.906179845938664, 0.23692688505618908],
    [5, 1, 0.5384693101056831, 0.47862867049936647],
    [5, 2, 0.0, 0.5688888888888889],
    [20, 0, 0.9931285991850949, 0.017614007139152118],
    [64, 0, 0.9993050417357722, 0.001783280721696433],
    [64, 1, 0.9963401167719553, 0.004147033260562468],
    [64, 31, 0.024350292663424433, 0.048690957009139724],
    [512, 0, 0.9999889909843819, 2.825263737393469e-5],
    [512, 100, 0.8152753376888249, 0.0035496789973805134],
  ])('Legendre of order %i, node %i from the top', (order, fromTop, node, weight) => {
    expectPair(pair(gaussLegendre(order), fromTop), [node, weight]);
  });

  test.each<[number, number, number, number]>([
    [5, 0, 2.8569700138728056, 0.01125741132772069],
    [5, 1, 1.355626179974266, 0.22207592200561266],
    [5, 2, 0.0, 0.5333333333333333],
    [20, 0, 7.619048541679758, 1.257800672437927e-13],
    [64, 0, 14.886186143339453, 3.123187965107721e-49],
    [64, 31, 0.19558891056727554, 0.15310831636189678],
    [300, 0, 33.764079766893936, 8.868062890070045e-249],
  ])('Hermite of order %i, node %i from the top', (order, fromTop, node, weight) => {
    expectPair(pair(gaussHermite(order), fromTop), [node, weight]);
  });
});

describe('panels', () => {
  test('have their nodes inside and integrate kinks that lie on edges', () => {
    const rule = compositeLegendre([-12, -6, -3, 0, 3, 6, 12], 30);
    expect(rule.nodes.length).toBe(180);
    expect(rule.nodes.every((node, index) => index === 0 || node > at(rule.nodes, index - 1))).toBe(true);
    // E relu(z) = 1/√(2π); what is left out has mass φ(12) < 1e-31.
    const mean = integrate(rule, (x) => Math.max(0, x) * normalDensity(x));
    expect(Math.abs(mean * Math.sqrt(2 * Math.PI) - 1)).toBeLessThan(180 * EPSILON);
  });

  test('are exact per panel', () => {
    const rule = compositeLegendre([1, 2, 5], 2);
    expect(integrate(rule, (x) => x ** 3)).toBeCloseTo((5 ** 4 - 1) / 4, 12);
    expect(compositeLegendre([3], 5).nodes.length).toBe(0);
  });

  test('must rise', () => {
    expect(() => compositeLegendre([0, 2, 2], 3)).toThrow(
      'compositeLegendre: given 2 before 2, expected rising numbers.',
    );
    expect(() => compositeLegendre([0, Number.NaN], 3)).toThrow('compositeLegendre: given 0 before NaN');
  });
});
