/**
 * Every stable and faithful parametrization has its limit (theory 6): that of µP or of NTP in which those layers alone are
 * trained whose r says that they count.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { type LimitPath, type LimitProblem, limitPath } from '../../../src/experiments/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import {
  type Exponent,
  exponent,
  exponentsOf,
  MUP,
  minus,
  NEVER,
  NTP,
  type Parametrization,
  plus,
  SP,
  shifted,
  withRate,
  withReadoutStart,
} from '../../../src/parametrizations/index.ts';
import { failureOf } from '../../support/failure.ts';
import { BATCHES, TARGET, VECTORS } from './data.ts';

const STEPS = 3;
const ROUNDING = 1e-9;
const [ONE, HALF] = [exponent(1), exponent('1/2')];
const ADAM = { learningRate: 0.1, epsilon: 1e-2, smooth: true };

function problemOf(parametrization: Parametrization, depth: number, changes: Partial<LimitProblem> = {}): LimitProblem {
  return {
    ...{ net: mlp({ depth, activation: 'tanh' }), parametrization, optimizer: optimizerNamed('adam') },
    ...{ settings: ADAM, data: { x: VECTORS, target: TARGET }, batches: BATCHES, steps: STEPS },
    ...changes,
  };
}

/** Few samples: both sides read the same ones. */
const sampled = (problem: LimitProblem): Promise<LimitPath> => limitPath(problem, { samples: 16, seeds: 2 });

const apart = ({ outputs }: LimitPath, other: LimitPath): number =>
  Math.max(
    ...outputs.flatMap((entries, step) =>
      entries.map(({ value }, k) => Math.abs(value - required(other.outputs[step]?.[k], 'output').value)),
    ),
  );

/** A point of the phase diagram: how far one step of each layer moves what it computes, and how large the readout starts. */
interface Point {
  /** r of the hidden layers. */
  readonly r: readonly Exponent[];
  /** r of the readout. */
  readonly readout: Exponent;
  /** a + b of the readout. */
  readonly start: Exponent;
  /** θ of the symmetry by layer, in quarters. */
  readonly gauge: readonly number[];
}

/** Exponents of a point by the names of its layers. */
function parametrizationOf({ r, readout, start, gauge }: Point): Parametrization {
  const plain = [
    ...r.map((own, k) => exponentsOf(0, k === 0 ? 0 : '1/2', k === 0 ? own : plus(ONE, own), start)),
    exponentsOf(start, 0, minus(plus(ONE, readout), start), start),
  ];
  const moved = plain.map((own, k) => [
    `w${k + 1}`,
    shifted(own, exponent(required(gauge[k], 'θ of a layer') / 4), 'none'),
  ]);
  return { name: 'a point', out: exponent(0), kinds: {}, parameters: Object.fromEntries(moved) };
}

const value = ({ numerator, denominator }: Exponent): number => numerator / denominator;

/** Layers that count: those that move by order 1, or as much as any where all move less; and the readout at its full rate. */
function counting({ r, readout, start }: Point): readonly string[] {
  const least = Math.min(...r.map(value));
  const matter = value(start) + least === 1;
  return [
    ...r.flatMap((own, k) => (matter && value(own) === least ? [`w${k + 1}`] : [])),
    ...(value(readout) === 0 ? [`w${r.length + 1}`] : []),
  ];
}

const oneOf = (...texts: readonly (string | number)[]): fc.Arbitrary<Exponent> =>
  fc.constantFrom(...texts.map((text) => exponent(text)));

/** Stable and faithful points that train: a + b + r ≥ 1 with the least r of the hidden layers. */
const points: fc.Arbitrary<Point> = fc
  .tuple(
    fc.array(oneOf(0, '1/4', '1/3', '1/2', 1), { minLength: 1, maxLength: 2 }),
    oneOf(0, '1/4', 1),
    oneOf(0, '1/5'),
    fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 3, maxLength: 3 }),
  )
  .map(([r, readout, more, gauge]) => {
    const least = r.toSorted((a, b) => value(a) - value(b))[0] ?? ONE;
    const needed = value(least) > value(HALF) ? HALF : minus(ONE, least);
    return { r, readout, start: value(more) > 0 && value(needed) < 0.8 ? plus(needed, more) : needed, gauge };
  })
  .filter((point) => counting(point).length > 0);

