/** What the program page computes of every example. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProgram } from '../../studio/src/program/read.ts';
import { entryOf, type KetPart, type KetTable, ketTable } from '../../studio/src/work/kets.ts';
import { checkWidths } from '../../studio/src/work/program.ts';
import { estimates, solved } from '../../studio/src/work/samples.ts';
import { ROOT } from '../structure/publicEntries.ts';

const FOLDER = join(ROOT, 'examples/programs');
const examples = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const);
/** Its matrices of three axes take seconds. */
const SLOW = 'triples.nex';

describe.each(examples)('%s', (name, text) => {
  const { program = expect.fail('no program'), inFragment } = readProgram(text);

  it('runs at widths that a page has time for', () => {
    expect(Math.max(...checkWidths(program))).toBe(name === SLOW ? 32 : 128);
  });

  it.skipIf(!inFragment || name === SLOW)(
    'has kets where it lies in the language (without its limit, none; triples take seconds)',
    async () => {
      const { rows } = await ketTable({ text, steps: 1 });
      expect(rows.length).toBeGreaterThan(0);
      for (const { mean, square } of rows) {
        expect(Number.isFinite(mean.value)).toBe(true);
        expect(square.value).toBeGreaterThanOrEqual(mean.value ** 2 - 1e-9);
      }
    },
  );
});

const rowOf = ({ rows }: KetTable, label: string) =>
  rows.find((row) => row.label === label) ?? expect.fail(`no ${label}`);
const entry = ({ columns, gram }: KetTable, ...of: (readonly [label: string, part: KetPart])[]) => {
  const [i = -1, j = -1] = of.map(([label, part]) =>
    columns.findIndex((column) => column.label === label && column.part === part),
  );
  return gram[entryOf(i, j)] ?? expect.fail(`no entry of ${of.join(' and ')}`);
};
/** Standard errors are of four scramblings: within five of them, and what the extrapolation leaves. */
const within = (value: number, error: number): number => 5 * error + 0.005 * Math.max(1, Math.abs(value));

describe('the table of kets', () => {
  const text = `program product
  width n
  parameter W[n, n'] ~ normal(|n|^-0.5)
  initial v[n] ~ normal(2)
  g = W @ v
  h = W^T @ g
  output f = avg(h * v)
`;

  it('has hat and dot parts, and what the dot part is made of', async () => {
    const table = await ketTable({ text, steps: 1 });
    // ⟨v|v⟩ = 4, so g has a variance of 4; h = Wᵀ W v = ĥ + v, of variance 4 + 4.
    const [v, g, h] = [rowOf(table, 'v'), rowOf(table, 'g'), rowOf(table, 'h')];
    expect(v.square.value).toBeCloseTo(4, 1);
    expect(g.product).toMatchObject({ matrix: 'W', isTransposed: false, terms: [] });
    expect(g.product?.hat.value).toBeCloseTo(4, 1);
    expect(g.product?.dot.value).toBe(0);
    expect(h.product?.isTransposed).toBe(true);
    const [term] = h.product?.terms ?? [];
    expect(term?.of.label).toBe('v');
    expect(term?.coefficient.value).toBeCloseTo(1, 1);
    expect(h.square.value).toBeCloseTo(8, 0);
  });

  it('has the inner products of kets and of their parts', async () => {
    const table = await ketTable({ text, steps: 1 });
    const { standardError: error, value } = entry(table, ['h', 'whole'], ['v', 'whole']);
    expect(Math.abs(value - 4)).toBeLessThan(within(4, error));
    // Parts add up, and the hat is independent of v.
    const [hat, dot] = [entry(table, ['h', 'hat'], ['v', 'whole']), entry(table, ['h', 'dot'], ['v', 'whole'])];
    expect(hat.value + dot.value).toBeCloseTo(value, 9);
    expect(Math.abs(hat.value)).toBeLessThan(within(4, hat.standardError));
    expect(entry(table, ['v', 'whole'], ['h', 'whole'])).toEqual(entry(table, ['h', 'whole'], ['v', 'whole']));
  });

  it('finds E φ′(Wx) in front of x, as the definition has it', async () => {
    const example = examples.find(([name]) => name === 'w-and-transpose.nex')?.[1] ?? expect.fail('no example');
    const table = await ketTable({ text: example, steps: 1 });
    const [term] = rowOf(table, 'z').product?.terms ?? [];
    // E[1 − tanh² g] for g ~ N(0, 1), by quadrature: 0.6057.
    expect(term?.of.label).toBe('x');
    expect(Math.abs((term?.coefficient.value ?? 0) - 0.6057)).toBeLessThan(
      within(0.6057, term?.coefficient.standardError ?? 0),
    );
  });

  it('tells what updates of a matrix add, and names no kets of steps that it has not', async () => {
    const example = examples.find(([name]) => name === 'sgd-two-hidden-layers.nex')?.[1] ?? expect.fail('no example');
    const table = await ketTable({ text: example, steps: 2 });
    const product = rowOf(table, 'W @ x1').product ?? expect.fail('no product');
    expect(product.update?.value).toBeGreaterThan(0.01);
    expect(product.terms).toBeUndefined();
  });
});

describe('samples', () => {
  it('lose a bias of order 1/n', () => {
    const shares = [1, 1 / 2, 1 / 4];
    const scramblings = [2, 3].map((value) => shares.map((share) => [value + 0.5 / share]));
    const [found] = estimates(scramblings, shares);
    expect(found?.value).toBeCloseTo(2.5, 12);
    expect(found?.standardError).toBeCloseTo(0.5, 12);
  });

  it('are solved where columns tell coefficients, and not where they do not', () => {
    const [x, y] = [
      [1, 2, 0, -1],
      [0, 1, 1, 2],
    ] as const;
    const target = x.map((value, k) => 2 * value - 3 * (y[k] ?? 0));
    const found = solved([x, y], target) ?? expect.fail('not solved');
    expect(found[0]).toBeCloseTo(2, 12);
    expect(found[1]).toBeCloseTo(-3, 12);
    expect(solved([x, x], target)).toBeUndefined();
    expect(solved([x], target)).toBeUndefined();
    expect(solved([], [0, 0])).toEqual([]);
    expect(solved([], [1, 0])).toBeUndefined();
  });
});
