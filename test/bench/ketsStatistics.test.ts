/** The arithmetic of the kets bench: agreement, ratios of variances, growth, verdicts. */

import { describe, expect, it, test } from 'vitest';
import { failed, type KetsResult } from '../../bench/kets/bench.ts';
import { judge } from '../../bench/kets/bounds.ts';
import { scalarNames, scalarsOf, sizesAt } from '../../bench/kets/entries.ts';
import { compareMeans, compareWidths, growth, varianceRatio } from '../../bench/kets/statistics.ts';
import { fourInputs } from '../../bench/kets/workloads.ts';
import { conditionalLaw, type LazyGaussianOptions, lazyMatrix } from '../../src/kets/gaussian/lazyGaussian.ts';
import type { KetOptions } from '../../src/kets/index.ts';
import { draws, stream } from '../../src/numeric/index.ts';
import { follow, type Program, parseProgram, stepperOf, type Tensors } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import { stepping } from '../kets/stepping.ts';

describe('compareMeans', () => {
  it('finds the entry that is furthest apart, in joint standard errors', () => {
    // Means 2 and 4, variances 1 and 4 over 3 and 3 runs: 2 / √(1/3 + 4/3) = 2 √(3/5). The other entry: means 0 and 1,
    // variances 1 and 1: √(3/2).
    const ours = [
      [1, -1],
      [2, 0],
      [3, 1],
    ];
    const theirs = [
      [2, 0],
      [4, 1],
      [6, 2],
    ];
    const { entry, distance, allowed, agrees } = compareMeans(['f', 'loss'], ours, theirs);
    expect(distance).toBeCloseTo(2 * Math.sqrt(3 / 5), 14);
    expect([entry, allowed, agrees]).toEqual(['f', 4, true]);
  });

  it('takes numbers without spread as equal or infinitely far apart, and what is not a number as different', () => {
    expect(compareMeans(['c'], [[1], [1]], [[1], [1]])).toMatchObject({ distance: 0, agrees: true });
    expect(compareMeans(['c'], [[1], [1]], [[2], [2]])).toMatchObject({ distance: Infinity, agrees: false });
    const [none, two] = [
      [1, Number.NaN],
      [1, 2],
    ];
    expect(compareMeans(['c', 'd'], [none, none], [two, two])).toMatchObject({
      entry: 'd',
      distance: Number.NaN,
      agrees: false,
    });
  });

  it('refuses rows that lack an entry', () => {
    expect(() => compareMeans(['c', 'd'], [[1], [1]], [[1, 2]])).toThrow(/no entry 1 of a row/);
  });

  describe('beside matrices that are stored', () => {
    const [width, seeds] = [48, 24];
    async function storedRows(program: Program, steps: number): Promise<number[][]> {
      const rows: number[][] = [];
      for (let seed = 0; seed < seeds; seed++) {
        const interpreter = oracle({ sizes: sizesAt(program, width), draw: draws(seed) });
        let last: Tensors = {};
        const stepper = stepperOf(interpreter, program, interpreter.start());
        for await (const outputs of follow(stepper, {}, { to: steps })) last = outputs;
        rows.push(scalarsOf(program, last));
      }
      return rows;
    }

    function lazyRows(program: Program, steps: number, options: Partial<KetOptions>): number[][] {
      return Array.from({ length: seeds }, (_, seed) => {
        const run = stepping(program, { width, seed, ...options });
        for (let k = 1; k < steps; k++) run.step();
        return scalarsOf(program, run.step().outputs);
      });
    }

    it('kets agree, and samplers that are wrong do not', async () => {
      const { text, steps } = await fourInputs();
      const program = parseProgram(text);
      const stored = await storedRows(program, steps);
      const names = scalarNames(program, width);
      const distance = (options: Partial<KetOptions>) =>
        compareMeans(names, lazyRows(program, steps, options), stored).distance;
      expect(distance({})).toBeLessThan(4);
      // A variance that is too large; images that do not know what the transpose was applied to (no dot term).
      const wide = (options: LazyGaussianOptions) => ({ ...options, deviation: 1.5 * options.deviation });
      expect(distance({ matrices: (options) => lazyMatrix(wide(options), conditionalLaw) })).toBeGreaterThan(4);
      expect(distance({ matrices: (options) => lazyMatrix(options, () => {}) })).toBeGreaterThan(4);
    });
  });
});

