/**
 * Predictions against measurement: networks in plain f64 (perceptron.ts), which know nothing of the classifier, trained at
 * several widths.
 */

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type Clipping,
  classify,
  type Exponents,
  exponent,
  finite,
  MEAN_FIELD,
  MUP,
  mlpLayers,
  NEVER,
  NTP,
  named,
  type Parametrization,
  parseParametrization,
  SP,
  shifted,
  toNumber,
  uniform,
  updateRule,
  withRate,
  withReadoutStart,
} from '../../src/parametrizations/index.ts';
import { type LayerExponents, type Rule, rms, type Sizes, type Training, train } from './perceptron.ts';

const numbers = ({ a, b, c, d }: Exponents): LayerExponents => ({
  ...{ a: toNumber(a), b: toNumber(b), c: toNumber(c), d: toNumber(d) },
});

/** The least-squares slope of log size on log width. */
function slope(widths: readonly number[], sizes: readonly number[]): number {
  const [x, y] = [widths.map(Math.log), sizes.map(Math.log)];
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, one, k) => sum + (one - mx) * ((y[k] ?? 0) - my), 0);
  return covariance / x.reduce((sum, one) => sum + (one - mx) ** 2, 0);
}

const WIDTHS = [48, 96, 192, 384];
const SEEDS = [1, 2, 3, 4];
const STEPS = 2;
/**
 * Exponents of these cases are multiples of 1/2, so within 1/4 only one is right. Below that: terms that are n^(-1/2)
 * smaller, which at these widths move a slope by up to 0.1, and four seeds, which do as much.
 */
const TOLERANCE = 0.2;

interface Case {
  readonly name: string;
  readonly of: Parametrization;
  readonly rule: Rule;
  readonly clipping?: Clipping;
  readonly epsilon?: number;
  /** In front of every step size; default 1. What follows the leading power grows with it. */
  readonly rate?: number;
}

const sp = (c: string): Parametrization => withRate(SP, exponent(c));
const DIVIDED: Partial<Record<Clipping, 'update' | 'weight'>> = { normalize: 'update', normalizeByWeight: 'weight' };

const OUTGROWN = parseParametrization(
  { a: [0, 0, 1], b: [0, 0.5, 0.5], c: [0, 1, 0], d: [1.5, 1.5, 1] },
  'a readout that its updates outgrow',
);

const CASES: readonly Case[] = [
  { name: 'µP', of: MUP, rule: 'adam' },
  { name: 'µP with SGD', of: MUP, rule: 'sgd' },
  { name: 'NTP', of: NTP, rule: 'adam' },
  { name: 'SP, c = 1: f grows like n^(1/2)', of: sp('1'), rule: 'adam' },
  { name: 'SP, c = 3/2: stable', of: sp('3/2'), rule: 'sign' },
  { name: 'SP, c = 0: everything grows', of: SP, rule: 'sign' },
  { name: 'SP, c = 1, ε > 0', of: sp('1'), rule: 'adam', epsilon: 1 },
  { name: 'SP, c = 1, a readout at zero', of: withReadoutStart(sp('1'), 2, NEVER), rule: 'adam' },
  { name: 'SP with SGD, c = 1: stable', of: sp('1'), rule: 'sgd' },
  { name: 'SP with SGD, c = 1/2: f grows', of: sp('1/2'), rule: 'sgd' },
  { name: 'UP_1/4 with SGD', of: uniform('1/4'), rule: 'sgd', rate: 0.1 },
  { name: 'mean field, two hidden layers', of: MEAN_FIELD, rule: 'adam' },
  { name: OUTGROWN.name, of: OUTGROWN, rule: 'sign' },
  { name: 'µP, normalized: trivial', of: MUP, rule: 'sign', clipping: 'normalize' },
  { name: 'µP-clipped, normalized', of: named('mup-clipped').parametrization, rule: 'sgd', clipping: 'normalize' },
  {
    name: 'µP by weight norm',
    of: named('mup-weight-norm').parametrization,
    rule: 'sign',
    clipping: 'normalizeByWeight',
  },
];

