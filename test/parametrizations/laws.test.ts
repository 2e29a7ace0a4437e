/** Laws of the classification on random exponents. */

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Classification, classifyMlp } from '../../src/parametrizations/classify.ts';
import {
  backwardCondition,
  faithfulConditions,
  nontrivialConditions,
  persistenceConditions,
  startConditions,
} from '../../src/parametrizations/conditions.ts';
import {
  type Clipping,
  compare,
  type Exponent,
  type Exponents,
  equal,
  equivalentExponents,
  exponent,
  finite,
  member,
  minus,
  negated,
  type ParameterKind,
  plus,
  shifted,
  toNumber,
  type UpdateRule,
  updateRule,
} from '../../src/parametrizations/index.ts';
import { type Mlp, mlpOf } from '../../src/parametrizations/layers.ts';

interface Network {
  readonly layers: readonly { readonly exponents: Exponents; readonly kind: ParameterKind }[];
  readonly rule: UpdateRule;
  readonly clipping: Clipping;
}

const ZERO = exponent(0);
const HALF = exponent('1/2');
const ONE = exponent(1);

const quarters = (low: number, high: number): fc.Arbitrary<Exponent> =>
  fc.integer({ min: 4 * low, max: 4 * high }).map((k) => exponent(`${k}/4`));

const rules = fc.constantFrom(
  updateRule('adam'),
  updateRule('sgd'),
  updateRule('adam', true),
  updateRule('sign'),
  updateRule('radam'),
);
const clippings = fc.constantFrom<Clipping[]>('none', 'divideByClippedNorm', 'normalize', 'normalizeByWeight', 'clip');

const kindOf = (k: number, depth: number): ParameterKind => (k === 0 ? 'vector' : k === depth ? 'readout' : 'matrix');

/** Anything: most of it is unstable. */
const anything: fc.Arbitrary<Network> = fc.record({
  rule: rules,
  clipping: clippings,
  layers: fc
    .array(fc.tuple(quarters(-1, 2), quarters(-1, 2), quarters(-1, 2), quarters(-1, 2)), { minLength: 2, maxLength: 5 })
    .map((all) => all.map(([a, b, c, d], k) => ({ exponents: { a, b, c, d }, kind: kindOf(k, all.length - 1) }))),
});

/** Stable at initialization and faithful, rates near the border of stability: verdicts of all kinds. */
const nearly: fc.Arbitrary<Network> = fc
  .record({
    rule: rules,
    clipping: fc.constantFrom<Clipping[]>('none', 'clip'),
    start: fc.constantFrom('1/2', '3/4', '1', '1', '5/4').map((text) => exponent(text)),
    slack: fc.array(fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 4, -1), { minLength: 2, maxLength: 5 }),
    gauge: fc.array(quarters(-1, 1), { minLength: 5, maxLength: 5 }),
    wrong: fc.constantFrom(0, 0, 0, 0, 1),
  })
  .map(({ rule, clipping, start, slack, gauge, wrong }) => {
    const depth = slack.length - 1;
    const layers = slack.map((quarter, k) => {
      const kind = kindOf(k, depth);
      const [begins, sums] = kind === 'vector' ? [ZERO, ZERO] : kind === 'matrix' ? [HALF, ONE] : [start, ONE];
      const d = kind === 'readout' ? ZERO : plus(start, exponent(`${k === 0 ? wrong : 0}/4`));
      const plain = { a: ZERO, b: begins, c: plus(sums, exponent(`${quarter}/4`)), d };
      return { kind, exponents: shifted(plain, gauge[k] ?? ZERO, clipping) };
    });
    return { rule, clipping, layers };
  });

const read = ({ layers, rule, clipping }: Network): Mlp => mlpOf(layers, rule, clipping);
const verdictOf = (network: Network): ReturnType<typeof classifyMlp> => classifyMlp(read(network));

/** What no symmetry may change. */
function essence(result: Omit<Classification, 'parametrization' | 'optimizer'>): object {
  const { stable, stableAtStart, faithful, faithfulAtStart, nontrivial, regime, r, sizes, names, repair, maximal } =
    result;
  return {
    ...{ stable, stableAtStart, faithful, faithfulAtStart, nontrivial, regime, r, sizes, names },
    // Layers share a reason where their exponents are equal, which a shift of one of them ends.
    reasons: result.reasons.flatMap(({ name, layers, left, right, exponent: size, holds }) =>
      layers.map((layer) => ({
        ...{ name, layer, size, holds },
        // Sides of these conditions move together.
        ...(name === 'faithful' || name === 'backward' ? { gap: minus(left, right) } : { left, right }),
      })),
    ),
    repairs: [repair, maximal].map((one) => one && { distance: one.distance, regime: one.regime }),
  };
}

const zeroSize = (size: Exponent | undefined): boolean => size !== undefined && equal(size, ZERO);

