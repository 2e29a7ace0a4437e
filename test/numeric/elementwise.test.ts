import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementwise } from '../../src/numeric/index.ts';
import {
  add,
  argument,
  type BinaryName,
  binaryValue,
  constant,
  type Expr,
  evaluate,
  mul,
  pow,
  sizePower,
  type UnaryName,
  unary,
  unaryFunctions,
} from '../../src/program/index.ts';

const UNARY = Object.keys(unaryFunctions) as UnaryName[]; // the table's own keys
const BINARY: readonly BinaryName[] = ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow'];

const leaf: fc.Arbitrary<Expr> = fc.oneof(
  fc.integer({ min: 0, max: 2 }).map(argument),
  fc.double({ min: -3, max: 3, noNaN: true }).map(constant),
  fc.constant(sizePower('n', -0.5)),
);
const { tree } = fc.letrec<{ tree: Expr }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(fc.constantFrom(...UNARY), tie('tree')).map(([name, arg]): Expr => ({ op: 'unary', name, arg })),
    fc
      .tuple(fc.constantFrom(...BINARY), tie('tree'), tie('tree'))
      .map(([name, left, right]): Expr => ({ op: 'binary', name, left, right })),
  ),
}));

describe('elementwise', () => {
  it('computes entry by entry what the expression is, over several blocks, numbers and arrays mixed', () => {
    const length = 2500;
    const [x, y] = [0, 1].map((k) => Float64Array.from({ length }, (_, i) => Math.sin(i * (k + 1.3)) * 2));
    if (x === undefined || y === undefined) return expect.fail('no operands');
    fc.assert(
      fc.property(tree, fc.boolean(), (expr, mixed) => {
        const operands = [x, mixed ? 0.75 : y, y];
        const out = new Float64Array(length);
        elementwise(expr, () => 16)(operands, out, 0, length);
        const one = evaluate(expr, { n: 16 });
        for (const i of [0, 1, 1023, 1024, 2047, 2048, 2499]) {
          const row = Float64Array.from(operands, (operand) =>
            typeof operand === 'number' ? operand : (operand[i] ?? 0),
          );
          expect(out[i]).toBe(one(row));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reads from a start and writes to an offset', () => {
    const out = new Float64Array(4).fill(-1);
    elementwise(mul(2, argument(0)), () => 1)([Float64Array.of(1, 2, 3, 4)], out, 1, 3, 0);
    expect([...out]).toEqual([4, 6, -1, -1]);
  });

  it('lets negative powers of an infinite size vanish', () => {
    const out = new Float64Array(1);
    elementwise(add(argument(0), sizePower('n', -0.5)), () => Number.POSITIVE_INFINITY)(
      [Float64Array.of(3)],
      out,
      0,
      1,
    );
    expect(out[0]).toBe(3);
    expect(binaryValue('pow', 4, 0.5)).toBe(2);
    elementwise(pow(argument(0), 0.5), () => 1)([Float64Array.of(9)], out, 0, 1);
    expect(out[0]).toBe(3);
    elementwise(unary('tanh', 0.5), () => 1)([], out, 0, 1);
    expect(out[0]).toBe(Math.tanh(0.5));
  });
});
