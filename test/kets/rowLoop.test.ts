/** Compiled rows of combinations are what reading them entry by entry gives. */

import { describe, expect, it } from 'vitest';
import type { Combination, Extents, Outer, Source } from '../../src/kets/combination.ts';
import { Tiles } from '../../src/kets/keptTiles.ts';
import { fillCombination, rowLoop } from '../../src/kets/pointwise.ts';
import { meanProducts } from '../../src/kets/products.ts';
import { at, stream } from '../../src/numeric/index.ts';
import { add, argument, div, type Expr, mul, sub, unary } from '../../src/program/index.ts';

/** Rounding: what is added up in another order, and divisions by numbers that are multiplications. */
const SAME = 1e-11;
const [ROWS, COLUMNS] = [150, 131];
const extents: Extents = new Map([
  ['n', ROWS],
  ["n'", COLUMNS],
  ['m', ROWS],
  ["m'", COLUMNS],
]);
const random = stream(8, 'columns');
let made = 0;
const column = (length: number): Float64Array => random.substream(String(made++)).normals(length);

function outer(leftAxis = 'n', rightAxis = "n'"): Outer {
  const length = (axis: string): number => extents.get(axis) ?? 0;
  const [left, right] = [column(length(leftAxis)), column(length(rightAxis))];
  return { coefficient: at(column(1), 0), left, leftAxis, right, rightAxis };
}

const outers = (count: number, ...axes: [string, string] | []): Combination => ({
  outers: Array.from({ length: count }, () => outer(...axes)),
  terms: [],
});
const map = (expr: Expr, sources: readonly Source[], coefficient = 1): Combination => ({
  outers: [],
  terms: [{ coefficient, pointwise: { kind: 'map', expr, sources } }],
});
const [x, y, z] = [argument(0), argument(1), argument(2)];
/** Adam's update of moments. */
const ratio = div(x, add(unary('sqrt', mul(y, y)), 0.1));

function kept(definition: Combination): Combination {
  const tiles = new Tiles(definition, undefined);
  return { outers: [], terms: [{ coefficient: 1, pointwise: { kind: 'kept', tiles } }] };
}

function renamed(combination: Combination, to: readonly (readonly [string, string])[]): Combination {
  const names = new Map(to);
  return {
    outers: [],
    terms: combination.terms.map(({ coefficient, pointwise }) => ({
      coefficient,
      pointwise: { kind: 'renamed', arg: pointwise, to: names },
    })),
  };
}

const three = outers(3);
const CASES: Readonly<Record<string, Combination>> = {
  'outer products': three,
  'more outer products than one formula takes': outers(71),
  'outer products of the other order of axes': outers(2, "n'", 'n'),
  'a map of outer products, a vector along each axis, and a number': map(
    mul(unary('tanh', x), add(mul(y, argument(3)), z)),
    [three, { axis: 'n', column: column(ROWS) }, { axis: "n'", column: column(COLUMNS) }, 0.7],
    -2,
  ),
  'a map that reads one combination twice': map(sub(mul(x, x), y), [three, three]),
  'what a state keeps, in a map': map(ratio, [outers(40), kept(map(mul(x, x), [three]))]),
  'a map under other names': renamed(map(ratio, [outers(2, 'm', "m'"), outers(3, 'm', "m'")]), [
    ['n', 'm'],
    ["n'", "m'"],
  ]),
  'a state under other names': renamed(kept(map(mul(x, x), [outers(2, 'm', "m'")])), [
    ['n', 'm'],
    ["n'", "m'"],
  ]),
};

function entryByEntry(combination: Combination, axes: readonly string[]): Float64Array {
  const counts = axes.map((axis) => extents.get(axis) ?? 0);
  const out = new Float64Array(at(counts, 0) * at(counts, 1));
  fillCombination(combination, { axes, extents, start: 0, count: at(counts, 0) }, out);
  return out;
}

function expectSame(found: Float64Array, expected: Float64Array): void {
  const size = Math.max(...expected.map(Math.abs));
  expect(size).toBeGreaterThan(0.1);
  const far = found.findIndex((value, k) => !(Math.abs(value - at(expected, k)) <= SAME * size));
  expect(far).toBe(-1);
}

describe('rows of', () => {
  it.each(Object.entries(CASES))('%s', (_, combination) => {
    for (const axes of [
      ['n', "n'"],
      ["n'", 'n'],
    ]) {
      const expected = entryByEntry(combination, axes);
      const found = new Float64Array(expected.length);
      const loop = rowLoop(combination, axes, extents) ?? expect.fail('no loop');
      loop.fill(extents.get(axes[0] ?? '') ?? 0, found);
      expectSame(found, expected);
    }
  });

  it.each([1, 3, 20])('a map, times %i vectors', (count) => {
    const combination = map(ratio, [outers(3), outers(2)]);
    const columns = Array.from({ length: count }, () => column(COLUMNS));
    const found = meanProducts(combination, columns, { over: "n'", samples: COLUMNS - 3, rest: 'n', length: ROWS });
    const entries = entryByEntry(combination, ['n', "n'"]);
    found.forEach((product, k) => {
      const expected = Float64Array.from({ length: ROWS }, (_, row) => {
        let sum = 0;
        for (let c = 0; c < COLUMNS - 3; c++) sum += at(entries, row * COLUMNS + c) * at(columns[k] ?? [], c);
        return sum / (COLUMNS - 3);
      });
      expectSame(product, expected);
    });
  });

  it('a mean over a further axis are not compiled', () => {
    const mean: Combination = {
      outers: [],
      terms: [{ coefficient: 1, pointwise: { kind: 'mean', over: 'm', samples: 3, arg: outers(1, 'n', 'm') } }],
    };
    expect(rowLoop(mean, ['n', "n'"], extents)).toBeUndefined();
  });
});
