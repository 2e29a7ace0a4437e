/** Reverse-mode differentiation: gradient factors, kept and riding axes, zero gradients, widths, refusals. */

import { describe, expect, test } from 'vitest';
import {
  build,
  checked,
  cotangentName,
  denseGradients,
  exponent,
  fixed,
  gaussian,
  gradientName,
  mul,
  type Program,
  problemsOf,
  type ReverseOptions,
  raised,
  reverse,
  shapeOf,
  sizePower,
  sub,
  summedAxes,
  type Tensors,
  tensor,
  unary,
  width,
} from '../../src/program/index.ts';
import { evaluateAll, interpret } from '../../src/reference/index.ts';
import { DIFFERENCES, differences, expectClose, feedsFor, messageOf, REORDERED, read } from './support.ts';

const sizes = { batch: 3, time: 4, n: 5 };

/** Gradients of Σ seed · f with respect to parameters. */
function gradients(program: Program, options: Omit<ReverseOptions, 'output'>, seed: readonly number[], draw = 1) {
  const reversed = reverse(program, { output: 'f', ...options });
  const dense = checked(denseGradients(reversed, options.keep));
  const start = { 'd.f': tensor(options.seed, shapeOf(options.seed, { ...sizes, class: 2, in: 3 }), seed) };
  const feeds = feedsFor(dense, sizes, draw, start);
  return { reversed, dense, feeds, results: interpret(dense, feeds, sizes) };
}

describe('a tied matrix', () => {
  const b = build('tied', { batch: fixed(), in: fixed(3), n: width() });
  const x = b.input('x', ['batch', 'in']);
  const w = b.parameter('w', ['in', "in'"]);
  const h = b.map([b.contract(x, w, ['in'])], (z) => unary('tanh', z), 'h');
  const g = b.map([b.contract(b.rename(h, "in'", 'in'), w, ['in'])], (z) => unary('sin', z), 'g');
  b.output('f', b.sum(g, ['batch', "in'"]));
  const program = b.finish();
  const { reversed, feeds, results } = gradients(program, { seed: [] }, [1]);

  test('has one factor a use', () => {
    expect(reversed.factors.map(({ kind, parameter }) => [kind, parameter])).toEqual([
      ['product', 'w'],
      ['product', 'w'],
    ]);
    const inputs = reversed.factors.map((factor) => (factor.kind === 'product' ? factor.input : ''));
    expect(inputs[1]).toBe('x');
    expect(inputs[0]).not.toBe('x');
  });

  test('has a dense gradient that sums them', () => {
    const { axes, data } = read(feeds, 'w');
    const expected = differences(program, feeds, sizes, 'w');
    expectClose(read(results, gradientName('w'), axes).data, expected, DIFFERENCES, 'tied matrix');
    expect(data).toHaveLength(9);
  });
});

describe('a gather from a parameter', () => {
  const b = build('embedding', { batch: fixed(), time: fixed(), vocab: fixed(6), n: width() });
  const table = b.parameter('table', ['vocab', 'n']);
  const token = b.index('token', 'vocab', ['batch', 'time']);
  const e = b.map([b.gather(table, token, 'vocab', 'e')], (z) => unary('sin', z), 's');
  b.output('f', b.mean(b.sum(e, ['time']), ['n']));
  const program = b.finish();
  const weights = [0.5, -2, 1.5];

  test('gives a rows factor', () => {
    const { reversed } = gradients(program, { seed: ['batch'] }, weights);
    expect(reversed.factors).toMatchObject([{ kind: 'rows', parameter: 'table', axis: 'vocab', index: 'token' }]);
  });

  test('adds up rows that are read more than once; others stay 0', () => {
    const { feeds, results } = gradients(program, { seed: ['batch'] }, weights);
    const gradient = read(results, gradientName('table'), ['vocab', 'n']);
    expectClose(gradient.data, differences(program, feeds, sizes, 'table', weights), DIFFERENCES, 'table');
    // 12 positions over 6 rows repeat one.
    expect(new Set(read(feeds, 'token').data).size).toBeLessThan(12);
  });

  test('with the batch kept gives the gradient of each example', () => {
    const { results } = gradients(program, { seed: ['batch'] }, weights);
    const kept = gradients(program, { seed: ['batch'], keep: ['batch'] }, weights);
    const each = read(kept.results, gradientName('table'), ['batch', 'vocab', 'n']);
    const total = read(results, gradientName('table'), ['vocab', 'n']);
    expectClose(sumOfExamples(each.data, total.data.length), total.data, REORDERED, 'sum over examples');
  });
});

