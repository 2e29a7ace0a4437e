/** Nets of chains: what they say of their parameters, and the whole program. */

import { describe, expect, it } from 'vitest';
import { mlp, netOf, transformer } from '../../src/nets/index.ts';
import { build, fixed, type Program, width } from '../../src/program/index.ts';
import { messageOf } from '../program/support.ts';

function product(): Program {
  const b = build('product', { batch: fixed(), n: width() });
  b.output('f', b.contract(b.input('x', ['batch', 'n']), b.parameter('v', ['n']), ['n'], 'f'));
  return b.finish();
}
const layers = [{ name: 'output', parameter: 'v', preactivation: 'f' }];

describe('a net of one program', () => {
  it('is that program, and knows its parameters by it', () => {
    const program = product();
    const net = netOf(program, { kinds: { v: 'readout' }, output: 'f', layers });
    expect(net.program).toBe(program);
    expect(net.chain.stages.map((stage) => stage.program)).toEqual([program]);
    const law = { kind: 'gaussian', scale: 1, powers: [] };
    expect(net.parameters).toEqual([{ name: 'v', kind: 'readout', axes: ['n'], law }]);
  });

  it('takes what else it is from another net, not that one’s program', () => {
    const [other, program] = [mlp({ depth: 1 }), product()];
    const net = netOf(program, { ...other, kinds: { v: 'readout' }, layers });
    expect(net.program).toBe(program);
    expect([net.depth, net.parameters.length]).toEqual([1, 1]);
  });

  it('is refused without the kind of a parameter, and with one of no parameter', () => {
    expect(messageOf(() => netOf(product(), { kinds: { w: 'matrix' }, output: 'f', layers }))).toBe(
      'product: kinds are given of each of its parameters and of nothing else, but no kind is given of "v", and there is ' +
        'no parameter "w". A kind is "matrix", "vector", "readout" or "scalar".',
    );
  });
});

describe('a net of stages', () => {
  const net = transformer({ vocabulary: 5, context: 3, depth: 3, heads: 2, tied: true });

  it('has one program for all blocks', () => {
    const { stages } = net.chain;
    expect(stages.map(({ name }) => name)).toEqual(['embedding', 'block.1', 'block.2', 'block.3', 'head']);
    expect(new Set(stages.map(({ program }) => program)).size).toBe(3);
  });

  it('has each parameter once, a tied one of the kind of its first use', () => {
    const names = net.parameters.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(net.parameters.filter(({ name }) => /embedding/.test(name))).toMatchObject([
      { name: 'embedding', kind: 'vector', axes: ['vocabulary', 'n'] },
    ]);
  });

  it('is one program that is put together once and hands out the output alone', () => {
    expect(net.program).toBe(net.program);
    expect(net.program.outputs).toEqual([{ name: 'f', value: 'f', role: 'data' }]);
    const names = net.program.nodes.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['x0', 'queries1', 'shares2', 'attended3', 'y1', 'h2', 'g3', 'd1', 'x3']),
    );
  });
});

it('a perceptron is a chain of one stage', () => {
  expect(mlp({ depth: 3 }).chain.stages).toHaveLength(1);
});
