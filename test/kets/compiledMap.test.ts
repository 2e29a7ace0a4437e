import { describe, expect, it } from 'vitest';
import { columnwise } from '../../src/kets/compiledMap.ts';
import { at, elementwise, type Operand, stream } from '../../src/numeric/index.ts';
import { add, argument, div, type Expr, maximum, mul, pow, sizePower, sub, unary } from '../../src/program/index.ts';

const [x, y, z] = [argument(0), argument(1), argument(2)];
/** More than two blocks, the last one odd. */
const LENGTH = 4999;
/** A few units in the last place in each part, relative to parts of size 1 to 30. */
const ROUNDING = 1e-13;

const operands: readonly Operand[] = [stream(1).normals(LENGTH), 0.7, stream(2).normals(LENGTH)];
const size = (): number => 16;

const cases: Readonly<Record<string, Expr>> = {
  'an activation': unary('tanh', add(x, mul(y, z))),
  'its derivative': mul(z, sub(1, pow(unary('tanh', x), 2))),
  "an optimizer's step": div(x, add(unary('sqrt', mul(z, z)), 0.01)),
  'kinks and signs': sub(unary('relu', x), maximum(unary('neg', z), unary('abs', y))),
  'a power of a size': mul(sizePower('n', -0.5), unary('exp', x)),
  'what loops lack': unary('erf', add(x, z)),
};

describe('maps of columns', () => {
  for (const [name, expr] of Object.entries(cases)) {
    it(`is what it is node by node: ${name}`, () => {
      const [found, expected] = [new Float64Array(LENGTH), new Float64Array(LENGTH)];
      columnwise(expr, size, LENGTH)(operands, found, 0, LENGTH);
      elementwise(expr, size)(operands, expected, 0, LENGTH);
      const worst = Math.max(...found.map((value, i) => Math.abs(value - at(expected, i))));
      expect(worst).toBeLessThan(ROUNDING);
    });
  }

  it('starts where it is told and writes where it is told', () => {
    const out = new Float64Array(10).fill(-1);
    columnwise(mul(x, 2), size, LENGTH)(operands, out, 3000, 3004, 5);
    const [first] = operands;
    const doubled = Array.from({ length: 4 }, (_, k) => 2 * at(first as Float64Array, 3000 + k));
    expect([...out]).toEqual([-1, -1, -1, -1, -1, ...doubled, -1]);
  });

  it('hands on what is no number', () => {
    const out = new Float64Array(LENGTH);
    columnwise(unary('tanh', x), size, LENGTH)([new Float64Array(LENGTH).fill(Number.NaN)], out, 0, LENGTH);
    expect(out.every(Number.isNaN)).toBe(true);
  });
});
