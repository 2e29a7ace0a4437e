/** Forward-mode differentiation: parameters, states, second derivatives, what is zero, widths, refusals. */

import { describe, expect, test } from 'vitest';
import {
  add,
  argument,
  build,
  checkFragment,
  constantLaw,
  denseGradients,
  fixed,
  forward,
  gaussian,
  mul,
  nodesOf,
  type Program,
  parseProgram,
  printProgram,
  problemsOf,
  reverse,
  sub,
  type Tensors,
  tensor,
  unary,
  width,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { DIFFERENCES, differences, expectClose, feedsFor, messageOf, REORDERED, read } from './support.ts';

const sizes = { batch: 3, n: 4 };

/** Rows of a table, a matrix used twice, a bias and a readout: every way in which a parameter is read. */
function net(): Program {
  const b = build('net', { batch: fixed(), vocab: fixed(5), n: width() });
  const rows = b.gather(b.parameter('table', ['vocab', 'n']), b.index('token', 'vocab', ['batch']), 'vocab');
  const w = b.parameter('w', ['n', "n'"], { law: gaussian(1, [{ space: 'n', exponent: -0.5 }]) });
  const layer = (x: typeof rows) =>
    b.map([b.rename(b.contract(x, w, ['n']), "n'", 'n'), b.plain(b.parameter(`bias ${x.name}`, ['n']))], (h, bias) =>
      unary('tanh', add(h, bias)),
    );
  b.output('f', b.mean(b.contract(layer(layer(rows)), b.parameter('v', ['n']), []), ['n']));
  return b.finish();
}

describe('tangents of parameters', () => {
  const along = forward(net());
  const feeds = feedsFor(along, sizes, 1);
  const found = read(interpret(along, feeds, sizes), 't.f').data;

  test('all move, each by its own', () => {
    const names = nodesOf(net(), 'parameter').map(({ name }) => `t.${name}`);
    expect(nodesOf(along, 'input').map(({ name }) => name)).toEqual(['token', ...names]);
    expect(problemsOf(along)).toEqual([]);
    expect(along.name).toBe('net, along a direction');
  });

  test('the tangent of the output is the sum of derivatives times what moves', () => {
    for (const [example, tangent] of found.entries()) {
      const own = [0, 1, 2].map((k) => (k === example ? 1 : 0));
      const total = nodesOf(net(), 'parameter').reduce((sum, { name }) => {
        const moved = read(feeds, `t.${name}`, read(feeds, name).axes).data;
        const slopes = differences(net(), feeds, sizes, name, own);
        return slopes.reduce((inner, slope, k) => inner + slope * (moved[k] ?? Number.NaN), sum);
      }, 0);
      expectClose([tangent], [total], DIFFERENCES, `example ${example}`);
    }
  });

  test('those of gradients are the products of the gradient and what moves', () => {
    const backward = denseGradients(reverse(net(), { output: 'f', seed: ['batch'] }));
    const seeded = { ...feedsFor(backward, sizes, 1), ...feeds, 'd.f': tensor(['batch'], [3], [1, -2, 0.5]) };
    const gradients = interpret(backward, onlyFeeds(backward, seeded), sizes);
    const total = nodesOf(net(), 'parameter').reduce((sum, { name }) => {
      const moved = read(feeds, `t.${name}`);
      return Array.from(read(gradients, `g.${name}`, moved.axes).data).reduce(
        (inner, slope, k) => inner + slope * (moved.data[k] ?? Number.NaN),
        sum,
      );
    }, 0);
    expectClose([(found[0] ?? 0) - 2 * (found[1] ?? 0) + 0.5 * (found[2] ?? 0)], [total], REORDERED);
  });

  test('those that are chosen', () => {
    const one = forward(net(), { parameters: (name) => name === 'v' });
    expect(nodesOf(one, 'input').map(({ name }) => name)).toEqual(['token', 't.v']);
  });
});

function onlyFeeds(program: Program, feeds: Tensors): Tensors {
  const names = new Set(program.nodes.map(({ name }) => name));
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => names.has(name)));
}

