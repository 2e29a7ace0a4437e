import { describe, expect, it } from 'vitest';
import { stream } from '../../../../src/numeric/index.ts';
import {
  angle,
  exponential,
  type Formula,
  formulaLoop,
  LOOP_BYTES,
  operand,
  valueAt,
} from '../../../../src/numeric/wasm/formulas/index.ts';
import { allocate, compile, instantiate } from '../../../../src/numeric/wasm/index.ts';

const DOUBLE = 8;
/** Addresses of the records and of the arrays. */
const [RECORDS, ARRAYS] = [0, 256];

/** The values of a formula over arrays, by the compiled loop. */
function compiled(of: Formula, args: readonly (readonly number[])[]): Float64Array {
  const count = args[0]?.length ?? 0;
  const bytes = Math.ceil((count * DOUBLE) / LOOP_BYTES) * LOOP_BYTES;
  const memory = allocate(ARRAYS + (args.length + 1) * bytes);
  args.forEach((values, k) => {
    new Float64Array(memory.buffer, ARRAYS + k * bytes, count).set(values);
  });
  const record = Int32Array.from({ length: args.length + 1 }, (_, k) => k * bytes);
  new Int32Array(memory.buffer, RECORDS, record.length).set(record);
  const { kernel } = instantiate(
    compile({ functions: [formulaLoop('run', { args: args.length, results: [of] })] }),
    memory,
  );
  kernel('run')(RECORDS, RECORDS + record.byteLength, ARRAYS, bytes);
  return new Float64Array(memory.buffer, ARRAYS + args.length * bytes, count);
}

/** The distance in units of the last place of `expected`. */
function unitsApart(found: number, expected: number): number {
  if (Object.is(found, expected) || found === expected) return 0;
  const unit = Math.max(2 ** (Math.floor(Math.log2(Math.abs(expected))) - 52), Number.MIN_VALUE);
  return Math.abs(found - expected) / unit;
}

/** Signed numbers of all sizes between 10^-least and 10^most. */
function ofAllSizes(count: number, least: number, most: number, seed: number): number[] {
  const draws = stream(seed, 'sizes').uniforms(2 * count);
  return Array.from({ length: count }, (_, k) => {
    const size = 10 ** (most - (least + most) * Number(draws[2 * k]));
    return Number(draws[2 * k + 1]) < 0.5 ? -size : size;
  });
}

const COUNT = 20_000;
/** What the polynomials and their few roundings may leave, in units in the last place. */
const UNITS = 2;

describe('functions in SIMD', () => {
  it('the angle of a point is that of Math.atan2, on either side and at the axes', () => {
    const [y, x] = [ofAllSizes(COUNT, 12, 12, 1), ofAllSizes(COUNT, 12, 12, 2).map(Math.abs)];
    y.push(0, 0, 1, -1, 5, 1e-300, -1e300, 3);
    x.push(0, 2, 0, 0, 5, 1e300, 1e-300, 3);
    const found = compiled(angle(operand(0), operand(1)), [y, x]);
    const worst = Math.max(...y.map((value, k) => unitsApart(Number(found[k]), Math.atan2(value, Number(x[k])))));
    expect(worst).toBeLessThanOrEqual(UNITS);
    const nan = compiled(angle(operand(0), operand(1)), [
      [Number.NaN, 1],
      [1, Number.NaN],
    ]);
    expect([...nan]).toEqual([Number.NaN, Number.NaN]);
  });

  it('the exponential is that of Math.exp, to where it is 0 or infinite', () => {
    const x = ofAllSizes(COUNT, 12, Math.log10(709), 3);
    x.push(0, 1, -1, 709.5, -708);
    const found = compiled(exponential(operand(0)), [x]);
    const worst = Math.max(...x.map((value, k) => unitsApart(Number(found[k]), Math.exp(value))));
    expect(worst).toBeLessThanOrEqual(UNITS);
    const edges = [Number.POSITIVE_INFINITY, 1000, Number.NEGATIVE_INFINITY, -1000, Number.NaN];
    expect([...compiled(exponential(operand(0)), [edges])]).toEqual(edges.map(Math.exp));
  });

  it('JavaScript that follows a formula gives the same bits', () => {
    const [y, x] = [ofAllSizes(200, 3, 2, 4), ofAllSizes(200, 3, 2, 5).map(Math.abs)];
    for (const of of [angle(operand(0), operand(1)), exponential(operand(0))]) {
      const found = compiled(of, [y, x]);
      expect([...found]).toEqual(y.map((value, k) => valueAt(of, [value, Number(x[k])])));
    }
  });
});
