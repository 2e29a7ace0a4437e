/** µP against the multipliers of microsoft/mup, whose table it is up to the symmetry. */

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import {
  classify,
  equivalentExponents,
  exponentsFor,
  exponentsOf,
  MUP,
  NTP,
  outputScale,
  type ParameterKind,
  printExponent,
  SP,
  scalesOf,
  toNumber,
  updateRule,
} from '../../src/parametrizations/index.ts';
import { describeWithShared } from '../support/shared.ts';

interface Factors {
  readonly lr_factor: number;
  readonly wd_factor: number;
}

interface Row {
  readonly width: number;
  readonly base_width: number;
  readonly param: string;
  /** Width axes. */
  readonly ninf: 0 | 1 | 2;
  readonly adam: Factors;
  readonly sgd: Factors;
  readonly forward_output_multiplier: number;
  readonly measured_std_default_init?: number;
  readonly mup_init?: { readonly normal_std1: { readonly std_mup: number } };
}

/** A weight of the readout is multiplied, its bias is not (the file's note). */
function kindOf({ param, ninf }: Row): ParameterKind {
  if (/^(fc_3|head)\.weight$/.test(param)) return 'readout';
  return ninf === 2 ? 'matrix' : ninf === 1 ? 'vector' : 'scalar';
}

/** The exponent of a power of the width from its values at two widths. */
const slope = (wide: number, narrow: number, ratio: number): number => Math.log(wide / narrow) / Math.log(ratio);

/** Deviations are measured on at least 640 entries: their logarithm is known to 0.03, over factors of at least 4. */
const MEASURED = 0.05;

describe.each(['mlp', 'transformer'])('multipliers of the %s', (model) => {
  describeWithShared('in the reference', `reference/mup/${model}_multipliers.json`, (path) => {
    const { rows } = JSON.parse(readFileSync(path, 'utf8')) as { readonly rows: readonly Row[] }; // written by the reference
    const names = [...new Set(rows.map(({ param }) => param))];
    const bases = rows.filter(({ width, base_width }) => width === base_width);

    test('cover every kind of parameter, at several widths', () => {
      expect(new Set(rows.map(kindOf))).toEqual(new Set(['matrix', 'vector', 'readout', 'scalar']));
      expect(bases).toHaveLength(names.length);
      expect(rows.length).toBeGreaterThanOrEqual(4 * names.length);
    });

    it.each(names)('of %s are powers of the width that train like µP, with Adam and with SGD', (name) => {
      const own = rows.filter(({ param }) => param === name);
      const [base] = own.filter(({ width, base_width }) => width === base_width);
      if (base === undefined) return expect.fail('no row at the base width');
      const kind = kindOf(base);
      for (const row of own) {
        if (row === base) continue;
        const ratio = row.width / base.width;
        const a = kind === 'readout' ? -slope(row.forward_output_multiplier, base.forward_output_multiplier, ratio) : 0;
        const initial = [row, base].map(({ mup_init }) => mup_init?.normal_std1.std_mup);
        // Biases start alike at every width.
        const b = initial[0] === undefined || initial[1] === undefined ? 0 : -slope(initial[0], initial[1], ratio);
        const [adam, sgd] = [-slope(row.adam.lr_factor, 1, ratio), -slope(row.sgd.lr_factor, 1, ratio)];
        const start = Math.round(1e5 * b) / 1e5; // mup computes in f32
        const theirs = { adam: exponentsOf(a, start, adam, 0), sgd: exponentsOf(a, start, sgd, 0) };
        const ours = exponentsFor(MUP, { name, kind });
        const whole = kind === 'readout' ? exponentsOf(1, 0, printExponent(ours.c), printExponent(ours.d)) : ours;
        expect(equivalentExponents(theirs.adam, whole, updateRule('adam')), `Adam at width ${row.width}`).toBe(true);
        expect(equivalentExponents(theirs.sgd, whole, updateRule('sgd')), `SGD at width ${row.width}`).toBe(true);
        // Decoupled weight decay λ does not know the width: wd times lr stays.
        expect(row.adam.lr_factor * row.adam.wd_factor).toBeCloseTo(1, 12);
        const [wide, narrow] = [row.measured_std_default_init ?? 0, base.measured_std_default_init ?? 0];
        // Gains and what starts at zero have none.
        if (kind !== 'scalar' && narrow > 0 && wide > 0) {
          expect(Math.abs(-slope(wide, narrow, ratio) - b)).toBeLessThan(MEASURED);
        }
      }
    });

    test('are our scales, number by number', () => {
      const mup = { ...MUP, baseWidth: 64 };
      for (const row of rows) {
        const kind = kindOf(row);
        const { rate, multiplier } = scalesOf(mup, exponentsFor(mup, { name: row.param, kind }), { width: row.width });
        expect(rate, `${row.param} at ${row.width}`).toBeCloseTo(row.adam.lr_factor, 12);
        const whole = multiplier * (kind === 'readout' ? outputScale(mup, { width: row.width }) : 1);
        if (kind === 'readout') expect(whole).toBeCloseTo(row.forward_output_multiplier, 12);
      }
    });
  });
});

