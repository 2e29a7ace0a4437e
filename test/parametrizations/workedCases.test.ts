/**
 * Classifications worked by hand from the conditions (IVb 2.8 with its slips corrected). Layers are 1 … L, and the readout
 * L + 1; S is a + b of the readout, K its a + c, both with what an optimizer or a clipping adds to c.
 */

import { describe, expect, it, test } from 'vitest';
import {
  type Classification,
  type Clipping,
  classify,
  exponent,
  NEVER,
  named,
  type Parametrization,
  parseParametrization,
  printExponent,
  type Regime,
  updateRule,
  withRate,
  withReadoutStart,
} from '../../src/parametrizations/index.ts';

interface Case {
  readonly name: string;
  readonly of: string | Parametrization;
  readonly depth: number;
  readonly optimizer: string;
  readonly epsilon?: boolean;
  readonly clipping?: Clipping;
  readonly regime: Regime;
  readonly stable: boolean;
  readonly faithful: boolean;
  readonly nontrivial: boolean | undefined;
  /** r of each layer, readout last. */
  readonly r: string;
  /** Conditions that count against it: name, first layer, and the power of n of what breaks. */
  readonly broken?: readonly string[];
  /** Powers of n of f_0 and of f's change in the third step. */
  readonly f: readonly [string, string];
}

const sp = (c: string): Parametrization => withRate(named('sp').parametrization, exponent(c));
const columns = (a: string, b: string, c: string, d: string): Parametrization =>
  parseParametrization({ a: a.split(' '), b: b.split(' '), c: c.split(' '), d: d.split(' ') }, 'own');