describe('compareWidths', () => {
  it('takes one spread, which falls as n^(-1/2), from all widths', () => {
    // Squared deviations times widths: 4 · 2 + 16 · 0.5 = 16 on 2 degrees, so that s² = 8; the gap of 4 between means has
    // a variance of 8 (1/(4·2) + 1/(16·2)) = 1.25 for the second width, and of 2 for a gap of 6 and 8 (1/8 + 1/8) at the third.
    const groups = [
      { width: 4, rows: [[-1], [1]] },
      { width: 16, rows: [[3.5], [4.5]] },
      { width: 8, rows: [[6]] },
    ];
    const found = compareWidths(['f'], groups);
    expect(found?.entry).toBe('f');
    expect(found?.distance).toBeCloseTo(6 / Math.sqrt(2), 14);
    // On 2 degrees P(|T| > t) = 1 − t/√(2 + t²), here 6.334e-5 = P(|Z| > 4): t = (1 − p) √2 / √(p (2 − p)).
    const p = 6.334248366623996e-5;
    expect(found?.allowed).toBeCloseTo(((1 - p) * Math.SQRT2) / Math.sqrt(p * (2 - p)), 6);
    expect(found?.agrees).toBe(true);
  });

  it('tells apart a width whose answers are other ones', () => {
    const source = stream(1, 'widths');
    const rows = (width: number, shift: number) =>
      Array.from({ length: 7 }, (_, k) =>
        Array.from(source.substream(`${width} ${k}`).normals(2), (z) => shift + z / Math.sqrt(width)),
      );
    const widths = (shift: number) => [
      { width: 1000, rows: rows(1000, 0) },
      { width: 2000, rows: rows(2000, 0) },
      { width: 4000, rows: rows(4000, shift) },
    ];
    expect(compareWidths(['a', 'b'], widths(0))?.agrees).toBe(true);
    expect(compareWidths(['a', 'b'], widths(0.1))?.agrees).toBe(false);
    const [first] = widths(0);
    if (first === undefined) throw new Error('no width');
    const lost = compareWidths(['a', 'b'], [first, { width: 2000, rows: [[0, Number.NaN]] }]);
    expect(lost).toMatchObject({ entry: 'b', agrees: false });
  });

  it('says nothing of single runs', () => {
    expect(
      compareWidths(
        ['f'],
        [
          { width: 4, rows: [[1]] },
          { width: 8, rows: [[2]] },
        ],
      ),
    ).toBeUndefined();
    expect(compareWidths(['f'], [{ width: 4, rows: [[1], [2]] }])).toBeUndefined();
  });
});

describe('varianceRatio', () => {
  const normals = (label: string, runs: number, entries: number) =>
    Array.from({ length: runs }, (_, k) => Array.from(stream(3, label).substream(k).normals(entries)));

  it('is the geometric mean over entries', () => {
    // Variances 1 and 4 above, 1/4 and 1/16 below: √(4 · 64).
    const above = [
      [-1, -2],
      [0, 0],
      [1, 2],
    ];
    const below = [
      [-0.5, 0.25],
      [0, 0],
      [0.5, -0.25],
    ];
    expect(varianceRatio(above, below).value).toBeCloseTo(16, 12);
  });

  it('and its interval scale as squares do', () => {
    const [above, below] = [normals('above', 16, 5), normals('below', 16, 5)];
    const plain = varianceRatio(above, below);
    const scaled = varianceRatio(
      above.map((row) => row.map((x) => 3 * x)),
      below,
    );
    for (const figure of ['value', 'low', 'high'] as const) expect(scaled[figure] / plain[figure]).toBeCloseTo(9, 10);
    expect(plain.low).toBeLessThan(plain.value);
    expect(plain.high).toBeGreaterThan(plain.value);
  });

  it('covers the true ratio as often as it says, with entries that depend on each other', () => {
    const [repeats, runs, entries] = [1000, 16, 4];
    const draw = (label: string): number[][] =>
      normals(label, runs, entries + 1).map((row) => row.slice(1).map((x) => x + (row[0] ?? 0)));
    let covered = 0;
    for (let k = 0; k < repeats; k++) {
      const { low, high } = varianceRatio(draw(`above ${k}`), draw(`below ${k}`));
      if (low <= 1 && 1 <= high) covered++;
    }
    // Four binomial deviations of 1000 trials at 95 %, and a point for the approximation.
    expect(Math.abs(covered / repeats - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / repeats) + 0.01);
  });
});

