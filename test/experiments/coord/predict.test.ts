/** What is expected of networks without a classification, held against the classification of perceptrons. */

import { describe, expect, it } from 'vitest';
import { classified, type Expected, isMaximal, stable } from '../../../src/experiments/coord/predict.ts';
import { rowsOf } from '../../../src/experiments/coord/rows.ts';
import { plainlyHeard, scoresOf, usesOf } from '../../../src/experiments/coord/structure.ts';
import { mlp, type Net, recurrent, transformer } from '../../../src/nets/index.ts';
import { exponent, MUP, NTP, SP, uniform, updateRule } from '../../../src/parametrizations/index.ts';

const rule = updateRule('adam');
const { depth, ...unclassified } = mlp({ depth: 3 });
const known: Net = { ...unclassified, ...(depth === undefined ? {} : { depth }) };
const options = { rule, loss: 'squared' } as const;

describe('expectations of any network', () => {
  it.each([
    ['µP', MUP],
    ['NTP', NTP],
    ['SP', SP],
    ['UP_1/4', uniform('1/4')],
  ])('are, at initialization, what the classification says of a perceptron in %s', (_, parametrization) => {
    const [general, special] = [
      stable(parametrization, unclassified, options),
      classified(parametrization, 3, rule, 'squared'),
    ];
    for (const row of rowsOf(known).rows) {
      // What updates add is known in general of µP alone.
      if (row.changes || (row.quantity === 'update effect' && parametrization !== MUP)) continue;
      expect([row.layer, row.quantity, general(row, 0).exponent]).toEqual([
        row.layer,
        row.quantity,
        special(row, 0).exponent,
      ]);
    }
  });

  it('are changes of order 1 exactly only in µP, in whatever form it is written', () => {
    const change = (parametrization: typeof MUP): Expected | undefined => {
      const row = rowsOf(unclassified).rows.find(({ changes }) => changes);
      return row && stable(parametrization, unclassified, options)(row, 1);
    };
    expect(change(MUP)).toEqual({ exponent: 0, atMost: false });
    expect(change(SP)).toEqual({ exponent: 0, atMost: true });
    // The output's multiplier may be the readout's.
    const { readout, vector } = MUP.kinds;
    const own = readout ?? vector ?? expect.fail('no exponents of readouts');
    const moved = { ...MUP, out: exponent(0), kinds: { ...MUP.kinds, readout: { ...own, a: exponent(1) } } };
    expect(change(moved)).toEqual({ exponent: 0, atMost: false });
    expect(isMaximal({ ...MUP, out: exponent(0) }, unclassified, rule)).toBe(false);
  });

  it('mind the size of gradients where the rule keeps its ε', () => {
    const { kinds } = MUP;
    const unscaled = Object.fromEntries(Object.entries(kinds).map(([kind, own]) => [kind, { ...own, d: exponent(0) }]));
    const parametrization = { ...MUP, kinds: unscaled };
    // Gradients of order 1/n in place of 1 are made up for by Adam without ε, whatever form µP is written in.
    expect(isMaximal(parametrization, unclassified, rule)).toBe(true);
    const kept = updateRule('adam', true);
    expect(isMaximal(parametrization, unclassified, kept)).toBe(false);
    const change = (layer: string, one: typeof rule): number | undefined => {
      const row = rowsOf(known).rows.find((own) => own.layer === layer && own.changes);
      return row && classified(parametrization, 3, one, 'squared')(row, 1).exponent;
    };
    expect([change('layer 1', rule), change('layer 1', kept)]).toEqual([0, -1]);
  });

  it('let what reaches queries and keys vanish, and scores start small', () => {
    const net = transformer({ vocabulary: 3, context: 2, depth: 1 });
    const heard = plainlyHeard(net);
    expect(net.parameters.map(({ name }) => name).filter((name) => !heard.has(name))).toEqual(['query1', 'key1']);
    expect(scoresOf(net)).toEqual([{ value: expect.any(String), shares: 'shares1', independent: true }]);
    const predicted = stable(MUP, net, { ...options, loss: 'cross-entropy' });
    const of = (layer: string, quantity: string): Expected | undefined => {
      const row = rowsOf(net).rows.find((one) => one.layer === layer && one.quantity === quantity);
      return row && predicted(row, 0);
    };
    expect(of('query 1', 'update input')).toEqual({ exponent: 0, atMost: true });
    expect(of('value 1', 'update input')).toEqual({ exponent: 0, atMost: false });
    expect(of('scores of shares1', 'preactivation')).toEqual({ exponent: -0.5, atMost: false });
    expect(of('output', 'preactivation')).toEqual({ exponent: -0.5, atMost: false });
  });
});

describe('rows', () => {
  it('show products where a sum hides them, weights of gates, and rows that are looked up', () => {
    const shown = (net: Net): string[] => rowsOf(net).rows.map(({ layer, quantity }) => `${layer}: ${quantity}`);
    expect(shown(known)).toHaveLength(4 * 4);
    expect(shown(recurrent({ steps: 2, gated: true }))).toEqual(
      expect.arrayContaining(['step 1: product', 'step 2: product', 'wz: update effect', 'ur: update input']),
    );
    const tied = transformer({ vocabulary: 3, context: 2, depth: 1, tied: true });
    expect(shown(tied)).toEqual(
      expect.arrayContaining(['embedding: product', 'embedding: update effect', 'output: update effect']),
    );
    expect(new Set(shown(tied)).size).toBe(shown(tied).length);
    expect(
      usesOf(tied)
        .filter(({ parameter }) => parameter === 'embedding')
        .map(({ op }) => op),
    ).toEqual(['gather', 'contract']);
  });
});
