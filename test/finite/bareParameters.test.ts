import { describe, expect, it } from 'vitest';
import { bareParameters } from '../../src/finite/bareParameters.ts';
import { partition } from '../../src/finite/partition.ts';
import { parseProgram, printNode, simplify } from '../../src/program/index.ts';

const program = simplify(
  parseProgram(`program p
  width n
  fixed k = 2
  parameter q[n]
  parameter c[]
  parameter t[n, k]
  state w[n] ~ normal(1)
  state v[n] ~ normal(1)
  next state w = w - 0.1 * c * q * tanh(w)
  next state v = v - 0.1 * q * sum[k](t)
  output f = 2 * q
  output q
  output also = q outer c`),
);

describe('parameters in formulas', () => {
  it('are read themselves; products with anything but 1 stay', () => {
    const bare = bareParameters(program);
    const contractions = bare.nodes
      .filter(({ instruction }) => instruction.op === 'contract')
      .map((node) => printNode(node));
    expect(contractions).toEqual([expect.stringContaining('q outer c')]);
    expect(program.nodes.filter(({ instruction }) => instruction.op === 'contract').length).toBeGreaterThan(3);
    expect(bare.outputs.find(({ name }) => name === 'q')?.value).toBe('q');
  });

  it('lie where kernels read them, and numbers are no values of the graph', () => {
    const { kernels, graph, numbers, graphNumbers } = partition(bareParameters(program));
    expect(kernels).toHaveLength(1);
    const streams = kernels.flatMap((kernel) => kernel.streams);
    expect(streams.filter(({ kind }) => kind === 'state').map(({ name }) => name)).toContain('q');
    expect(numbers.map(({ name }) => name)).toContain('c');
    expect(graphNumbers).toEqual({});
    const written = graph.outputs.filter(({ value }) => value === 'q' || value === 'c');
    expect(written.map(({ name }) => name)).toEqual(['q']);
  });
});