const pointOf = (r: readonly string[], start: string, gauge: readonly number[] = [0, 0, 0]): Point => ({
  ...{ r: r.map((own) => exponent(own)), readout: exponent(0), start: exponent(start), gauge },
});

/** Where all layers count, and one of the hidden ones with the readout: features moving, and still. */
const EXAMPLES: readonly Point[] = [
  pointOf(['0', '0'], '1', [1, -2, 3]),
  pointOf(['0', '1/2'], '1'),
  pointOf(['1/4', '1/4'], '3/4', [2, 1, -1]),
  pointOf(['1/2', '1/4'], '3/4'),
];

describe('any point of the phase diagram', () => {
  it('has the limit of µP or NTP with the layers that count', async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(points, async (point) => {
        const still = point.r.every((own) => value(own) > 0);
        const own = await sampled(problemOf(parametrizationOf(point), point.r.length));
        const layers = counting(point);
        const other = await sampled(problemOf(still ? NTP : MUP, point.r.length, { trainable: layers }));
        expect(own.kind).toBe(still ? 'neural tangent' : 'maximal update');
        expect(apart(own, other)).toBeLessThan(ROUNDING);
        kinds.add(`${own.kind} ${layers.length === point.r.length + 1 ? 'whole' : 'in part'}`);
      }),
      { numRuns: 8, seed: 6, examples: EXAMPLES.map((point): [Point] => [point]) },
    );
    expect([...kinds].toSorted()).toEqual([
      'maximal update in part',
      'maximal update whole',
      'neural tangent in part',
      'neural tangent whole',
    ]);
  });
});

describe('the standard parametrization', () => {
  const standard = (rate: string): Parametrization => withRate(SP, exponent(rate));
  const zero = (parametrization: Parametrization): Parametrization => withReadoutStart(parametrization, 2, NEVER);
  const usual = { settings: { learningRate: 0.1, smooth: true } };
  const descent = { optimizer: optimizerNamed('sgd'), settings: { learningRate: 0.3 } };
  const sign = { optimizer: optimizerNamed('signsgd'), settings: { learningRate: 0.1 } };

  it.each([
    ['SGD at c = 1', standard('1'), descent, NTP, ['w2', 'w3']],
    ['sign at c = 3/2', standard('3/2'), sign, NTP, ['w2']],
    // Its ε is taken to be 0 beside gradients, which vanish here like n^(-1/2).
    ['Adam at c = 3/2', standard('3/2'), usual, NTP, ['w2']],
    ['sign at c = 1 and a readout at 0', zero(standard('1')), sign, zero(MUP), ['w2', 'w3']],
    ['Adam at c = 1 and a readout at 0', zero(standard('1')), usual, zero(MUP), ['w2', 'w3']],
  ] as const)('with %s', async (_, parametrization, rule, other, trainable) => {
    const own = await sampled(problemOf(parametrization, 2, rule));
    const expected = await sampled(problemOf(other, 2, { ...rule, trainable }));
    expect(apart(own, expected)).toBeLessThan(ROUNDING);
    expect(Math.abs(required(own.outputs.at(-1)?.[0], 'output').value)).toBeGreaterThan(0.01);
  });

  it.each([
    ['unstable', standard('1'), sign, /is unstable: .*a_3 \+ b_3 \+ r = 1\/2, and stability needs at least 1/],
    ['trivial', standard('3/2'), descent, /is trivial: .*and order 1 needs 1/],
    ['unfaithful', standard('1'), { settings: ADAM }, /is unfaithful: .*what Q sees at initialization vanishes/],
    [
      'a readout that its first update outgrows',
      withReadoutStart(standard('1'), 2, exponent('3/2')),
      sign,
      /the readout starts at size n\^\(-3\/2\), below its first update of n\^\(-1\), .* \(b_3 = 1\), or at zero\.$/,
    ],
  ] as const)('is refused where it is %s', async (_, parametrization, rule, message) => {
    const failure = await failureOf(() => sampled(problemOf(parametrization, 2, rule)));
    expect([failure.code, failure.message]).toEqual(['training.no-limit', expect.stringMatching(message)]);
  });
});
