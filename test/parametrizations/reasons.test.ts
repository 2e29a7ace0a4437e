/** The words of the main reasons, in full. */

import { describe, expect, it } from 'vitest';
import {
  type Clipping,
  classify,
  exponent,
  NEVER,
  named,
  type Parametrization,
  parseParametrization,
  SP,
  updateRule,
  withRate,
  withReadoutStart,
} from '../../src/parametrizations/index.ts';

interface Options {
  readonly depth?: number;
  readonly optimizer?: string;
  readonly epsilon?: boolean;
  readonly clipping?: Clipping;
}

function reasons(of: string | Parametrization, options: Options = {}): string[] {
  const { depth = 3, optimizer = 'adam', epsilon = false, clipping = 'none' } = options;
  const parametrization = typeof of === 'string' ? named(of).parametrization : of;
  const result = classify(parametrization, { depth, optimizer: updateRule(optimizer, epsilon), clipping });
  return result.reasons.map(({ condition, text }) => `${condition} | ${text}`);
}

const columns = (a: string, b: string, c: string, d: string): Parametrization =>
  parseParametrization({ a: a.split(' '), b: b.split(' '), c: c.split(' '), d: d.split(' ') }, 'own');
const sp = (c: string): Parametrization => withRate(SP, exponent(c));