const CASES: readonly Case[] = [
  {
    // r_1 = c_1 + a_1 = 0; r_2 = r_3 = 1 + 0 − 1 = 0; K = 1 + 0 = 1, r_4 = 0; S = 1: f_0 is a sum of n terms of size 1/n with
    // independent signs, n^(1/2 − 1). d_l = 0 + 1 + 0 = 1 = d_4 = a_4. K = 1 and S + r = 1.
    name: 'µP',
    ...{ of: 'mup', depth: 3, optimizer: 'adam', epsilon: true },
    ...{ regime: 'feature learning', stable: true, faithful: true, nontrivial: true, r: '0 0 0 0', f: ['-1/2', '0'] },
  },
  {
    // r_1 = 1/2 + 0; r_2 = 1 + 1/2 − 1 = 1/2; K = 1/2 + 1/2 = 1; S = 1/2, S + r = 1. d_1 = 0 + 1/2, d_2 = 1/2 + 1/2, d_4 = 1/2.
    name: 'NTP',
    ...{ of: 'ntp', depth: 3, optimizer: 'adam', epsilon: true },
    ...{ regime: 'operator', stable: true, faithful: true, nontrivial: true, r: '1/2 1/2 1/2 0', f: ['0', '0'] },
  },
  {
    // r_l = s; r_{L+1} = (1 − s) + s − 1 = 0, not 1 as printed; S = 3/4, f_0 ~ n^(1/2 − 3/4).
    name: 'UP_1/4',
    ...{ of: 'up:1/4', depth: 3, optimizer: 'adam', epsilon: true },
    ...{ regime: 'operator', stable: true, faithful: true, nontrivial: true, r: '1/4 1/4 1/4 0', f: ['-1/4', '0'] },
  },
  {
    // Only c − d matters for SGD, and µP's are −1, 0, −1; at the faithful d (1, 1, 1) these are c = 0, 1, 0 again.
    name: 'µP with SGD',
    ...{ of: 'mup', depth: 2, optimizer: 'sgd' },
    ...{ regime: 'feature learning', stable: true, faithful: true, nontrivial: true, r: '0 0 0', f: ['-1/2', '0'] },
  },
  {
    // Scale-invariant: r_1 = 1, r_2 = r_3 = 1 − 1 = 0, K = 1. S + r = 1/2 < 1: f ~ n^(1 − 1/2) after one step. Not faithful
    // (d_1 = 0, not 1/2), which does no harm.
    name: 'SP with Adam at c = 1',
    ...{ of: sp('1'), depth: 3, optimizer: 'adam' },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '1 0 0 0' },
    ...{ broken: ['output 4 1/2'], f: ['0', '1/2'] },
  },
  {
    // The same with sign.
    name: 'SP with sign at c = 1',
    ...{ of: sp('1'), depth: 2, optimizer: 'sign' },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '1 0 0' },
    ...{ broken: ['output 3 1/2'], f: ['0', '1/2'] },
  },
  {
    // r = 3/2 − 1 = 1/2, S + r = 1; K = 3/2 > 1, so that only the features' change moves f.
    name: 'SP with Adam at c = 3/2',
    ...{ of: sp('3/2'), depth: 3, optimizer: 'adam' },
    ...{ regime: 'operator', stable: true, faithful: false, nontrivial: true, r: '3/2 1/2 1/2 1/2', f: ['0', '0'] },
  },
  {
    // Between: r = 1/4, S + r = 3/4, f ~ n^(1/4).
    name: 'SP with Adam at c = 5/4',
    ...{ of: sp('5/4'), depth: 3, optimizer: 'adam' },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '5/4 1/4 1/4 1/4' },
    ...{ broken: ['output 4 1/4'], f: ['0', '1/4'] },
  },
  {
    // S = 1, K = 1, b_4 = 1 ≤ c_4 = 1, r = r_2 = 0, S + r = 1.
    name: 'SP with Adam at c = 1 and a readout of size 1/n',
    ...{ of: withReadoutStart(sp('1'), 3, exponent(1)), depth: 3, optimizer: 'adam' },
    ...{ regime: 'feature learning', stable: true, faithful: false, nontrivial: true, r: '1 0 0 0', f: ['-1/2', '0'] },
  },
  {
    // After its first update the readout is of size n^(-1); what it starts at no longer matters.
    name: 'SP with Adam at c = 1 and a readout that starts at zero',
    ...{ of: withReadoutStart(sp('1'), 3, NEVER), depth: 3, optimizer: 'adam' },
    ...{ regime: 'feature learning', stable: true, faithful: false, nontrivial: true, r: '1 0 0 0', f: ['-∞', '0'] },
  },
  {
    // As named, c = 0: r_1 = 0, r_2 = r_3 = −1, K = 0: three layers each multiply by n: Δh^2 ~ n, Δh^3 ~ n^2, f ~ n^3. The
    // readout's updates are of order 1 then, and its S with them: S + r = −1.
    name: 'SP with Adam at c = 0',
    ...{ of: 'sp', depth: 3, optimizer: 'adam' },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '0 -1 -1 -1' },
    ...{ broken: ['features 2 1', 'readout 4 1', 'output 4 2'], f: ['0', '3'] },
  },
  {
    // Q sees n^(-1/2) in the hidden layers: below ε, Adam is linear, and c is 3/2 in effect: r_1 = 3/2, r_2 = 1/2, S + r = 1,
    // K = 1 (d_4 = 0 = a_4). Stable, but Adam is no longer Adam.
    name: 'SP with Adam at c = 1 and ε > 0',
    ...{ of: sp('1'), depth: 3, optimizer: 'adam', epsilon: true },
    ...{ regime: 'unfaithful', stable: true, faithful: false, nontrivial: undefined, r: '3/2 1/2 1/2 0' },
    ...{ broken: ['faithful 1 -1/2', 'faithful 2 -1/2'], f: ['0', '0'] },
  },
  {
    // c − d = 1 at the faithful d = 1/2, 1/2, 0: c = 3/2, 3/2, 1. r_1 = 3/2, r_2 = 1/2, K = 1, S + r = 1.
    name: 'SP with SGD at c = 1',
    ...{ of: sp('1'), depth: 3, optimizer: 'sgd' },
    ...{ regime: 'operator', stable: true, faithful: false, nontrivial: true, r: '3/2 1/2 1/2 0', f: ['0', '0'] },
  },
  {
    // c = 1, 1, 1/2 at the faithful d: r_1 = 1, r_2 = 0; K = 1/2 and S + r = 1/2: both parts of f ~ n^(1/2). The readout keeps
    // its size, b = 1/2 = c. At step 1; features and f go on from there.
    name: 'SP with SGD at c = 1/2',
    ...{ of: sp('1/2'), depth: 3, optimizer: 'sgd' },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '1 0 0 -1/2' },
    ...{ broken: ['readout 4 1/2', 'output 4 1/2'], f: ['0', '1/2'] },
  },
  {
    // S = 1/2, c_4 = 0 + 0 (SGD): K = 0, so the trained readout is of order 1 and takes the place of S: d = 0 is faithful to
    // that, c = 0 everywhere. r_1 = 0, r_2 = −1; S + r counts as 0 − 1.
    name: 'SP with SGD at c = 0',
    ...{ of: 'sp', depth: 2, optimizer: 'sgd' },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '0 -1 -1' },
    ...{ broken: ['features 2 1', 'readout 3 1', 'output 3 2'], f: ['0', ''] },
  },
  {
    // No hidden matrix: r = r_1 = 1, K = 1, S + r = 3/2: the readout alone learns.
    name: 'SP with sign at c = 1, one hidden layer',
    ...{ of: sp('1'), depth: 1, optimizer: 'sign' },
    ...{ regime: 'operator', stable: true, faithful: false, nontrivial: true, r: '1 0', f: ['0', '0'] },
  },
  {
    // a 0, 1; b 0, 0; c 0, 0; d 1, 1: µP's columns without the middle one.
    name: 'mean field, one hidden layer',
    ...{ of: 'mean-field', depth: 1, optimizer: 'momentum' },
    ...{ regime: 'feature learning', stable: true, faithful: true, nontrivial: true, r: '0 0', f: ['-1/2', '0'] },
  },
  {
    // a_2 + b_2 = 1: h^2 ~ n^(1/2 − 1), so f_0 ~ n^(-1/2) n^(-1/2). Adam's first step has one sign along x^1: Δh^2 ~ n·n^(-1).
    name: 'mean field, two hidden layers',
    ...{ of: 'mean-field', depth: 2, optimizer: 'adam' },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '0 0 0' },
    ...{ broken: ['start 2 -1/2'], f: ['-1', '0'] },
  },
  {
    // c + e = 0, 1, 0 by e = 1/2, 1, 1/2: µP.
    name: 'µP for clipped updates, clipped',
    ...{ of: 'mup-clipped', depth: 3, optimizer: 'adam', epsilon: true, clipping: 'divideByClippedNorm' },
    ...{ regime: 'feature learning', stable: true, faithful: true, nontrivial: true, r: '0 0 0 0', f: ['-1/2', '0'] },
  },
  {
    // c + e = 1/2, 2, 1/2: r_1 = 1/2, r_2 = 1, K = 3/2, S + r = 3/2: Δf ~ n^(-1/2).
    name: 'µP for plain updates, clipped',
    ...{ of: 'mup', depth: 3, optimizer: 'adam', epsilon: true, clipping: 'divideByClippedNorm' },
    ...{ regime: 'trivial', stable: true, faithful: true, nontrivial: false, r: '1/2 1 1 1/2', f: ['-1/2', '-1/2'] },
  },
  {
    // Library clipping leaves updates of order 1 alone.
    name: 'NTP with the usual clipping',
    ...{ of: 'ntp', depth: 2, optimizer: 'sgd', clipping: 'clip' },
    ...{ regime: 'operator', stable: true, faithful: true, nontrivial: true, r: '1/2 1/2 0', f: ['0', '0'] },
  },
  {
    // Normalized SGD is scale-invariant: c + e = 1/2, 1, 1/2 whatever d is.
    name: 'NTP for clipped updates with normalized SGD',
    ...{ of: 'ntp-clipped', depth: 2, optimizer: 'sgd', clipping: 'normalize' },
    ...{ regime: 'operator', stable: true, faithful: true, nontrivial: true, r: '1/2 1/2 0', f: ['0', '0'] },
  },
  {
    // c + e − b = −1/2 + 1/2, 1/2 + 1 − 1/2, −1/2 + 1/2 = 0, 1, 0.
    name: 'µP for division by the weight norm',
    ...{ of: 'mup-weight-norm', depth: 2, optimizer: 'adam', epsilon: true, clipping: 'normalizeByWeight' },
    ...{ regime: 'feature learning', stable: true, faithful: true, nontrivial: true, r: '0 0 0', f: ['-1/2', '0'] },
  },
  {
    // The wrong table: c_2 + e − b = 0 + 1 − 1/2 = 1/2, r_2 = −1/2: Δh^2 ~ n^(1/2), and f with it.
    name: 'µP for clipped updates, divided by the weight norm',
    ...{ of: 'mup-clipped', depth: 2, optimizer: 'adam', clipping: 'normalizeByWeight' },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '0 -1/2 0' },
    ...{ broken: ['features 2 1/2', 'output 3 1/2'], f: ['-1/2', '1/2'] },
  },
  {
    // a_2 + b_2 = 0: sums of n terms of order 1. h^2 ~ n^(1/2), x^2 too, f_0 ~ n^(1/2) n^(1/2 − 1) = 1. With Adam every update
    // is what it was, x^2 larger: the readout's share of f is n·n^(-1)·n^(1/2).
    name: 'hidden weights of order 1',
    ...{ of: columns('0 0 1', '0 0 0', '0 1 0', '1 1 1'), depth: 2, optimizer: 'adam' },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '0 0 0' },
    ...{ broken: ['start 2 1/2'], f: ['0', '1/2'] },
  },
  {
    // S = 0: f_0 ~ n^(1/2), and features that move by order 1 change f by n·1.
    name: 'a readout of order 1',
    ...{ of: columns('0 0 0', '0 1/2 0', '0 1 1', '0 0 0'), depth: 2, optimizer: 'sign' },
    ...{ regime: 'unstable', stable: false, faithful: true, nontrivial: undefined, r: '0 0 0' },
    ...{ broken: ['start 3 1/2', 'output 3 1'], f: ['1/2', '1'] },
  },
  {
    // µP with a faster first layer: r_1 = −1/4, all above follows: Δh, and S + r = 3/4.
    name: 'a first layer that learns too fast',
    ...{ of: columns('0 0 1', '0 1/2 0', '-1/4 1 0', '1 1 1'), depth: 2, optimizer: 'adam', epsilon: true },
    ...{ regime: 'unstable', stable: false, faithful: false, nontrivial: undefined, r: '-1/4 0 0' },
    ...{ broken: ['features 1 1/4', 'output 3 1/4'], f: ['-1/2', '1/4'] },
  },
  {
    // S = 3/2, K = 3/2, d = 3/2 = 0 + S: nothing reaches f faster than n^(-1/2).
    name: 'a small and slow readout',
    ...{ of: columns('0 0 1', '0 1/2 1/2', '0 1 1/2', '3/2 3/2 1'), depth: 2, optimizer: 'adam', epsilon: true },
    ...{ regime: 'trivial', stable: true, faithful: true, nontrivial: false, r: '0 0 1/2', f: ['-1', '-1/2'] },
  },
  {
    // S = 3/2, K = 1: after one step the readout is n^(1/2) times as large as it was, and so is what Q sees below it.
    name: 'a readout that its updates outgrow',
    ...{ of: columns('0 0 1', '0 1/2 1/2', '0 1 0', '3/2 3/2 1'), depth: 2, optimizer: 'adam', epsilon: true },
    ...{ regime: 'unfaithful', stable: true, faithful: false, nontrivial: undefined, r: '0 0 0' },
    ...{ broken: ['backward 3 1/2'], f: ['-1', '0'] },
  },
  {
    // Sign does not mind: from the first step on the readout is as µP's.
    name: 'a readout that its updates outgrow, with sign',
    ...{ of: columns('0 0 1', '0 1/2 1/2', '0 1 0', '3/2 3/2 1'), depth: 2, optimizer: 'sign' },
    ...{ regime: 'feature learning', stable: true, faithful: false, nontrivial: true, r: '0 0 0', f: ['-1', '0'] },
  },
];