/** Entries summed over the first axis. */
function sumOfExamples(data: ArrayLike<number>, count: number): Float64Array {
  const total = new Float64Array(count);
  for (let k = 0; k < data.length; k++) total[k % count] = (total[k % count] ?? 0) + (data[k] ?? 0);
  return total;
}

/** A net with biases, time steps and a class axis, by default without width axes. */
function network(kind: typeof fixed = fixed, declareZero = true): Program {
  const b = build('net', { batch: fixed(), time: fixed(), in: fixed(3), class: fixed(2), n: kind(), m: fixed(2) });
  const x = b.input('x', ['batch', 'time', 'in']);
  const u = b.parameter('u', ['n', 'in']);
  const w = b.parameter('w', ['n', "n'"], { law: gaussian(1, [{ space: 'n', exponent: -0.5 }]) });
  const bias = b.parameter('bias', ['n']);
  const v = b.parameter('v', ['class', 'n'], { law: gaussian(1, [{ space: 'n', exponent: -1 }]) });
  const shift = b.parameter('shift', [], declareZero ? { zeroGradient: 'softmax ignores it' } : {});
  const h = b.map([b.add(b.contract(x, u, ['in']), [b.plain(bias)])], (z) => unary('tanh', z), 'h');
  const pooled = b.sum(h, ['time'], 'pooled');
  const g = b.map([b.rename(b.contract(pooled, w, ['n']), "n'", 'n')], (z) => unary('gelu', z), 'g');
  const scores = b.add(b.contract(g, v, ['n']), [b.plain(shift)], 'scores');
  b.output('f', b.call('softmax', scores, ['class'], {}, 'p'));
  return b.finish();
}

describe('kept axes', () => {
  const weights = [0.3, -1, 2, 0.7, -0.2, 1.1];
  const options = { seed: ['batch', 'class'] };
  const total = gradients(network(), options, weights);
  const each = gradients(network(), { ...options, keep: ['batch'] }, weights);

  test.each(['u', 'w', 'bias', 'v'])('the per-example gradients of %s sum to the gradient', (name) => {
    const { axes } = read(total.feeds, name);
    const expected = read(total.results, gradientName(name), axes).data;
    const examples = read(each.results, gradientName(name), ['batch', ...axes]).data;
    expectClose(sumOfExamples(examples, expected.length), expected, REORDERED, name);
    expectClose(expected, differences(network(), total.feeds, sizes, name, weights), DIFFERENCES, name);
  });

  test('each example has the gradient of its own output', () => {
    for (let example = 0; example < sizes.batch; example++) {
      const own = weights.map((weight, k) => (Math.floor(k / 2) === example ? weight : 0));
      const alone = gradients(network(), options, own);
      const axes = ['class', 'n'];
      const expected = read(alone.results, gradientName('v'), axes).data;
      const all = read(each.results, gradientName('v'), ['batch', ...axes]).data;
      const part = all.slice(example * expected.length, (example + 1) * expected.length);
      expectClose(part, expected, REORDERED, `example ${example}`);
    }
  });

  test('a gradient on which no example bears still has the axis', () => {
    const b = build('bias', { batch: fixed(), n: fixed() });
    const x = b.input('x', ['batch', 'n']);
    b.output('f', b.add(x, [b.plain(b.parameter('bias', ['n']))]));
    const seed = Array.from({ length: 15 }, (_, k) => k + 1);
    const { results } = gradients(b.finish(), { seed: ['batch', 'n'], keep: ['batch'] }, seed);
    expectClose(read(results, gradientName('bias'), ['batch', 'n']).data, seed, 0, 'bias');
    // Seeded on n alone, every example gives the same.
    const shared = gradients(b.finish(), { seed: ['n'], keep: ['batch'] }, [1, 2, 3, 4, 5]).results;
    const expected = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5];
    expectClose(read(shared, gradientName('bias'), ['batch', 'n']).data, expected, 0, 'shared');
  });

  test('cotangents of inputs stay within their example', () => {
    const reversed = reverse(network(), { output: 'f', ...options, keep: ['batch'], inputs: ['x'] }).program;
    const plain = reverse(network(), { output: 'f', ...options, inputs: ['x'] }).program;
    const [actual, expected] = [reversed, plain].map((program) =>
      read(interpret(program, total.feeds, sizes), cotangentName('x'), ['batch', 'time', 'in']),
    );
    expectClose(actual?.data ?? [], expected?.data ?? [], REORDERED, 'd.x');
  });
});