describeWithShared('the coordinate check of the reference', 'reference/mup/coord_check_mlp.json', (path) => {
  interface Entry {
    readonly width: number;
    readonly module: string;
    readonly t: number;
    readonly l1: number;
  }
  const { runs } = JSON.parse(readFileSync(path, 'utf8')) as { readonly runs: Record<string, { mean_abs: Entry[] }> }; // as above

  /** The slope over the last factor of 4 in width: trends, of four seeds. */
  const trend = (run: string, module: string, t: number): number => {
    const all = runs[run]?.mean_abs.filter((entry) => entry.module === module && entry.t === t) ?? [];
    const [narrow, , wide] = [...all].sort((a, b) => a.width - b.width).slice(-3);
    return slope(wide?.l1 ?? Number.NaN, narrow?.l1 ?? Number.NaN, 4);
  };
  const TREND = 0.4;

  // t = 1 is before the first update; biases and torch's uniform initialization change no exponent.
  it.each([
    ['mup_adam', MUP, 'adam'],
    ['sp_adam', SP, 'adam'],
    ['mup_sgd', MUP, 'sgd'],
  ] as const)('%s shows what is predicted', (run, parametrization, optimizer) => {
    const { sizes } = classify(parametrization, { depth: 2, optimizer: updateRule(optimizer) });
    for (const layer of sizes[1]?.layers ?? []) {
      const predicted = toNumber(layer.preactivation);
      // SGD at this rate is slow: f_0, of size n^(-1/2), still outweighs what it has learned.
      if (optimizer === 'sgd' && layer.layer === 3) continue;
      expect(Math.abs(trend(run, `fc_${layer.layer}`, 2) - predicted), `layer ${layer.layer}`).toBeLessThan(TREND);
    }
  });
});

describe('at the base width', () => {
  const kinds: readonly ParameterKind[] = ['matrix', 'vector', 'readout', 'scalar'];

  it.each([
    ['µP', MUP],
    ['NTP', NTP],
    ['SP', SP],
  ])('%s is the standard network, whatever its constants', (_, parametrization) => {
    const widths = { width: 96, baseWidth: 96 };
    const constants = { multiplier: 2, deviation: 0.1, rate: 3e-4, gradient: 5, epsilon: 1e-8 };
    for (const kind of kinds) {
      const exponents = exponentsFor(parametrization, { name: '', kind });
      expect(scalesOf(parametrization, exponents, widths)).toEqual({
        ...{ multiplier: 1, deviation: 1, rate: 1, gradient: 1, epsilon: 0 },
      });
      expect(scalesOf(parametrization, exponents, widths, constants)).toEqual({
        ...constants,
        epsilon: constants.epsilon / constants.gradient,
      });
    }
    expect(outputScale(parametrization, widths)).toBe(1);
  });

  test('constants stand in front of the powers at other widths', () => {
    const { matrix } = MUP.kinds;
    if (matrix === undefined) return expect.fail('no matrix');
    const scales = scalesOf(
      { ...MUP, baseWidth: 64 },
      matrix,
      { width: 256 },
      { deviation: 0.125, rate: 0.01, epsilon: 1e-8 },
    );
    expect(scales).toEqual({ multiplier: 1, deviation: 0.0625, rate: 0.0025, gradient: 4, epsilon: 2.5e-9 });
  });
});