const classified = ({ of, depth, optimizer, epsilon, clipping = 'none' }: Case): Classification => {
  const parametrization = typeof of === 'string' ? named(of).parametrization : of;
  return classify(parametrization, { depth, optimizer: updateRule(optimizer, epsilon), clipping });
};

describe('cases worked by hand', () => {
  it.each(CASES)('$name', (one) => {
    const result = classified(one);
    const { regime, stable, faithful, nontrivial, layers, reasons, sizes } = result;
    expect({ regime, stable, faithful, nontrivial }).toEqual({
      ...{ regime: one.regime, stable: one.stable, faithful: one.faithful, nontrivial: one.nontrivial },
    });
    expect(layers.map(({ r }) => printExponent(r)).join(' ')).toBe(one.r);
    const against = reasons.filter(({ harmful, name }) => harmful && !name.startsWith('nontrivial'));
    expect(against.map(({ name, layer, exponent: size }) => `${name} ${layer} ${printExponent(size)}`)).toEqual(
      one.broken ?? [],
    );
    const [start, change] = [sizes[0]?.output, sizes.at(-1)?.outputChange].map((size) => size && printExponent(size));
    expect(start).toBe(one.f[0]);
    if (one.f[1] !== '') expect(change).toBe(one.f[1]);
  });

  test('are at least twenty', () => expect(CASES.length).toBeGreaterThanOrEqual(20));
});