describe('several outputs at once', () => {
  const b = build('two', { batch: fixed(2), n: fixed(3) });
  const x = b.input('x', ['batch', 'n']);
  const h = b.map([b.contract(x, b.parameter('w', ['n']), [], 'h')], (u) => unary('tanh', u));
  b.output('f', b.sum(h, ['n']));
  b.output(
    'shared',
    b.map([b.plain(b.parameter('p', ['n']))], (u) => mul(u, u)),
  );
  b.output(
    'g',
    b.map([h], (u) => mul(u, u)),
  );
  const program = b.finish();
  const seeds = { f: ['batch'], g: ['batch', 'n'], shared: ['batch', 'n'] } as const;
  const data = feedsFor(program, {}, 5);
  const cotangents: Tensors = {
    [cotangentName('f')]: tensor(['batch'], [2], [1, -2]),
    [cotangentName('g')]: tensor(['batch', 'n'], [2, 3], [3, 1, 2, -1, 0.5, 4]),
    [cotangentName('shared')]: tensor(['batch', 'n'], [2, 3], [1, 2, 3, 4, 5, 6]),
  };
  const gradient = (options: Omit<ReverseOptions, 'keep'>): Tensors =>
    interpret(denseGradients(reverse(program, { ...options, keep: ['batch'] }), ['batch']), { ...data, ...cotangents });

  test('their gradients add up', () => {
    const both = gradient({ output: 'f', seed: seeds.f, also: [{ output: 'g', seed: seeds.g }] });
    const [f, g] = (['f', 'g'] as const).map((output) => gradient({ output, seed: seeds[output] }));
    const axes = ['batch', 'n'];
    const parts = [f, g].map((one) => read(one ?? {}, gradientName('w'), axes).data);
    const expected = Array.from({ length: 6 }, (_, k) => (parts[0]?.[k] ?? Number.NaN) + (parts[1]?.[k] ?? Number.NaN));
    expectClose(read(both, gradientName('w'), axes).data, expected, REORDERED, 'w');
  });

  test('a value without the kept axis may have a cotangent for each example', () => {
    const found = read(gradient({ output: 'shared', seed: seeds.shared }), gradientName('p'), ['batch', 'n']);
    const p = read(data, 'p').data;
    const expected = [1, 2, 3, 4, 5, 6].map((one, k) => 2 * one * (p[k % 3] ?? Number.NaN));
    expectClose(found.data, expected, REORDERED, 'p');
  });
});

