import { describe, expect, it } from 'vitest';
import { stream } from '../../../../src/numeric/index.ts';
import {
  arcTangent,
  exponential,
  type Formula,
  formulaLoop,
  hyperbolicTangent,
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
/** One division and two sums more, and Math.tanh is off by a unit itself. */
const UNITS_OF_TANH = 4;

describe('functions in SIMD', () => {
  it('the arc tangent is that of Math.atan up to 1', () => {
    const t = [...ofAllSizes(COUNT, 20, 0, 1), ...stream(2).uniforms(COUNT), 0, 1, -1, Number.MIN_VALUE];
    const found = compiled(arcTangent(operand(0)), [t]);
    const worst = Math.max(...t.map((value, k) => unitsApart(Number(found[k]), Math.atan(value))));
    expect(worst).toBeLessThanOrEqual(UNITS);
    expect([...compiled(arcTangent(operand(0)), [[Number.NaN, 1]])][0]).toBeNaN();
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

  it('the hyperbolic tangent is that of Math.tanh, from the smallest numbers to where it is 1', () => {
    const x = [...ofAllSizes(COUNT, 20, 2, 5), ...stream(6).normals(COUNT), 0, Number.MIN_VALUE, 19, 20, 700, -700];
    const found = compiled(hyperbolicTangent(operand(0)), [x]);
    const worst = Math.max(...x.map((value, k) => unitsApart(Number(found[k]), Math.tanh(value))));
    expect(worst).toBeLessThanOrEqual(UNITS_OF_TANH);
    const edges = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    expect([...compiled(hyperbolicTangent(operand(0)), [edges])]).toEqual([1, -1, Number.NaN]);
  });

  it('JavaScript that follows a formula gives the same bits', () => {
    const x = ofAllSizes(200, 3, 0, 4);
    for (const of of [arcTangent(operand(0)), exponential(operand(0)), hyperbolicTangent(operand(0))]) {
      expect([...compiled(of, [x])]).toEqual(x.map((value) => valueAt(of, [value])));
    }
  });
});