describe('second derivatives', () => {
  const program = parseProgram('fixed k = 3\n data x[k]\n y = tanh(x)\n output f = sum[k](y * exp(y * x))', 'second');

  test('of a gradient: the Hessian times what moves', () => {
    const gradient = reverse(program, { output: 'f', seed: [], inputs: ['x'] }).program;
    const product = forward(gradient, { inputs: ['x'], outputs: ['d.x'] });
    expect(product.outputs.map(({ name }) => name)).toEqual(['f', 'd.x', 't.d.x']);
    const feeds = feedsFor(product, {}, 2, { 'd.f': tensor([], [], [1]) });
    const moved = read(feeds, 't.x').data;
    const hessian = [0, 1, 2].map((row) => {
      const own = [0, 1, 2].map((k) => (k === row ? 1 : 0));
      const entries = differences(gradient, feeds, {}, 'x', own, 'd.x');
      return entries.reduce((sum, entry, k) => sum + entry * (moved[k] ?? Number.NaN), 0);
    });
    expectClose(read(interpret(product, feeds), 't.d.x').data, hessian, DIFFERENCES, 'Hessian');
  });

  test('of a tangent, under other names', () => {
    const twice = forward(forward(program, { inputs: ['x'] }), { inputs: ['x'], named: (name) => `s.${name}` });
    expect(twice.outputs.map(({ name }) => name)).toEqual(['f', 't.f', 's.f', 's.t.f']);
    const feeds = feedsFor(twice, {}, 3);
    const once = forward(program, { inputs: ['x'] });
    const slopes = differences(once, onlyFeeds(once, feeds) as typeof feeds, {}, 'x', [1], 't.f'); // the same tensors
    const moved = read(feeds, 's.x').data;
    const expected = slopes.reduce((sum, slope, k) => sum + slope * (moved[k] ?? Number.NaN), 0);
    expectClose(read(interpret(twice, feeds), 's.t.f').data, [expected], DIFFERENCES, 'second tangent');
  });
});

describe('states', () => {
  // Two steps of momentum on a quartic; the rate is data.
  const step = parseProgram(
    `fixed k = 3
     data rate
     state w[k] ~ normal(1)
     state m[k] ~ 0
     state count ~ 0
     speed = 0.9 * m + w ^ 3
     next state m = speed
     next state w = w - rate * speed
     next state count = count + 1
     output f = sum[k](w ^ 2)`,
    'step',
  );
  const along = forward(step, { inputs: ['rate'] });

  /** The sum of squares after three steps, and its tangent. */
  function trained(program: Program, given: Tensors): Tensors {
    let state = given;
    let outputs: Tensors = {};
    for (let k = 0; k < 4; k++) {
      outputs = interpret(program, state);
      state = { ...state, ...onlyFeeds(program, outputs) };
    }
    return outputs;
  }
  const w = tensor(['k'], [3], [0.5, -1, 0.8]);
  const start = { w, m: tensor(['k'], [3], [0, 0, 0]), count: tensor([], [], [0]) };
  const zero = { 't.w': tensor(['k'], [3], [0, 0, 0]), 't.m': tensor(['k'], [3], [0, 0, 0]) };

  test('that depend on what moves have tangents that are states, at first 0', () => {
    const moved = nodesOf(along, 'input').filter(({ name }) => name.startsWith('t.'));
    expect(moved.map(({ name, instruction }) => [name, instruction.role, instruction.law])).toEqual([
      ['t.rate', 'data', undefined],
      ['t.w', 'state', constantLaw(0)],
      ['t.m', 'state', constantLaw(0)],
    ]);
    expect(problemsOf(along)).toEqual([]);
  });

  test('carry the derivative of the training with respect to its rate', () => {
    const tangent = trained(along, {
      ...{ ...start, ...zero },
      ...{ rate: tensor([], [], [0.1]), 't.rate': tensor([], [], [1]) },
    })['t.f'];
    const at = (rate: number): number =>
      trained(step, { ...start, rate: tensor([], [], [rate]) }).f?.data[0] ?? Number.NaN;
    const h = 1e-3;
    const slope = (8 * (at(0.1 + h) - at(0.1 - h)) - (at(0.1 + 2 * h) - at(0.1 - 2 * h))) / (12 * h);
    expect(Math.abs(slope)).toBeGreaterThan(0.1);
    expectClose(tangent?.data ?? [], [slope], DIFFERENCES, 'rate');
  });

  test('whose next value stays have a tangent of 0', () => {
    const reset = parseProgram('state w ~ 1\n next state w = sign(w)\n output f = w ^ 2', 'reset');
    const still = forward(reset, { inputs: ['w'] });
    expect(problemsOf(still)).toEqual([]);
    const found = interpret(still, { w: tensor([], [], [3]), 't.w': tensor([], [], [2]) });
    expect([read(found, 't.w').data[0], read(found, 't.f').data[0]]).toEqual([0, 12]);
  });
});

