/** Nets as chains of programs, and derivatives of derivatives. */

import { describe, expect, test } from 'vitest';
import {
  add,
  build,
  type Chain,
  chainParameters,
  checked,
  compose,
  cotangentName,
  denseGradients,
  fixed,
  globalName,
  gradientName,
  mul,
  nodesOf,
  type Program,
  printProgram,
  problemsOf,
  reverse,
  square,
  type Tensor,
  tensor,
  unary,
  valueName,
  width,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { DIFFERENCES, differences, expectClose, feedsFor, messageOf, REORDERED, read } from './support.ts';

const sizes = { batch: 3, n: 4 };
const spaces = { batch: fixed(), in: fixed(3), class: fixed(2), n: width() };

function embed(): Program {
  const b = build('embed', spaces);
  const h = b.contract(b.input('x', ['batch', 'in']), b.parameter('w', ['in', 'n']), ['in']);
  b.output(
    'h',
    b.map([h], (z) => unary('tanh', z)),
  );
  return b.finish();
}

/** h ← h + gate · tanh(h w), with a free input that all blocks share. */
function block(): Program {
  const b = build('block', spaces);
  const h = b.input('h', ['batch', 'n']);
  const gate = b.input('gate', ['batch']);
  const z = b.rename(b.contract(h, b.parameter('w', ['n', "n'"]), ['n']), "n'", 'n');
  b.output(
    'h',
    b.map([h, z, gate], (old, u, g) => add(old, mul(g, unary('tanh', u)))),
  );
  return b.finish();
}

/** Reads with the embedding transposed: the tie between the first stage and the last. */
function head(): Program {
  const b = build('head', spaces);
  const h = b.input('h', ['batch', 'n']);
  const back = b.contract(h, b.parameter('table', ['in', 'n']), ['n']);
  b.output('f', b.contract(back, b.parameter('out', ['in', 'class']), ['in']));
  return b.finish();
}

const shared = block();
const chain: Chain = {
  name: 'net',
  stages: [
    { name: 'embed', program: embed(), parameters: { w: 'embedding' } },
    { name: 'block.0', program: shared, parameters: { w: 'block.0.w' } },
    { name: 'block.1', program: shared, parameters: { w: 'block.1.w' } },
    { name: 'head', program: head(), parameters: { table: 'embedding' } },
  ],
};

describe('a composed chain', () => {
  const whole = checked(compose(chain));
  const feeds = feedsFor(whole, sizes, 1);

  test('has every parameter of the net once, tied ones included, and the free inputs', () => {
    expect(nodesOf(whole, 'parameter').map((node) => node.name)).toEqual([
      'embedding',
      'block.0.w',
      'block.1.w',
      'out',
    ]);
    expect(nodesOf(whole, 'input').map((node) => node.name)).toEqual(['x', 'gate']);
    expect(whole.outputs.map((output) => output.name)).toEqual(['h', 'f']);
  });

  test('lists a tied parameter for each stage that uses it', () => {
    expect(chainParameters(chain).map(({ stage, local, name }) => [stage.name, local, name])).toEqual([
      ['embed', 'w', 'embedding'],
      ['block.0', 'w', 'block.0.w'],
      ['block.1', 'w', 'block.1.w'],
      ['head', 'table', 'embedding'],
      ['head', 'out', 'out'],
    ]);
  });

  test('computes what its stages compute one after another', () => {
    let values: Record<string, Tensor> = { ...feeds };
    for (const stage of chain.stages) {
      const own = nodesOf(stage.program, 'parameter').map(({ name }) => [name, read(feeds, globalName(stage, name))]);
      values = { ...values, ...interpret(stage.program, { ...values, ...Object.fromEntries(own) }, sizes) };
    }
    const results = interpret(whole, feeds, sizes);
    for (const name of ['h', 'f']) {
      const { axes, data } = read(values, name);
      expectClose(read(results, name, axes).data, data, REORDERED, name);
    }
  });

  test('has the derivative of the whole, ties summed', () => {
    const reversed = reverse(whole, { output: 'f', seed: ['batch', 'class'] });
    const uses = reversed.factors.filter((factor) => factor.parameter === 'embedding');
    expect(uses).toHaveLength(2);
    const dense = checked(denseGradients(reversed));
    const weights = [0.3, -1, 2, 0.7, -0.2, 1.1];
    const results = interpret(dense, { ...feeds, 'd.f': tensor(['batch', 'class'], [3, 2], weights) }, sizes);
    for (const name of ['embedding', 'block.0.w', 'out']) {
      const expected = differences(whole, feeds, sizes, name, weights);
      const { axes } = read(feeds, name);
      expectClose(read(results, gradientName(name), axes).data, expected, DIFFERENCES, name);
    }
  });

  test('prints its values under the names of their stages', () => {
    const text = printProgram(whole);
    expect(text).toContain('parameter embedding[in, n] ~ normal(1)');
    expect(text).toContain("  block.1.v1[batch, n'] = ");
    expect(text).toContain(' @[n] block.1.w');
  });
});

test('values that a stage names have these names in the whole, others stand behind its own', () => {
  const [embedded, ...rest] = chain.stages;
  if (embedded === undefined) return expect.fail('no stage');
  const b = build('embed', spaces);
  const h = b.contract(b.input('x', ['batch', 'in']), b.parameter('w', ['in', 'n']), ['in'], 'product');
  const tanh = b.map([h], (z) => unary('tanh', z), 'tanh');
  b.output('h', tanh);
  const stage = { ...embedded, program: b.finish(), values: { product: 'h0' } };
  expect([valueName(stage, 'product'), valueName(stage, 'tanh')]).toEqual(['h0', 'embed.tanh']);
  const whole = checked(compose({ name: 'net', stages: [stage, ...rest] }));
  expect(whole.nodes.map(({ name }) => name)).toEqual(expect.arrayContaining(['h0', 'embed.tanh', 'block.0.v1']));
  const feeds = feedsFor(whole, sizes, 1);
  const [here, there] = [interpret(whole, feeds, sizes), interpret(compose(chain), feeds, sizes)];
  expectClose(read(here, 'f').data, read(there, 'f').data, 0);
});

test('stages that disagree on a space are refused', () => {
  const b = build('head', { ...spaces, class: fixed(5) });
  b.output('f', b.contract(b.input('h', ['batch', 'n']), b.parameter('v', ['n', 'class']), ['n']));
  const stages = [...chain.stages, { name: 'second head', program: b.finish(), parameters: {} }];
  expect(messageOf(() => compose({ name: 'net', stages }))).toBe(
    'program "net": 1 mismatch\n' +
      '  space class: declared as {"name":"class","kind":"fixed","size":2} and as {"name":"class","kind":"fixed","size":5}',
  );
});

describe('second order', () => {
  const b = build('energy', { n: fixed(4), m: fixed(3) });
  const x = b.input('x', ['n']);
  const w = b.parameter('w', ['n', 'm']);
  const h = b.map([b.contract(x, w, ['n'])], (z) => unary('tanh', z));
  const scores = b.call('softmax', h, ['m']);
  b.output(
    'f',
    b.sum(
      b.map([h, scores], (z, p) => add(square(z), mul(p, unary('gelu', z)))),
      ['m'],
    ),
  );
  const first = reverse(b.finish(), { output: 'f', seed: [], inputs: ['x'] });
  const one = tensor([], [], [1]);

  /** The program with an output under another name, so that its own derivative can be handed out. */
  const renamed = (program: Program, from: string, to: string): Program => ({
    ...program,
    outputs: program.outputs.map((output) => (output.name === from ? { ...output, name: to } : output)),
  });

  test('the reverse of the reverse is the Hessian times the seed', () => {
    const gradient = renamed(first.program, cotangentName('x'), 'slope');
    const second = reverse(gradient, { output: 'slope', seed: ['n'], inputs: ['x', 'd.f'] }).program;
    expect(problemsOf(second)).toEqual([]);
    const feeds = feedsFor(second, {}, 6, { 'd.f': one });
    const direction = read(feeds, 'd.slope').data;
    const results = interpret(second, feeds);
    const expected = differences(gradient, feeds, {}, 'x', direction, 'slope');
    expectClose(read(results, 'd.x').data, expected, DIFFERENCES, 'Hessian times direction');
    // The gradient is linear in the first seed.
    const inner = Array.from(read(results, 'slope').data).reduce((sum, v, k) => sum + v * (direction[k] ?? 0), 0);
    expectClose(read(results, 'd.d.f').data, [inner], REORDERED, 'along the first seed');
  });

  test('the mixed derivative by input and parameter', () => {
    const second = checked(denseGradients(reverse(first.program, { output: 'd.x', seed: ['n'] })));
    const feeds = feedsFor(second, {}, 7, { 'd.f': one });
    const direction = read(feeds, 'd.d.x').data;
    const expected = differences(first.program, feeds, {}, 'w', direction, 'd.x');
    expectClose(read(interpret(second, feeds), 'g.w', ['n', 'm']).data, expected, DIFFERENCES, 'mixed');
  });

  test('the derivative of a dense gradient', () => {
    const dense = renamed(denseGradients(first), 'g.w', 'slope');
    const second = checked(denseGradients(reverse(dense, { output: 'slope', seed: ['n', 'm'] })));
    const feeds = feedsFor(second, {}, 8, { 'd.f': one });
    const expected = differences(
      dense,
      feeds,
      {},
      'w',
      read(feeds, 'd.slope', read(interpret(dense, feeds), 'slope').axes).data,
      'slope',
    );
    expectClose(read(interpret(second, feeds), 'g.w', ['n', 'm']).data, expected, DIFFERENCES, 'Hessian by w');
  });
});
