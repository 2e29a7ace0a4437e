import { describe, expect, it } from 'vitest';
import { type FusedMap, fuse } from '../../src/finite/fuse.ts';
import { layOut } from '../../src/finite/layout.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { add, build, fixed, nodeOf, parseProgram, printExpr, square, tensor } from '../../src/program/index.ts';

const SIZES = { batch: 2, n: 4, m: 3 };

/** What the map `y` of a program takes over, its formula over the names of its arguments. */
function fused(lines: string): { readonly formula: string; readonly products: unknown; readonly absorbed: string[] } {
  const program = parseProgram(`program p
  fixed batch, n, m
${lines}
  output y`);
  const { maps, absorbed } = fuse(program, layOut(program, SIZES), SIZES);
  const map: FusedMap | undefined = maps.get(nodeOf(program, 'y').name);
  return {
    formula: map === undefined ? '' : printExpr(map.expr, [...map.args]),
    products: Object.fromEntries(map?.products ?? []),
    absorbed: [...absorbed],
  };
}

const PRODUCT = `
  data x[batch, n]
  data w[m, n]
  data b[m]
  h[batch, m] = x @[n] w`;

describe('maps take over the product before them', () => {
  it('its factor and its bias', () => {
    expect(fused(`${PRODUCT}\n  y[batch, m] = |n|^-0.5 * h + b`)).toEqual({
      formula: 'h',
      products: { h: { alpha: 0.5, bias: { ref: 'b', along: 'columns' } } },
      absorbed: ['h'],
    });
  });

  it('its factor among others', () => {
    expect(fused(`${PRODUCT}\n  data z[batch, m]\n  y[batch, m] = |n| * (tanh(z) * h) - z`)).toEqual({
      formula: 'tanh(z) * h - z',
      products: { h: { alpha: 4 } },
      absorbed: ['h'],
    });
  });

  it('not where someone else reads it', () => {
    const { formula, absorbed } = fused(`${PRODUCT}\n  y[batch, m] = 2 * h + b\n  output h`);
    expect(formula).toBe('2 * h + b');
    expect(absorbed).toEqual([]);
  });

  it('a bias of rows, too', () => {
    const { formula, products } = fused(`${PRODUCT}\n  data a[batch]\n  y[batch, m] = h + a`);
    expect(formula).toBe('h');
    expect(products).toEqual({ h: { alpha: 1, bias: { ref: 'a', along: 'rows' } } });
  });

  it('an entrywise product, as one multiplication', () => {
    expect(
      fused(`
  data x[batch, n]
  data g[n]
  data b[n]
  z[batch, n] = x outer g
  y[batch, n] = x + z + b`),
    ).toEqual({ formula: 'x * (1 + g) + b', products: {}, absorbed: ['z'] });
  });

  it('counts equal terms that are one object', async () => {
    const b = build('p', { k: fixed(3) });
    const x = b.input('x', ['k']);
    b.output(
      'y',
      b.map([x], (one) => add(add(one, square(one)), one), 'y'),
    );
    const engine = nodeEngine({ threads: 1 });
    const { y } = await engine.run(b.finish(), { x: tensor(['k'], [3], [1, 2, 3]) });
    expect([...(y?.data ?? [])]).toEqual([3, 8, 15]);
    await engine.release();
  });
});