describe('what is zero by structure', () => {
  const program = parseProgram(
    'fixed k = 2\n data x[k]\n data y[k]\n output f = x ^ 2\n output g = sign(x) + y',
    'zero',
  );

  test('is not written', () => {
    const along = forward(program, { inputs: ['x'] });
    expect(along.outputs.map(({ name }) => name)).toEqual(['f', 'g', 't.f']);
    expect(forward(program).outputs).toEqual(program.outputs);
  });

  test('nor is what is not asked for', () => {
    const along = forward(program, { inputs: ['x', 'y'], outputs: ['g'] });
    expect(along.outputs.map(({ name }) => name)).toEqual(['f', 'g', 't.g']);
  });
});

test('a maximum attained twice moves by the mean of what attains it', () => {
  const program = parseProgram('fixed k = 4\n data x[k]\n output f = max[k](x)', 'ties');
  const found = interpret(forward(program, { inputs: ['x'] }), {
    ...{ x: tensor(['k'], [4], [1, 3, 3, 2]), 't.x': tensor(['k'], [4], [5, 1, 2, 7]) },
  });
  expect([...read(found, 't.f').data]).toEqual([1.5]);
});

test('an operand that lacks axes moves the result along all of them', () => {
  const b = build('shift', { batch: fixed(), n: width() });
  const [x, y] = [b.input('x', ['batch', 'n']), b.input('y', ['n'])];
  b.output(
    'f',
    b.map([x, y], (u, v) => sub(u, mul(2, v))),
  );
  const along = forward(b.finish(), { inputs: ['y'] });
  const feeds = feedsFor(along, sizes, 4);
  const one = Array.from(read(feeds, 't.y').data, (value) => -2 * value);
  expectClose(read(interpret(along, feeds, sizes), 't.f', ['batch', 'n']).data, [...one, ...one, ...one], REORDERED);
});

describe('with widths', () => {
  const program = parseProgram(
    `fixed batch = 2, input = 3
     width n
     data x[batch, input]
     initial U[n, input] ~ normal(1)
     initial W[n, n'] ~ normal(|n|^-0.5)
     initial v[n] ~ normal(1)
     h = relu(U @ x)
     g = W @ h
     output f = avg(v * tanh(g))`,
    'two layers',
  );
  const laws = new Map(nodesOf(program, 'input').map(({ name, instruction }) => [name, instruction.law]));

  test('tangents drawn like what they move stay in the language', () => {
    const along = forward(program, { inputs: ['x', 'U', 'W', 'v'], law: (name) => laws.get(name) });
    expect(checkFragment(along)).toEqual({ inFragment: true, violations: [], notes: expect.any(Array) });
    expect(printProgram(along)).toContain("initial t.W[n, n'] ~ normal(|n|^-0.5)");
  });

  test('tangents that are given are given, as data on a width are', () => {
    const { violations } = checkFragment(forward(program, { inputs: ['W'] }));
    expect(violations[0]).toMatchObject({ node: 't.W', rule: 'initial-data' });
  });
});

describe('refusals', () => {
  const program = parseProgram(
    'fixed k = 2\n data x[k]\n data i of k\n data t.y\n data y\n output f = x[k = i] * y',
    'refused',
  );

  test('an input or output that there is not', () => {
    expect(messageOf(() => forward(program, { inputs: ['z'] }))).toBe(
      'program "refused" has no value "z". It has: x, i, t.y, y.',
    );
    expect(messageOf(() => forward(program, { inputs: ['x'], outputs: ['g'] }))).toBe(
      'program "refused" has no value "g". It has: f.',
    );
  });

  test('an index', () => {
    expect(messageOf(() => forward(program, { inputs: ['i'] }))).toBe(
      'cannot differentiate "i": an index does not move.',
    );
  });

  test('a name that is taken', () => {
    expect(messageOf(() => forward(program, { inputs: ['y'] }))).toBe(
      'program "refused, along a direction" already has a value "t.y": every value needs its own name.',
    );
  });
});

test('constants do not move', () => {
  const along = forward(parseProgram('data x\n output f = 3 * x', 'line'), { inputs: ['x'] });
  expect(along.nodes.at(-1)?.instruction).toEqual({ op: 'map', expr: mul(3, argument(0)), args: ['t.x'] });
});