describe('reasons', () => {
  it('of feature learning: what changes the output, and that features change', () => {
    expect(reasons('mup')).toEqual([
      'a_4 + c_4 = 1 | Layer 4 (readout): its own updates change f by order 1: a_4 + c_4 = 1.',
      'a_4 + b_4 + r = 1 | Layer 4 (readout): the change of the features changes f by order 1: a_4 + b_4 + r = 1, where r = r_1 = 0.',
      'r_1 = 0 | Layer 1: its updates change h^1 by order 1: r_1 = a_1 + c_1 = 0.',
      'r_2 = 0 | Layers 2 to 3: their updates change h^2 to h^3 by order 1: r_2 = a_2 + c_2 - 1 = 0.',
    ]);
  });

  it('of the operator regime, in the abc form of SGD', () => {
    expect(reasons('ntp', { depth: 2, optimizer: 'sgd' })).toEqual([
      '2a_3 + c_3 - d_3 = 1 | Layer 3 (readout): its own updates change f by order 1: 2a_3 + c_3 - d_3 = 1.',
      'a_3 + b_3 + r = 1 | Layer 3 (readout): the change of the features changes f by order 1: a_3 + b_3 + r = 1, where r = r_1 = 1/2.',
      'r_1 = 1/2 | Layer 1: its updates change h^1 by a term that vanishes like n^(-1/2): r_1 = 2a_1 + c_1 - d_1 + a_3 + b_3 = 1/2.',
      'r_2 = 1/2 | Layer 2: its updates change h^2 by a term that vanishes like n^(-1/2): r_2 = 2a_2 + c_2 - d_2 + a_3 + b_3 - 1 = 1/2.',
    ]);
  });

  it('of an output that grows with the features, and why unfaithfulness does no harm', () => {
    expect(reasons(sp('1'))).toEqual([
      'a_4 + b_4 + r ≥ 1 | Layer 4 (readout): f changes by a term that grows like n^(1/2), for n initial weights of size n^(-1/2) meet features that change by order 1 in their direction (r = r_2 = 0): a_4 + b_4 + r = 1/2, and stability needs at least 1.',
      'd_1 = a_1 + a_4 + b_4 | Layer 1: what Q sees at initialization vanishes like n^(-1/2): d_1 = 0, and order 1 needs d_1 = a_1 + a_4 + b_4 = 1/2. No harm with adam: its Q is scale-invariant (with ε = 0).',
      'd_2 = a_2 + a_4 + b_4 | Layers 2 to 3: what Q sees at initialization vanishes like n^(-1/2): d_2 = 0, and order 1 needs d_2 = a_2 + a_4 + b_4 = 1/2. No harm with adam: its Q is scale-invariant (with ε = 0).',
    ]);
  });

  it('of rates that are too large', () => {
    expect(reasons('sp', { depth: 2, optimizer: 'sgd' }).slice(0, 3)).toEqual([
      'r_2 ≥ 0 | Layer 2: its updates change h^2 by a term that grows like n: r_2 = 2a_2 + c_2 - d_2 + a_3 + b_3 - 1 = -1, and stability needs at least 0.',
      '2a_3 + c_3 - d_3 ≥ 1 | Layer 3 (readout): its updates change f by a term that grows like n: 2a_3 + c_3 - d_3 = 0, and stability needs at least 1.',
      '2a_3 + c_3 - d_3 + r ≥ 1 | Layer 3 (readout): f changes by a term that grows like n^2, for n weights that training makes of order 1 meet features that change by n in their direction (r = r_2 = -1): 2a_3 + c_3 - d_3 + r = -1, and stability needs at least 1.',
    ]);
  });

  it('of initializations that are too large or too small', () => {
    const start = (a: string, b: string): string[] =>
      reasons(columns(a, b, '0 1 0', '1 1 1'), { depth: 3, optimizer: 'sign' }).filter((text) =>
        /f_0|at initialization h/.test(text),
      );
    expect(start('0 0 1', '1/2 0 -1')).toEqual([
      'a_1 + b_1 = 0 | Layer 1: at initialization h^1 vanishes like n^(-1/2): a_1 + b_1 = 1/2, and a sum over the fixed number of inputs needs 0.',
      'a_2 + b_2 = 1/2 | Layers 2 to 3: at initialization h^2 to h^3 grow like n^(1/2) against the activations below: a_2 + b_2 = 0, and a sum over n units needs 1/2.',
      'a_4 + b_4 ≥ 1/2 | Layer 4 (readout): f_0 grows like n^(1/2): a_4 + b_4 = 0, and a sum over n independent terms needs at least 1/2.',
    ]);
  });

  it('of Q that sees too little, where it minds', () => {
    expect(reasons(sp('1'), { epsilon: true })).toEqual([
      'd_1 = a_1 + a_4 + b_4 | Layer 1: what Q sees at initialization vanishes like n^(-1/2): d_1 = 0, and order 1 needs d_1 = a_1 + a_4 + b_4 = 1/2.',
      'd_2 = a_2 + a_4 + b_4 | Layers 2 to 3: what Q sees at initialization vanishes like n^(-1/2): d_2 = 0, and order 1 needs d_2 = a_2 + a_4 + b_4 = 1/2.',
    ]);
  });

  it('of a readout that its updates outgrow', () => {
    expect(reasons(columns('0 0 1', '0 1/2 1/2', '0 1 0', '3/2 3/2 1'), { depth: 2, epsilon: true })).toEqual([
      'b_3 ≤ c_3 | Layer 3 (readout): its updates outgrow its initial weights, so that after one step what Q sees of the layers below grows like n^(1/2): b_3 = 1/2, and faithfulness needs at most c_3 = 0.',
    ]);
  });

  it('of an output that does not move', () => {
    expect(reasons('mup', { depth: 2, epsilon: true, clipping: 'divideByClippedNorm' })).toEqual([
      'a_3 + c_3 + 1/2 = 1 | Layer 3 (readout): its own updates change f by a term that vanishes like n^(-1/2): a_3 + c_3 + 1/2 = 3/2, and order 1 needs 1.',
      'a_3 + b_3 + r = 1 | Layer 3 (readout): the change of the features changes f by a term that vanishes like n^(-1/2): a_3 + b_3 + r = 3/2, where r = r_1 = 1/2, and order 1 needs 1.',
    ]);
  });

  it('show what clipping adds', () => {
    const [first] = reasons('mup-clipped', { depth: 2, clipping: 'normalizeByWeight' });
    expect(first).toBe(
      'r_2 ≥ 0 | Layer 2: its updates change h^2 by a term that grows like n^(1/2): r_2 = a_2 + c_2 + 1 - b_2 - 1 = -1/2, and stability needs at least 0.',
    );
  });

  it('of a readout that starts at zero speak of its first update', () => {
    const zero = withReadoutStart(sp('1'), 2, NEVER);
    expect(reasons(zero, { depth: 2, epsilon: true })[0]).toBe(
      'd_1 = a_1 + a_3 + c_3 | Layer 1: what Q sees once the readout has left zero vanishes like n^(-1): d_1 = 0, and order 1 needs d_1 = a_1 + a_3 + c_3 = 1.',
    );
  });
});
