/** Networks of any architecture by the kinds of their parameters: the perceptron that they are read as, and tied tables. */

import { describe, expect, it, test } from 'vitest';
import { NET_NAMES, namedNet } from '../../src/nets/index.ts';
import {
  type ClassifiedParameter,
  classify,
  classifyParameters,
  exponent,
  exponentsOf,
  MUP,
  named,
  type Parametrization,
  tiedRepair,
  updateRule,
  withRate,
} from '../../src/parametrizations/index.ts';

const UNTIED: readonly ClassifiedParameter[] = [
  { name: 'embedding', kind: 'vector' },
  { name: 'gain', kind: 'vector', fixedStart: true },
  { name: 'query', kind: 'matrix' },
  { name: 'up', kind: 'matrix' },
  { name: 'bias of the logits', kind: 'scalar' },
  { name: 'unembedding', kind: 'readout' },
];
const TIED: readonly ClassifiedParameter[] = [
  { name: 'embedding', kind: 'vector', tied: true },
  { name: 'up', kind: 'matrix' },
];

const SETTINGS = { places: [4, 4], vocabulary: 5, heads: 2, depth: 2 };

describe('a network whose kinds tell all', () => {
  test.each(NET_NAMES.filter((name) => !['transformer-tied', 'gpt2'].includes(name)))(
    '%s is classified as a perceptron is',
    (name) => {
      const { parameters } = namedNet(name).make(SETTINGS);
      for (const parametrization of [
        MUP,
        named('ntp').parametrization,
        withRate(named('sp').parametrization, exponent(1)),
      ]) {
        for (const optimizer of [updateRule('adam'), updateRule('sgd'), updateRule('muon')]) {
          const { ways } = classifyParameters(parametrization, parameters, { optimizer });
          const { regime, r, stable, repair, names } = classify(parametrization, { depth: 2, optimizer });
          expect(ways).toHaveLength(1);
          expect(ways[0].classification).toMatchObject({ regime, r, stable, names });
          expect(ways[0].classification.repair?.distance).toEqual(repair?.distance);
        }
      }
    },
  );

  it('has its parameters in the layers of their kinds, and scalars in none', () => {
    const { ways, scalars, tied } = classifyParameters(MUP, UNTIED, { optimizer: updateRule('adam') });
    expect(ways.map(({ layers }) => layers)).toEqual([[['embedding', 'gain'], ['query', 'up'], ['unembedding']]]);
    expect({ scalars, tied }).toEqual({ scalars: ['bias of the logits'], tied: false });
  });
});

describe('parameters with exponents of their own', () => {
  it('are layers of their own', () => {
    const fast: Parametrization = { ...MUP, parameters: { query: exponentsOf(0, '1/2', 0, 1) } };
    const [{ layers, classification }] = classifyParameters(fast, UNTIED, { optimizer: updateRule('adam') }).ways;
    expect(layers).toEqual([['embedding', 'gain'], ['query'], ['up'], ['unembedding']]);
    expect(classification.regime).toBe('unstable');
    expect(classification.reasons.find(({ harmful }) => harmful)).toMatchObject({ name: 'features', layer: 2 });
    expect(classification.repair?.changes).toEqual([{ layer: 2, exponent: 'c', from: exponent(0), to: exponent(1) }]);
  });

  it('are ways of their own where they are vectors, whose start does not count if it is fixed', () => {
    const slow: Parametrization = { ...MUP, parameters: { gain: exponentsOf(0, 3, 1, 1) } };
    const { ways } = classifyParameters(slow, UNTIED, { optimizer: updateRule('adam') });
    expect(ways.map(({ layers }) => layers[0])).toEqual([['embedding'], ['gain']]);
    expect(ways.map(({ classification }) => classification.stable)).toEqual([true, true]);
    expect(ways[1]?.classification.maximal?.changes).toEqual([
      { layer: 1, exponent: 'c', from: exponent(1), to: exponent(0) },
    ]);
  });
});

describe('an embedding that is the readout', () => {
  it('has both uses; one of µP trains', () => {
    const { ways, tied } = classifyParameters(MUP, TIED, { optimizer: updateRule('adam') });
    expect(tied).toBe(true);
    expect(ways[0].layers).toEqual([['embedding'], ['up'], ['embedding']]);
    expect(ways[0].classification).toMatchObject({ regime: 'feature learning', maximal: undefined });
  });

  test.each(
    ['adam', 'sgd', 'signsgd', 'muon', 'lion'].flatMap((optimizer) =>
      ['sp', 'ntp', 'mean-field', 'up:1/4'].map((start) => ({ optimizer, start })),
    ),
  )('from $start under $optimizer, a repair for one parameter is one: it learns features', ({ optimizer, start }) => {
    const rule = updateRule(optimizer);
    const found = classifyParameters(named(start, rule).parametrization, TIED, { optimizer: rule }).ways[0];
    const { maximal } = found.classification;
    const layers = maximal?.layers ?? expect.fail('the start is µP');
    const one = tiedRepair(layers, found.classification) ?? expect.fail('two parameters');
    const [, matrix = expect.fail('no matrix')] = layers;
    const repaired: Parametrization = {
      ...MUP,
      out: one.out,
      kinds: { vector: one.exponents, matrix },
    };
    const again = classifyParameters(repaired, TIED, { optimizer: rule }).ways[0].classification;
    expect(again).toMatchObject({ regime: 'feature learning', maximal: undefined });
  });

  it('cannot have one rate as an embedding and another as a readout', () => {
    const sp = withRate(named('sp').parametrization, exponent(1));
    const { classification } = classifyParameters(sp, TIED, { optimizer: updateRule('adam') }).ways[0];
    const layers = classification.repair?.layers ?? expect.fail('it trains');
    expect(tiedRepair(layers, classification)).toBeUndefined();
  });
});

describe('what cannot be classified', () => {
  it('is without exponents for a kind, named, the first of many', () => {
    const { kinds: _, ...rest } = MUP;
    const many = Array.from({ length: 40 }, (_, k) => ({ name: `w${k}`, kind: 'matrix' as const }));
    const classified = () =>
      classifyParameters({ ...rest, kinds: { vector: exponentsOf(0, 0, 0, 1) } }, [...UNTIED, ...many], {
        optimizer: updateRule('adam'),
      });
    expect(classified).toThrow(
      /has no exponents for query \(matrix\), .*w7 \(matrix\) and 32 more; it has some for vector/,
    );
  });

  it('is without a readout', () => {
    expect(() => classifyParameters(MUP, [{ name: 'w', kind: 'matrix' }], { optimizer: updateRule('adam') })).toThrow(
      'of 1 parameters, none that has one width axis reads inputs, or none makes the output; expected a vector at least, and a readout',
    );
  });
});