describe('the largest stable common rate', () => {
  it.each([
    // IVb 2.2.7 says 1; r = c − 1 and S + r ≥ 1 with S = 1/2 say 3/2.
    ['adam', 3, undefined, '3/2'],
    ['sign', 2, undefined, '3/2'],
    // One hidden layer: r = c, and K = c ≥ 1 is what is left.
    ['sign', 1, undefined, '1'],
    ['adam', 3, '1', '1'],
    ['adam', 3, '3/4', '5/4'],
    ['sgd', 3, undefined, '1'],
    ['sgd', 1, undefined, '1'],
  ] as const)('of SP with %s, %i hidden layers, readout %s', (optimizer, depth, b, expected) => {
    const given = named('sp').parametrization;
    const parametrization = b === undefined ? given : withReadoutStart(given, depth, exponent(b));
    const { largestStableRate } = classify(parametrization, { depth, optimizer: updateRule(optimizer) });
    expect(largestStableRate && printExponent(largestStableRate)).toBe(expected);
  });

  test('of SP with Adam whose readout starts at zero is 1', () => {
    const parametrization = withReadoutStart(named('sp').parametrization, 3, NEVER);
    const { largestStableRate } = classify(parametrization, { depth: 3, optimizer: updateRule('adam') });
    expect(largestStableRate && printExponent(largestStableRate)).toBe('1');
  });

  test('is told only where layers share one, and where a network starts well', () => {
    const of = (name: string, depth: number) =>
      classify(named(name).parametrization, { depth, optimizer: updateRule('adam') }).largestStableRate;
    expect(of('mup', 3)).toBeUndefined();
    expect(of('mean-field', 3)).toBeUndefined();
  });
});
