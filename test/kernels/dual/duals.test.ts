import { describe, expect, it } from 'vitest';
import { densities, dualFormula } from '../../../src/kernels/dual/duals.ts';
import type { PairFormula } from '../../../src/kernels/dual/rules.ts';
import { operand, valueAt } from '../../../src/numeric/wasm/formulas/index.ts';

const [first, between, second] = [operand(0), operand(1), operand(2)];

/** The mean of a pair by Var u, Cov(u, v), Var v. */
function meanOf({ side, of }: PairFormula, ...variances: readonly [number, number, number]): number {
  return valueAt(of(side.of(first), between, side.of(second)), variances);
}

/** Some units in the last place. */
const ROUNDING = 4 * 2 ** -52;

const erf = dualFormula('erf') ?? expect.fail('erf has one');

describe('erf and its derivative', () => {
  it.each([1e-8, 0.5, 30, 1e6, 1e12])('lose nothing where u and v are one, of variance %f', (variance) => {
    // arccos c = 2 arcsin √((1 − c)/2), c = 2 variance/(1 + 2 variance)
    const angle = 2 * Math.asin(Math.sqrt(1 / (2 * (1 + 2 * variance))));
    const expected =
      variance < 1 ? (2 / Math.PI) * Math.asin((2 * variance) / (1 + 2 * variance)) : 1 - (2 / Math.PI) * angle;
    expect(Math.abs(meanOf(erf, variance, variance, variance) / expected - 1)).toBeLessThanOrEqual(ROUNDING);
    const density = 1 / Math.sqrt(1 + 4 * variance);
    expect(Math.abs(meanOf(densities(2), variance, variance, variance) / density - 1)).toBeLessThanOrEqual(ROUNDING);
  });

  it('are det(1 + 2 Σ)^(−1/2) where u and v are apart', () => {
    const [uu, uv, vv] = [1.5, -0.75, 4];
    const determinant = (1 + 2 * uu) * (1 + 2 * vv) - 4 * uv * uv;
    expect(Math.abs(meanOf(densities(2), uu, uv, vv) * Math.sqrt(determinant) - 1)).toBeLessThanOrEqual(ROUNDING);
    const sine = (2 * uv) / Math.sqrt((1 + 2 * uu) * (1 + 2 * vv));
    expect(Math.abs(meanOf(erf, uu, uv, vv) / ((2 / Math.PI) * Math.asin(sine)) - 1)).toBeLessThanOrEqual(ROUNDING);
  });
});
