import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/numeric/index.ts';
import {
  allocate,
  type EntrywiseFormulas,
  EntrywiseKernel,
  type Lanes,
  paddedBytes,
} from '../../../src/numeric/wasm/index.ts';
import {
  add,
  argument,
  div,
  type Expr,
  evaluate,
  maximum,
  minimum,
  mul,
  pow,
  sub,
  type UnaryName,
  unary,
  unaryFunctions,
} from '../../../src/program/index.ts';

const [x, y, number] = [argument(0), argument(1), argument(2)];

/** Rounding of a few operations on numbers of order 1, the worst entry of these formulas being of order 10. */
const TOLERANCE: Readonly<Record<Lanes, number>> = { f32: 2e-5, f64: 2e-14 };

const arrayOf = (lanes: Lanes, buffer: ArrayBuffer, start: number, count: number): Float32Array | Float64Array =>
  lanes === 'f32' ? new Float32Array(buffer, start, count) : new Float64Array(buffer, start, count);

/** Runs formulas of two streams and one number; the first result replaces the first stream. */
function run(formulas: EntrywiseFormulas, lanes: Lanes, [a, b]: readonly Float64Array[], value: number): number[][] {
  const count = a?.length ?? 0;
  const bytes = paddedBytes(count, lanes);
  const memory = allocate(4 * bytes);
  const view = (k: number) => arrayOf(lanes, memory.buffer, k * bytes, count);
  view(0).set(a ?? []);
  view(1).set(b ?? []);
  const results = formulas.results.map((_, k) => (k === 0 ? 0 : (k + 1) * bytes));
  new EntrywiseKernel(formulas, lanes).over(memory, { streams: [0, bytes], results, entries: count })([value]);
  return results.map((_, k) => Array.from(view(k === 0 ? 0 : k + 1)));
}

const formula = (expr: Expr): EntrywiseFormulas => ({ streams: 2, numbers: 1, lines: [expr], results: [0] });

const normals = (label: string, count: number): Float64Array => stream(7, label).normals(count);

/** Compares with the expression's own evaluation in f64, on the entries as the lanes store them. */
function check(expr: Expr, lanes: Lanes, streams: readonly Float64Array[], value: number): void {
  const stored = streams.map((entries) => (lanes === 'f32' ? Float64Array.from(Float32Array.from(entries)) : entries));
  const [found = []] = run(formula(expr), lanes, stored, value);
  const exact = evaluate(expr, {});
  const [a, b] = stored;
  found.forEach((entry, k) => {
    const expected = exact([a?.[k] ?? 0, b?.[k] ?? 0, value]);
    if (!Number.isFinite(expected)) expect(entry).toBe(expected);
    else
      expect(Math.abs(entry - expected), `entry ${k}`).toBeLessThanOrEqual(
        TOLERANCE[lanes] * Math.max(1, Math.abs(expected)),
      );
  });
  expect(found.length).toBe(a?.length);
}

describe.each<Lanes>(['f32', 'f64'])('formulas compiled to SIMD of %s', (lanes) => {
  const streams = [normals('x', 37), normals('y', 37)];

  it.each(Object.keys(unaryFunctions) as UnaryName[])('has %s', (name) => {
    const positive = name === 'log' || name === 'sqrt';
    check(unary(name, positive ? unary('abs', x) : x), lanes, streams, 0);
  });

  it('has every binary operation, of streams, numbers and constants', () => {
    const operations = [add, sub, mul, div, maximum, minimum];
    for (const operation of operations) {
      check(operation(x, y), lanes, streams, 1.5);
      check(operation(x, number), lanes, streams, 1.5);
      check(operation(number, add(y, 8)), lanes, streams, 1.5);
      check(operation(0.3, add(y, 8)), lanes, streams, 1.5);
    }
  });

  it.each([2, 0.5, 3, -0.5])('raises to the power %f', (power) => {
    check(pow(unary('abs', x), power), lanes, streams, 0);
  });

  it('keeps conventions at kinks, and NaN', () => {
    const special = Float64Array.of(0, -0, Number.NaN, Infinity, -Infinity, 2, -2);
    for (const name of ['sign', 'step', 'relu', 'abs', 'neg'] as const) {
      check(unary(name, x), lanes, [special, special], 0);
    }
    check(maximum(x, 1), lanes, [special, special], 0);
  });

  it('computes what reads numbers alone in f64', () => {
    // 1 − 0.999999999 is 0 in f32 and not in f64.
    check(div(x, sub(1, number)), lanes, streams, 0.999999999);
    check(unary('exp', neglog(number)), lanes, streams, 5);
  });

  it('computes all results of an entry before it stores one', () => {
    const formulas: EntrywiseFormulas = {
      streams: 2,
      numbers: 1,
      // Lines are arguments 3, 4, …: m = 0.9 x + y, then m·m·number, and x + m.
      lines: [add(mul(0.9, x), y), mul(mul(argument(3), argument(3)), number), add(x, argument(3))],
      results: [2, 0, 1],
    };
    const [a = new Float64Array(), b = new Float64Array()] = streams;
    const found = run(formulas, lanes, streams, 2);
    a.forEach((entry, k) => {
      const m = 0.9 * entry + (b[k] ?? 0);
      const expected = [entry + m, m, 2 * m * m];
      expected.forEach((value, result) => {
        expect(Math.abs((found[result]?.[k] ?? Number.NaN) - value)).toBeLessThanOrEqual(TOLERANCE[lanes] * 10);
      });
    });
  });

  it('works on no entries', () => {
    expect(run(formula(add(x, y)), lanes, [new Float64Array(), new Float64Array()], 0)).toEqual([[]]);
  });
});

const neglog = (value: Expr): Expr => mul(-1, unary('log', value));