describe('a class axis that rides on the seed', () => {
  // The seed 1[class = class'] asks for the gradient of every class at once.
  const program = network();
  const seed = ['batch', 'class', "class'"];
  const identity = Array.from({ length: 12 }, (_, k) => (Math.floor(k / 2) % 2 === k % 2 ? 1 : 0));
  const { results, feeds } = gradients(program, { seed, keep: ['batch'] }, identity);

  test.each(['u', 'v'])('gives the gradient of %s for every class', (name) => {
    const { axes, data } = read(feeds, name);
    const all = read(results, gradientName(name), ['batch', "class'", ...axes]);
    for (let place = 0; place < 6; place++) {
      const one = Array.from({ length: 6 }, (_, k) => (k === place ? 1 : 0));
      const expected = differences(program, feeds, sizes, name, one);
      const part = all.data.slice(place * data.length, (place + 1) * data.length);
      expectClose(part, expected, DIFFERENCES, `${name}, example ${place >> 1}, class ${place % 2}`);
    }
  });
});

describe('parameters declared to have zero gradient', () => {
  const weights = [0.3, -1, 2, 0.7, -0.2, 1.1];

  test('are listed with the reason, and have no factor', () => {
    const reversed = reverse(network(), { output: 'f', seed: ['batch', 'class'] });
    expect(reversed.zero).toEqual([{ parameter: 'shift', reason: 'softmax ignores it' }]);
    expect(new Set(reversed.factors.map((factor) => factor.parameter))).toEqual(new Set(['u', 'w', 'bias', 'v']));
    expect(denseGradients(reversed).outputs.map((output) => output.name)).not.toContain(gradientName('shift'));
  });

  test('are not listed where they are not wanted', () => {
    const wanted = reverse(network(), { output: 'f', seed: ['batch', 'class'], parameters: (name) => name === 'v' });
    expect(wanted.zero).toEqual([]);
    expect(wanted.factors.map((factor) => factor.parameter)).toEqual(['v']);
  });

  test('truly have gradient 0', () => {
    const { results } = gradients(network(fixed, false), { seed: ['batch', 'class'] }, weights);
    const gradient = read(results, gradientName('shift')).data[0] ?? Number.NaN;
    // A sum of six terms of order 1 that cancels.
    expect(Math.abs(gradient), `gradient ${gradient}`).toBeLessThan(1e-12);
  });
});

describe('width axes', () => {
  const program = network(width);
  const weights = [0.3, -1, 2, 0.7, -0.2, 1.1];
  const { reversed, feeds, results } = gradients(program, { seed: ['batch', 'class'] }, weights);
  const values = evaluateAll(reversed.program, feeds, sizes);

  test.each(['u', 'w', 'bias', 'v'])('the dense gradient of %s is the ordinary derivative', (name) => {
    const { axes } = read(feeds, name);
    const expected = differences(program, feeds, sizes, name, weights);
    expectClose(read(results, gradientName(name), axes).data, expected, DIFFERENCES, name);
  });

  test.each([
    ['u', ['n'], [{ space: 'n', exponent: exponent(-1) }]],
    ['w', ["n'"], [{ space: 'n', exponent: exponent(-1) }]],
    ['v', ['class'], []],
  ] as const)('the factor of %s times its scale is the ordinary derivative', (name, rows, scale) => {
    const factor = reversed.factors.find((candidate) => candidate.parameter === name);
    if (factor?.kind !== 'product') return expect.fail('no product factor');
    expect(factor.scale).toEqual(scale);
    const [dh, x] = [values.get(factor.cotangent), values.get(factor.input)];
    if (dh === undefined || x === undefined) return expect.fail('the factor names no value');
    const { axes } = read(feeds, name);
    const columns = axes.filter((axis) => !(rows as readonly string[]).includes(axis));
    const summed = summedAxes(x.axes, dh.axes, axes, []);
    const product = outer(read({ dh }, 'dh', [...summed, ...rows]), read({ x }, 'x', [...summed, ...columns]), rows);
    const power = factor.scale.reduce((total, { exponent }) => total * raised(sizes.n, exponent), 1);
    const expected = differences(program, feeds, sizes, name, weights);
    const order = read({ p: { ...product, axes: [...rows, ...columns] } }, 'p', axes);
    expectClose(
      Array.from(order.data, (value) => power * value),
      expected,
      DIFFERENCES,
      name,
    );
  });

  test('cotangents are of order 1 in the width: adj of mean is broadcast, adj of broadcast is mean', () => {
    const b = build('means', { batch: fixed(), n: width() });
    const [x, s] = [b.input('x', ['n']), b.input('s', [])];
    b.output(
      'f',
      b.mean(
        b.map([x, s], (z, t) => mul(t, z)),
        ['n'],
      ),
    );
    const backward = reverse(b.finish(), { output: 'f', seed: [], inputs: ['x', 's'] }).program;
    const given = feedsFor(backward, sizes, 2, { 'd.f': tensor([], [], [1]) });
    const out = interpret(backward, given, sizes);
    const data = Array.from(read(given, 'x').data);
    expectClose(
      read(out, 'd.x').data,
      data.map(() => read(given, 's').data[0] ?? 0),
      REORDERED,
      'd.x',
    );
    expectClose(read(out, 'd.s').data, [data.reduce((sum, z) => sum + z, 0) / sizes.n], REORDERED, 'd.s');
  });
});