const trainingOf = ({ of, rule, clipping = 'none', epsilon, rate = 1 }: Case): Omit<Training, 'width' | 'seed'> => {
  const divideBy = DIVIDED[clipping];
  return {
    ...{ layers: mlpLayers(of, 2).map(numbers), steps: STEPS, rule, rate },
    ...(epsilon === undefined ? {} : { epsilon }),
    ...(divideBy === undefined ? {} : { divideBy }),
  };
};

describe('sizes of two hidden layers and their readout, as predicted', () => {
  it.each(CASES)('$name', (one) => {
    const { of, rule, clipping = 'none', epsilon } = one;
    const { sizes } = classify(of, { depth: 2, optimizer: updateRule(rule, epsilon !== undefined), clipping });
    const training = trainingOf(one);
    const runs = WIDTHS.map((width) => SEEDS.map((seed) => train({ ...training, width, seed })));
    const measured = (step: number, of: (found: Sizes) => number | undefined): number =>
      slope(
        WIDTHS,
        runs.map((seeds) => rms(seeds.map((run) => (run[step] && of(run[step])) ?? Number.NaN))),
      );
    const wrong: string[] = [];
    let compared = 0;
    for (const { step, layers } of sizes.slice(0, STEPS + 1)) {
      layers.forEach(({ layer, preactivation, preactivationChange, updateInput }, k) => {
        const check = (name: string, predicted: typeof updateInput, found: number): void => {
          if (!finite(predicted)) return;
          compared++;
          const [want, off] = [toNumber(predicted), Math.abs(found - toNumber(predicted))];
          if (!(off < TOLERANCE)) wrong.push(`${name} of layer ${layer}, step ${step}: ${found}, predicted ${want}`);
        };
        // A readout's output is few numbers until training makes it of one sign: below, with more seeds.
        if (layer <= 2)
          check(
            'h',
            preactivation,
            measured(step, ({ value }) => value[k]),
          );
        check(
          'Δh',
          preactivationChange,
          measured(step, ({ change }) => change[k]),
        );
        check(
          'Q sees',
          updateInput,
          measured(step, ({ input }) => input[k]),
        );
      });
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(12);
  });
});

test('the readout of UP_1/4 alone changes the output by order 1: its r is 0, not 1', () => {
  // Rates that leave the layers below where they are.
  const frozen = mlpLayers(uniform('1/4'), 2).map((layer, k) => ({
    ...numbers(layer),
    c: k < 2 ? 9 : toNumber(layer.c),
  }));
  const training = { layers: frozen, steps: 2, rule: 'sign', rate: 1 } as const;
  const changes = WIDTHS.map((width) =>
    rms(SEEDS.map((seed) => train({ ...training, width, seed })[2]?.change[2] ?? Number.NaN)),
  );
  expect(Math.abs(slope(WIDTHS, changes))).toBeLessThan(TOLERANCE);
});

describe('the output at initialization', () => {
  const widths = [16, 32, 64, 128];
  const networks = 150;
  /** The root of the mean square of three outputs of each, as good as one, is known to 1/√(2 networks); over log 8. */
  const tolerance = (4 / Math.sqrt(2 * networks)) * (1 / Math.log(8)) * Math.SQRT2;

  it.each([
    ['µP', MUP, -0.5],
    ['NTP', NTP, 0],
    ['SP', SP, 0],
    ['UP_1/4', uniform('1/4'), -0.25],
  ] as const)('of %s falls as it should', (_, parametrization, predicted) => {
    const layers = mlpLayers(parametrization, 2).map(numbers);
    const optimizer = updateRule('sign');
    const { sizes } = classify(parametrization, { depth: 2, optimizer });
    expect(sizes[0] && toNumber(sizes[0].output)).toBe(predicted);
    const found = widths.map((width) => {
      const seeds = Array.from({ length: networks }, (_unused, seed) => 1000 * width + seed);
      return rms(
        seeds.flatMap((seed) => train({ layers, width, seed, steps: 0, rule: 'sign', rate: 1 })[0]?.output ?? []),
      );
    });
    // Of relu networks at finite width, fluctuations of the kernel add O(1/n) to the square: 0.05 at most here.
    expect(Math.abs(slope(widths, found) - predicted)).toBeLessThan(tolerance + 0.05);
  });
});

describe('the symmetry', () => {
  const layersOf = (parametrization: Parametrization, by: readonly number[], clipping: Clipping): LayerExponents[] =>
    mlpLayers(parametrization, 2).map((layer, k) => numbers(shifted(layer, exponent(by[k] ?? 0), clipping)));
  const outputs = (training: Training): number[] => train(training).flatMap(({ output }) => [...output]);

  const cases = [
    ['Adam with ε', MUP, { rule: 'adam', epsilon: 0.1 }, 'none'],
    ['SGD', NTP, { rule: 'sgd' }, 'none'],
    ['sign', uniform('1/4'), { rule: 'sign' }, 'none'],
    ['normalized SGD', named('mup-clipped').parametrization, { rule: 'sgd', divideBy: 'update' }, 'normalize'],
    [
      'Adam divided by the weight norm',
      named('mup-weight-norm').parametrization,
      { rule: 'adam', epsilon: 0.1, divideBy: 'weight' },
      'normalizeByWeight',
    ],
  ] as const;

  it.each(cases)('leaves the training of %s as it is, to rounding', (_, parametrization, how, clipping) => {
    const training = { width: 37, steps: 6, rate: 0.1, activation: 'tanh', ...how } as const;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 3, maxLength: 3 }), fc.nat(99), (by, seed) => {
        const plain = outputs({ ...training, seed, layers: layersOf(parametrization, [0, 0, 0], clipping) });
        const moved = outputs({
          ...training,
          seed,
          layers: layersOf(
            parametrization,
            by.map((k) => k / 4),
            clipping,
          ),
        });
        const scale = rms(plain);
        plain.forEach((f, k) => {
          expect(Math.abs(f - (moved[k] ?? Number.NaN)) / scale).toBeLessThan(1e-12);
        });
      }),
      { numRuns: 20, seed: 6 },
    );
  });

  it.each(cases)('of %s changes no bit where n^θ is a power of two', (_, parametrization, how, clipping) => {
    const training = { width: 64, steps: 4, rate: 0.1, seed: 3, activation: 'tanh', ...how } as const;
    const plain = outputs({ ...training, layers: layersOf(parametrization, [0, 0, 0], clipping) });
    for (const by of [
      [0.5, 0, 0],
      [0, -1, 1],
      [1, 0.5, -0.5],
    ]) {
      expect(outputs({ ...training, layers: layersOf(parametrization, by, clipping) })).toEqual(plain);
    }
  });

  test('of plain updates is not that of updates divided by the weight norm', () => {
    const parametrization = named('mup-weight-norm').parametrization;
    const training = { width: 64, steps: 2, rate: 0.1, seed: 3, rule: 'sign', divideBy: 'weight' } as const;
    const plain = outputs({ ...training, layers: layersOf(parametrization, [0, 0, 0], 'normalizeByWeight') });
    const moved = outputs({ ...training, layers: layersOf(parametrization, [0, 1, 0], 'none') });
    expect(moved).not.toEqual(plain);
  });

  test('lets SGD read c - d alone, and sign no d', () => {
    const training = { width: 64, steps: 4, rate: 0.1, seed: 3 } as const;
    const layers = mlpLayers(MUP, 2).map(numbers);
    const shiftedRate = layers.map((layer) => ({ ...layer, c: layer.c - layer.d, d: 0 }));
    expect(outputs({ ...training, rule: 'sgd', layers: shiftedRate })).toEqual(
      outputs({ ...training, rule: 'sgd', layers }),
    );
    const without = layers.map((layer) => ({ ...layer, d: 0 }));
    expect(outputs({ ...training, rule: 'sign', layers: without })).toEqual(
      outputs({ ...training, rule: 'sign', layers }),
    );
    expect(outputs({ ...training, rule: 'sgd', layers: without })).not.toEqual(
      outputs({ ...training, rule: 'sgd', layers }),
    );
  });
});
