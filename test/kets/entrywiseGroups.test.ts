/** Columns that meet entry by entry share a quasi-random sequence, others have their own. */

import { describe, expect, it } from 'vitest';
import { entrywiseGroups } from '../../src/kets/entrywiseGroups.ts';
import { Normals } from '../../src/kets/normals.ts';
import { at, mean, stream } from '../../src/numeric/index.ts';
import { analyze, parseProgram } from '../../src/program/index.ts';
import { example } from './programs.ts';

describe('entrywiseGroups', () => {
  it('are the layers of a network, with the sides of the matrix between them', () => {
    const { program, widths } = analyze(example('sgd-two-hidden-layers.nex'));
    const group = entrywiseGroups(program, widths.isWidth);
    const matrix = program.nodes.find(({ type }) => type.axes.filter(widths.isWidth).length === 2);
    const [rows, columns] = matrix?.type.axes ?? expect.fail('no matrix');
    const of = new Set(
      program.nodes.flatMap(({ name, instruction, type }) =>
        instruction.op === 'input' ? type.axes.filter(widths.isWidth).map((axis) => group(name, axis)) : [],
      ),
    );
    expect(of.size).toBe(2);
    expect(group(matrix?.name ?? '', rows ?? '')).not.toBe(group(matrix?.name ?? '', columns ?? ''));
  });

  it('are one where a later value brings columns together', () => {
    const text = `
      width n
      initial a[n] ~ normal(1)
      initial b[n] ~ normal(1)
      initial W[n, n'] ~ normal(|n|^-0.5)
      y = W @ a`;
    const { program: apart, widths } = analyze(
      parseProgram(`${text}\noutput size = avg(y * b)\noutput other = avg(a)`),
    );
    const group = entrywiseGroups(apart, widths.isWidth);
    expect([group('W', 'n'), group('W', "n'")]).toEqual([group('b', 'n'), group('a', 'n')]);
    expect(group('a', 'n')).not.toBe(group('b', 'n'));
    const { program: joined } = analyze(parseProgram(`${text}\noutput size = avg(y * b * a)`));
    const all = entrywiseGroups(joined, widths.isWidth);
    expect(new Set([all('a', 'n'), all('b', 'n'), all('W', 'n'), all('W', "n'")]).size).toBe(1);
  });
});

describe('quasi-random columns', () => {
  const column = (normals: Normals, group: string, name: string, length = 4096) =>
    normals.column({ space: 'n', group }, length, name);

  it('of two groups are independent from point to point', () => {
    const correlations = Array.from({ length: 16 }, (_, seed) => {
      const normals = new Normals('quasi', stream(seed, 'test'));
      const [a, b] = [column(normals, 'one', 'a'), column(normals, 'two', 'b')];
      return mean(Array.from(a, (x, k) => Math.sign(x) * Math.sign(at(b, k))));
    });
    // Signs of independent columns have a correlation of deviation 1/√n; unshuffled, it would be 1 or −1.
    expect(Math.max(...correlations.map(Math.abs))).toBeLessThan(5 / Math.sqrt(4096));
  });

  it('keep what they begin with, and the first 2^k points of a column are even for every k', () => {
    const normals = new Normals('quasi', stream(3, 'test'));
    const long = column(normals, 'one', 'a');
    for (const length of [16, 256]) {
      const short = column(normals, 'one', 'a', length);
      expect(short).toEqual(long.slice(0, length));
      // Half of the points of a net lie below the median, exactly.
      expect(short.filter((x) => x < 0).length).toBe(length / 2);
    }
  });

  it('go on in a copy with the dimensions that follow', () => {
    const normals = new Normals('quasi', stream(3, 'test'));
    const first = column(normals, 'one', 'a');
    const copy = normals.copy();
    expect(column(copy, 'one', 'a')).toEqual(first);
    expect(column(copy, 'one', 'b')).toEqual(column(normals, 'one', 'b'));
  });
});