/** Σ over the leading shared axes of left ⊗ right; `rows` are the left's own axes. */
function outer(left: ReturnType<typeof read>, right: ReturnType<typeof read>, rows: readonly string[]) {
  const [leftOwn, shared] = [left.shape.slice(left.axes.length - rows.length), left.axes.length - rows.length];
  const rightOwn = right.shape.slice(shared);
  const count = left.shape.slice(0, shared).reduce((a, b) => a * b, 1);
  const [a, b] = [left.data.length / count, right.data.length / count];
  const data = new Float64Array(a * b);
  for (let s = 0; s < count; s++) {
    for (let p = 0; p < a * b; p++) {
      data[p] = (data[p] ?? 0) + (left.data[s * a + Math.floor(p / b)] ?? 0) * (right.data[s * b + (p % b)] ?? 0);
    }
  }
  return { shape: [...leftOwn, ...rightOwn], data };
}

describe('the differentiated program', () => {
  test('is well formed, keeps its outputs, and is named after the original', () => {
    const { program } = reverse(network(width), { output: 'f', seed: ['batch', 'class'], inputs: ['x'] });
    expect(problemsOf(program)).toEqual([]);
    expect(program.outputs.map((output) => output.name)).toEqual(['f', 'd.x']);
    expect(program.name).toBe('net, differentiated');
  });

  test('has no cotangent for an input on which the output does not bear', () => {
    const b = build('idle', { n: fixed() });
    const [x, y] = [b.input('x', ['n']), b.input('y', ['n'])];
    b.output('f', b.sum(x, ['n']));
    b.output('g', b.sum(y, ['n']));
    const { program } = reverse(b.finish(), { output: 'f', seed: [], inputs: ['x', 'y'] });
    expect(program.outputs.map((output) => output.name)).toEqual(['f', 'g', 'd.x']);
  });

  test('of a maximum attained twice shares its cotangent equally', () => {
    const b = build('ties', { n: fixed(4) });
    b.output('f', b.max(b.input('x', ['n']), ['n']));
    const { program } = reverse(b.finish(), { output: 'f', seed: [], inputs: ['x'] });
    const out = interpret(program, { x: tensor(['n'], [4], [1, 3, 3, 2]), 'd.f': tensor([], [], [2]) });
    expect([...read(out, 'd.x').data]).toEqual([0, 1, 1, 0]);
  });
});