describe('the symmetry', () => {
  test('changes no verdict, size, reason or distance', () => {
    fc.assert(
      fc.property(
        fc.oneof(anything, nearly),
        fc.array(quarters(-2, 2), { minLength: 5, maxLength: 5 }),
        (network, by) => {
          const layers = network.layers.map(({ kind, exponents }, k) => ({
            ...{ kind, exponents: shifted(exponents, by[k] ?? ZERO, network.clipping) },
          }));
          layers.forEach(({ exponents }, k) => {
            const before = network.layers[k]?.exponents;
            expect(before && equivalentExponents(exponents, before, network.rule, network.clipping)).toBe(true);
          });
          expect(essence(verdictOf({ ...network, layers }))).toEqual(essence(verdictOf(network)));
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  test('is a group: shifts add up, and undo each other', () => {
    fc.assert(
      fc.property(anything, quarters(-2, 2), quarters(-2, 2), ({ layers, clipping }, x, y) => {
        for (const { exponents } of layers) {
          const twice = shifted(shifted(exponents, x, clipping), y, clipping);
          expect(twice).toEqual(shifted(exponents, plus(x, y), clipping));
          expect(shifted(shifted(exponents, x, clipping), negated(x), clipping)).toEqual(exponents);
        }
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  test('members of a class have the exponent 0 they are named after, and train alike', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom('a', 'b', 'c', 'd'), ({ layers, rule, clipping }, gauge) => {
        for (const { exponents } of layers) {
          const found = member(exponents, gauge as 'a', rule, clipping);
          if (found === undefined) continue;
          expect(found[gauge as 'a']).toEqual(ZERO);
          expect(equivalentExponents(found, exponents, rule, clipping)).toBe(true);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe('d', () => {
  test('is nothing to a scale-invariant rule, and part of c to a linear one', () => {
    fc.assert(
      fc.property(anything, fc.array(quarters(-2, 2), { minLength: 5, maxLength: 5 }), ({ layers, clipping }, by) => {
        const plain: Clipping = clipping === 'normalize' || clipping === 'normalizeByWeight' ? clipping : 'none';
        const moved = (withC: boolean): Network['layers'] =>
          layers.map(({ kind, exponents: { a, b, c, d } }, k) => {
            const shift = by[k] ?? ZERO;
            return { kind, exponents: { a, b, c: withC ? plus(c, shift) : c, d: plus(d, shift) } };
          });
        const seen = ({ regime, r, stable, nontrivial, sizes }: ReturnType<typeof classifyMlp>): object => ({
          ...{ regime, r, stable, nontrivial },
          changes: sizes.map((step) => step.layers.map(({ preactivationChange }) => preactivationChange)),
        });
        const sign = { rule: updateRule('sign'), clipping: plain };
        expect(seen(verdictOf({ ...sign, layers: moved(false) }))).toEqual(seen(verdictOf({ ...sign, layers })));
        if (plain === 'normalize') return;
        const sgd = { rule: updateRule('sgd'), clipping: plain };
        expect(seen(verdictOf({ ...sgd, layers: moved(true) }))).toEqual(seen(verdictOf({ ...sgd, layers })));
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});

describe('the Dynamical Dichotomy', () => {
  test('nontrivial, stable and faithful: features learn, or an operator evolves, never both', () => {
    let [learning, operator] = [0, 0];
    fc.assert(
      fc.property(nearly, (network) => {
        const result = verdictOf(network);
        if (!result.nontrivial || !result.stable || !result.faithful) return;
        const last = result.sizes.at(-1);
        const hidden = last?.layers.slice(0, -1) ?? [];
        const features = hidden.some(({ preactivationChange }) => zeroSize(preactivationChange));
        const vanish = hidden.every(({ preactivationChange: change }) => compare(change, ZERO) < 0);
        expect(features).not.toBe(vanish);
        expect(zeroSize(last?.outputChange)).toBe(true);
        expect(result.regime).toBe(features ? 'feature learning' : 'operator');
        // Then f_0 vanishes.
        const start = result.sizes[0]?.output ?? ONE;
        if (features) expect(compare(start, ZERO)).toBeLessThan(0);
        if (features) learning++;
        else operator++;
      }),
      { numRuns: 2000, seed: 5 },
    );
    expect(learning).toBeGreaterThan(50);
    expect(operator).toBeGreaterThan(50);
  });
});

describe('conditions and sizes, which are found apart', () => {
  const grows = (size: Exponent): boolean => compare(size, ZERO) > 0;

  it.each([
    ['anything', anything],
    ['what is nearly stable', nearly],
  ])('agree on %s', (_, networks) => {
    let stable = 0;
    fc.assert(
      fc.property(networks, (network) => {
        const result = verdictOf(network);
        const [start] = result.sizes;
        const starts =
          start?.layers.every(({ preactivation }, k) =>
            k === network.layers.length - 1 ? !grows(preactivation) : zeroSize(preactivation),
          ) ?? false;
        expect(result.stableAtStart).toBe(starts);
        if (!starts) return;
        const bounded = result.sizes.every(({ layers }) =>
          layers.every(({ preactivationChange }) => !grows(preactivationChange)),
        );
        expect(result.stable).toBe(bounded);
        if (!bounded) return;
        stable++;
        const faithful = result.sizes.every(({ layers }) => layers.every(({ updateInput }) => zeroSize(updateInput)));
        expect(result.faithful).toBe(faithful);
        if (result.nontrivial !== undefined) {
          expect(result.nontrivial).toBe(zeroSize(result.sizes.at(-1)?.outputChange));
        }
        // The largest change of a feature is n^(-r).
        const changes = result.sizes.at(-1)?.layers.slice(0, -1) ?? [];
        const largest = Math.max(...changes.map(({ preactivationChange }) => toNumber(preactivationChange)));
        expect(largest + 0).toBe(-toNumber(result.r) + 0);
      }),
      { numRuns: 1500, seed: 6 },
    );
    if (networks === nearly) expect(stable).toBeGreaterThan(300);
  });
});

describe('repairs', () => {
  /** Does a network train, by the conditions alone? */
  function trains(network: Mlp): boolean {
    const minds = !network.rule.linear && !network.rule.scaleInvariant;
    const needed = [
      ...startConditions(network),
      ...persistenceConditions(network),
      ...(minds ? [...faithfulConditions(network), backwardCondition(network)] : []),
    ];
    return needed.every(({ holds }) => holds) && nontrivialConditions(network).some(({ holds }) => holds);
  }

  const distance = (x: Exponents, y: Exponents, minds: boolean): number =>
    (['b', 'c', ...(minds ? (['d'] as const) : [])] as const).reduce(
      (sum, name) => sum + Math.abs(toNumber(x[name]) - toNumber(y[name])),
      0,
    );

  test('train, in the regime that they promise, and are told only where they are needed', () => {
    fc.assert(
      fc.property(fc.oneof(anything, nearly), (network) => {
        const result = verdictOf(network);
        expect(result.repair === undefined).toBe(result.nontrivial === true);
        for (const repair of [result.repair, result.maximal]) {
          if (repair === undefined) continue;
          const layers = network.layers.map(({ kind }, k) => ({ kind, exponents: repair.layers[k] as Exponents }));
          const repaired = read({ ...network, layers });
          expect(trains(repaired)).toBe(true);
          const verdict = classifyMlp(repaired);
          expect([verdict.nontrivial, verdict.regime]).toEqual([true, repair.regime]);
          if (repair === result.maximal) expect(verdict.layers.every(({ r }) => equal(r, ZERO))).toBe(true);
          const minds = result.faithfulNeeded;
          const total = layers.reduce((sum, { exponents }, k) => {
            const before = network.layers[k]?.exponents;
            return sum + (before === undefined ? Number.NaN : distance(before, exponents, minds));
          }, 0);
          expect(total).toBe(toNumber(repair.distance));
        }
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  test('are the nearest ones, against a search', () => {
    const grid = Array.from({ length: 17 }, (_, k) => exponent(`${k - 6}/4`));
    const shallow = fc.oneof(anything, nearly).filter(({ layers }) => layers.length === 2);
    fc.assert(
      fc.property(shallow, (network) => {
        const { repair, faithfulNeeded: minds } = verdictOf(network);
        if (repair === undefined || !finite(repair.distance)) return;
        const [first, last] = network.layers;
        if (first === undefined || last === undefined) return;
        const found = toNumber(repair.distance);
        // b of the first layer, and d where it counts, follow from the rest.
        const b1 = minus(ZERO, first.exponents.a);
        for (const c1 of grid) {
          for (const c2 of grid) {
            for (const b2 of grid) {
              const d = minds
                ? [plus(first.exponents.a, last.exponents.a, b2), last.exponents.a]
                : [first.exponents.d, last.exponents.d];
              const near = [
                { a: first.exponents.a, b: b1, c: c1, d: d[0] ?? ZERO },
                { a: last.exponents.a, b: b2, c: c2, d: d[1] ?? ZERO },
              ] as const;
              const total = distance(first.exponents, near[0], minds) + distance(last.exponents, near[1], minds);
              if (total >= found) continue;
              const layers = [
                { kind: first.kind, exponents: near[0] },
                { kind: last.kind, exponents: near[1] },
              ];
              expect(trains(read({ ...network, layers })), `at distance ${total}, not ${found}`).toBe(false);
            }
          }
        }
      }),
      { numRuns: 30, seed: 8 },
    );
  });
});

describe('the largest stable common rate', () => {
  test('is stable, and the next larger one is not', () => {
    fc.assert(
      fc.property(nearly, ({ rule, clipping, layers }) => {
        const at = (c: Exponent): Network => ({
          ...{ rule, clipping },
          layers: layers.map(({ kind, exponents }) => ({ kind, exponents: { ...exponents, c } })),
        });
        const rate = verdictOf(at(ONE)).largestStableRate;
        if (rate === undefined) return expect.fail('no rate is stable');
        expect(verdictOf(at(rate)).stable).toBe(true);
        expect(verdictOf(at(minus(rate, exponent('1/24')))).stable).toBe(false);
        expect(verdictOf(at(plus(rate, ONE))).stable).toBe(true);
      }),
      { numRuns: 150, seed: 9 },
    );
  });
});