describe('growth', () => {
  const points = (exponent: number) => [10, 100, 1000].map((width) => ({ width, seconds: 2 * width ** exponent }));

  it('is the exponent of a power law', () => {
    const found = growth(points(1.25));
    expect(found?.value).toBeCloseTo(1.25, 12);
    expect(found?.low).toBeCloseTo(1.25, 10);
  });

  it('has the interval of a least squares line', () => {
    // y = 0, 1, 1 at x = 0, 1, 2 (logarithms): slope 1/2, residuals −1/6, 1/3, −1/6, so that the slope's standard error
    // is √((1/6) / 1 / 2); one degree of freedom, whose 97.5 % quantile is tan(0.475 π).
    const found = growth([0, 1, 1].map((y, x) => ({ width: Math.exp(x), seconds: Math.exp(y) })));
    expect(found?.value).toBeCloseTo(0.5, 12);
    expect((found?.high ?? 0) - (found?.value ?? 0)).toBeCloseTo(Math.tan(0.475 * Math.PI) * Math.sqrt(1 / 12), 8);
  });

  it('needs three widths', () => {
    expect(growth([...points(1).slice(0, 2), ...points(1).slice(0, 2)])).toBeUndefined();
  });
});

describe('judge', () => {
  const wall = (low: number, high: number) => ({ median: (low + high) / 2, low, high, coverage: 0.98 });
  const quiet = { width: 131_072, wall: wall(2, 3), peakBytes: 5e8, before: 0.01, enough: true, disturbed: 0, runs: 7 };
  const bounds = { seconds: 4, bytes: 2e9 };

  it('holds time and memory to their bounds', () => {
    expect(judge(quiet)).toEqual({ bounds, time: 'met', memory: 'met' });
    expect(judge({ ...quiet, wall: wall(4.1, 5) })).toEqual({ bounds, time: 'missed', memory: 'met' });
    expect(judge({ ...quiet, wall: wall(3.9, 5) })).toEqual({ bounds, time: 'open', memory: 'met' });
    expect(judge({ ...quiet, peakBytes: 2e9 + 1 })).toEqual({ bounds, time: 'met', memory: 'missed' });
  });

  it('judges no time of a busy machine', () => {
    const reason = 'others took more than 5 % of the machine during 7 rounds';
    const busy = { ...quiet, wall: wall(5, 6), enough: false, disturbed: 7 };
    expect(judge(busy)).toEqual({ bounds, time: 'none', memory: 'met', reason });
    expect(judge({ ...busy, peakBytes: 3e9 })).toEqual({ bounds, time: 'none', memory: 'missed', reason });
    expect(judge({ ...quiet, runs: 2 })).toMatchObject({ time: 'none', reason: '2 rounds are fewer than 7' });
  });

  it('states no bound for other widths', () => {
    const reason = 'no bound is set for this width';
    expect(judge({ ...quiet, width: 65_536, peakBytes: 3e9 })).toEqual({ time: 'none', memory: 'none', reason });
  });
});

test('the bench fails where answers differ or a bound is missed', () => {
  const result = (parts: { readonly [K in keyof KetsResult]: unknown }) => failed(parts as KetsResult); // parts of it
  const speed = [{ verdict: 'none' }];
  const scale = (time: string, memory: string, agrees: boolean) => ({
    cases: [{ time, memory }],
    agreement: { agrees },
  });
  expect(result({ speed, spread: [], scale: scale('met', 'met', true) })).toBe(false);
  expect(result({ speed: [], spread: [] })).toBe(false);
  expect(result({ speed: [], spread: [], scale: scale('open', 'none', true) })).toBe(false);
  expect(result({ speed: [{ verdict: 'answers differ' }], spread: [] })).toBe(true);
  expect(result({ speed, spread: [], scale: scale('missed', 'met', true) })).toBe(true);
  expect(result({ speed, spread: [], scale: scale('none', 'missed', true) })).toBe(true);
  expect(result({ speed, spread: [], scale: scale('met', 'met', false) })).toBe(true);
});