describe('refusals', () => {
  const refusal = (write: (b: ReturnType<typeof start>) => void, options: Omit<ReverseOptions, 'output'>): string => {
    const b = start();
    write(b);
    return messageOf(() => reverse(b.finish(), { output: 'f', ...options }));
  };
  const start = () => build('refused', { batch: fixed(), class: fixed(2), vocab: fixed(6), n: width() });
  const kept = { seed: [], keep: ['batch'], inputs: ['x'] };
  const advice = 'Drop batch from the kept axes, or remove that instruction.';
  const mixed = 'gradients that keep batch apart need every value to stay within its own batch, but';

  test('a seed that lacks axes of the output', () => {
    const message = refusal((b) => b.output('f', b.input('x', ['batch', 'class', 'n'])), {
      seed: ['n', "class'"],
      keep: ['batch'],
    });
    expect(message).toBe(
      "the seed of a gradient has axes [n, class'] but needs at least [class, n], the axes of the output that are not kept.",
    );
  });

  test('an output that there is not', () => {
    const message = messageOf(() => reverse(network(), { output: 'g', seed: [] }));
    expect(message).toBe('program "net" has no value "g". It has: f.');
  });

  test('a reduction over a kept axis', () => {
    expect(refusal((b) => b.output('f', b.mean(b.input('x', ['batch']), ['batch'], 'm')), kept)).toBe(
      `${mixed} "m" takes its mean. ${advice}`,
    );
  });

  test('a contraction over a kept axis', () => {
    const write = (b: ReturnType<typeof start>): void => {
      const x = b.input('x', ['batch']);
      b.output('f', b.contract(x, x, ['batch'], 'gram'));
    };
    expect(refusal(write, kept)).toBe(`${mixed} "gram" sums over it. ${advice}`);
  });

  test('a renamed kept axis', () => {
    const write = (b: ReturnType<typeof start>): void => {
      b.output('f', b.rename(b.input('x', ['batch']), 'batch', "batch'", 'other'));
    };
    expect(refusal(write, { ...kept, seed: ["batch'"] })).toBe(`${mixed} "other" renames it. ${advice}`);
  });

  test('a named function over a kept axis', () => {
    const write = (b: ReturnType<typeof start>): void => {
      b.output('f', b.call('softmax', b.input('x', ['batch']), ['batch'], {}, 'p'));
    };
    // softmax has its own derivative rule, so it is refused by its name.
    expect(refusal(write, { ...kept, seed: ['batch'] })).toContain('"p" takes softmax over it');
  });

  test('mixing on a side that bears on nothing wanted is no obstacle', () => {
    const b = start();
    const [x, y] = [b.input('x', ['batch']), b.input('y', ['batch'])];
    const centered = b.map([y, b.mean(y, ['batch'])], (z, mean) => sub(z, mean));
    b.output(
      'f',
      b.map([x, centered], (p, q) => mul(p, q)),
    );
    const { program } = reverse(b.finish(), { output: 'f', ...kept });
    expect(problemsOf(program)).toEqual([]);
  });

  test('a gather of parameter rows by an index that shares an axis', () => {
    const write = (b: ReturnType<typeof start>): void => {
      const token = b.index('token', 'vocab', ['class']);
      b.output('f', b.gather(b.parameter('table', ['vocab', 'class']), token, 'vocab', 'rows'));
    };
    expect(refusal(write, { seed: ['class'] })).toBe(
      '"rows" gathers rows of parameter "table" with an index that shares an axis with it; its gradient has no ' +
        'factored form here. Gather with an index on axes of its own.',
    );
  });

  test('a rename whose source rides on the seed', () => {
    const write = (b: ReturnType<typeof start>): void => {
      b.output('f', b.rename(b.input('x', ['class']), 'class', "class'", 'r'));
    };
    expect(refusal(write, { seed: ['class', "class'"], inputs: ['x'] })).toBe(
      'the seed of a gradient rides on axis class, which program "refused" uses itself; ride on another copy or on a space of its own.',
    );
  });
});

test('scales of powers of the width in the program itself come through', () => {
  const b = build('scaled', { n: width(), in: fixed(3) });
  const w = b.parameter('w', ['n', 'in']);
  const x = b.input('x', ['in']);
  const h = b.map([b.contract(x, w, ['in'])], (z) => mul(sizePower('n', -0.5), unary('sin', z)));
  b.output('f', b.sum(h, ['n']));
  const program = b.finish();
  const { feeds, results } = gradients(program, { seed: [] }, [1]);
  const expected = differences(program, feeds, sizes, 'w');
  expectClose(read(results, 'g.w', ['n', 'in']).data, expected, DIFFERENCES, 'w');
});
