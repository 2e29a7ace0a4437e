/** Metrics of a transfer on curves whose answers are known. */

import { describe, expect, it } from 'vitest';
import { metricsOf } from '../../../src/experiments/transfer/metrics.ts';
import { type Losses, percentiles, seedDraws } from '../../../src/experiments/transfer/optimum.ts';
import { mean, stream } from '../../../src/numeric/index.ts';

const values = Array.from({ length: 15 }, (_, k) => 2 ** (k - 10));
const WIDTHS = [64, 128, 256, 512];
/** Of sums of a few numbers of order 1. */
const DIGITS = 9;

interface Law {
  /** ln of the best value. */
  readonly place: (width: number) => number;
  readonly least: (width: number) => number;
  readonly bend: (width: number) => number;
}

/** Parabolas in the logarithm of the value, with an offset of each seed. */
const lossesOf = (law: Law, noise: (width: number, k: number, seed: number) => number = () => 0, seeds = 3): Losses =>
  WIDTHS.map((width) =>
    values.map((value, k) =>
      Array.from(
        { length: seeds },
        (_, seed) =>
          law.least(width) + law.bend(width) * (Math.log(value) - law.place(width)) ** 2 + noise(width, k, seed),
      ),
    ),
  );

const [EXPONENT, SHARPENS, LIMIT] = [-0.8, 0.3, 0.5];
const law: Law = {
  place: (width) => Math.log(0.3) + EXPONENT * Math.log(width / 64),
  least: (width) => LIMIT + 20 / width,
  bend: (width) => (LIMIT + 20 / width) * 0.05 * (width / 64) ** SHARPENS,
};
const steady: Law = { place: () => Math.log(0.1), least: () => 0.4, bend: () => 0.1 };
const options = { widths: WIDTHS, values, scale: 'value' } as const;

describe('metrics of a transfer', () => {
  it('are those of the laws that losses follow', () => {
    const [moving, still] = metricsOf([{ losses: lossesOf(law) }, { losses: lossesOf(steady) }], options);
    expect(moving?.exponent.value).toBeCloseTo(EXPONENT, DIGITS);
    expect(moving?.fitError.value).toBeCloseTo(0, 6);
    expect(moving?.missed.value).toBeCloseTo(0.05 * 8 ** SHARPENS * Math.LN2 ** 2, DIGITS);
    expect(moving?.sharpens.value).toBeCloseTo(SHARPENS, DIGITS);
    expect(moving?.asymptote.value).toBeCloseTo(LIMIT, DIGITS);
    expect(moving?.penalty.value).toBeCloseTo(LIMIT / 0.4 - 1, DIGITS);
    expect(still?.exponent.value).toBeCloseTo(0, DIGITS);
    expect(still?.penalty.value).toBe(0);
    // Seeds are alike: so are all draws of them.
    expect(moving?.exponent.interval?.[1]).toBeCloseTo(EXPONENT, DIGITS);
  });

  it('take the places of a β by 1/(1 − β)', () => {
    const betas = values.map((value) => 1 - value / 2 ** 5);
    const reversed = lossesOf(law).map((byValue) => byValue.toReversed());
    const [found] = metricsOf([{ losses: reversed }], { ...options, values: betas.toReversed(), scale: 'memory' });
    // 1/(1 − β) is 32 over the value.
    expect(found?.exponent.value).toBeCloseTo(-EXPONENT, DIGITS);
  });

  it('say how far best values lie off a power law: ± e at four widths', () => {
    const e = 0.2;
    const zigzag: Law = { ...steady, place: (width) => Math.log(0.1) + (Math.log2(width) % 2 === 0 ? e : -e) };
    const [found] = metricsOf([{ losses: lossesOf(zigzag) }], options);
    // Of +e, −e, +e, −e at 0, 1, 2, 3 the line takes a slope of −2e/5: 16 e²/5 are left, on two degrees of freedom.
    expect(found?.fitError.value).toBeCloseTo(e * Math.sqrt(1.6), DIGITS);
    const [two] = metricsOf([{ losses: lossesOf(zigzag).slice(0, 2) }], { ...options, widths: WIDTHS.slice(0, 2) });
    expect(two?.fitError.value).toBeNull();
  });

  it('have the infinite network in the place of an extrapolation', () => {
    const infinite = values.map((value) => [0.45 + 0.1 * (Math.log(value) + 2) ** 2]);
    const losses = lossesOf(law, undefined, 1);
    const [found] = metricsOf([{ losses, infinite }], options);
    expect(found?.asymptote).toEqual({ value: expect.closeTo(0.45, DIGITS), interval: null });
  });

  it('have the intervals of seeds drawn anew: of an exponent that each seed moves by its own', () => {
    const seeds = 8;
    const moves = stream(0, 'noise').normals(seeds);
    // What is linear in ln value shifts a parabola: by -0.02 m ln n / (2 bend).
    const noise = (width: number, k: number, seed: number): number =>
      0.02 * Math.log(width) * (moves[seed] ?? Number.NaN) * Math.log(values[k] ?? Number.NaN);
    const [found] = metricsOf([{ losses: lossesOf(steady, noise, seeds) }], options);
    const ofSeeds = Array.from(moves, (move) => -0.1 * move);
    const expected = percentiles(
      seedDraws(seeds).map((drawn) => mean(drawn.map((seed) => ofSeeds[seed] ?? Number.NaN))),
    );
    expect(found?.exponent.value).toBeCloseTo(mean(ofSeeds), DIGITS);
    for (const end of [0, 1])
      expect(found?.exponent.interval?.[end]).toBeCloseTo(expected?.[end] ?? Number.NaN, DIGITS);
  });

  it('are none where an optimum lies at the end, or training diverged beside it', () => {
    const outside: Law = { ...steady, place: (width) => (width === 512 ? 20 : 0) };
    const [cut] = metricsOf([{ losses: lossesOf(outside) }], options);
    for (const name of ['exponent', 'fitError', 'missed', 'sharpens', 'asymptote', 'penalty'] as const)
      expect(cut?.[name]).toEqual({ value: null, interval: null });
  });
});
