/** Entries moved along fixed axes: split and merge, concatenate, select and pad: meaning, adjoints, rewrites, the fragment. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Axis,
  build,
  checked,
  checkFragment,
  denseGradients,
  fixed,
  forward,
  gradientName,
  mul,
  nodesOf,
  type Program,
  parseProgram,
  printProgram,
  pushGathers,
  reverse,
  type Sizes,
  simplify,
  type Tensors,
  tensor,
  unary,
  Writer,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { DIFFERENCES, differences, expectClose, feedsFor, messageOf, REORDERED, read } from './support.ts';

const counted = (axes: readonly Axis[], shape: readonly number[], from = 1) =>
  tensor(
    axes,
    shape,
    Array.from({ length: shape.reduce((total, size) => total * size, 1) }, (_, k) => k + from),
  );

/** The numbers of output f of a text, its axes in order. */
function numbers(text: string, feeds: Tensors, axes: readonly Axis[], sizes: Sizes = {}): number[] {
  return [...read(interpret(parseProgram(text), feeds, sizes), 'f', axes).data];
}

describe('split and merge', () => {
  test('count entries with the first axis the slowest', () => {
    const x = { x: counted(['feature'], [6]) };
    const text = (formula: string): string => `
      fixed feature = 6, head = 2, key = 3
      data x[feature]
      output f = ${formula}`;
    expect(numbers(text('split[feature -> head, key](x)'), x, ['head', 'key'])).toEqual([1, 2, 3, 4, 5, 6]);
    expect(numbers(text('split[feature -> key, head](x)'), x, ['head', 'key'])).toEqual([1, 3, 5, 2, 4, 6]);
    const turned = 'merge[key, head -> feature](split[feature -> head, key](x))';
    expect(numbers(text(turned), x, ['feature'])).toEqual([1, 4, 2, 5, 3, 6]);
  });

  test('leave other axes alone, and merge axes that lie apart', () => {
    const text = `
      fixed batch = 2, head = 2, key = 3, pair = 4
      data x[head, key, batch]
      output f = merge[batch, head -> pair](x)`;
    const x = counted(['head', 'key', 'batch'], [2, 3, 2]);
    expect(numbers(text, { x }, ['pair', 'key'])).toEqual([1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12]);
  });

  test('undo each other for all sizes and orders', () => {
    const small = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(small, small, small, fc.boolean(), (batch, head, key, turned) => {
        const axes = turned ? ['key', 'head'] : ['head', 'key'];
        const writer = new Writer('both');
        for (const [name, size] of Object.entries({ batch, head, key, feature: head * key }))
          writer.space({ name, kind: 'fixed', size });
        const x = writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes: ['feature', 'batch'] } }, 'x');
        writer.output('f', writer.merge(writer.split(x, 'feature', axes), axes, 'feature'));
        const feed = counted(['feature', 'batch'], [head * key, batch]);
        const [program, short] = [writer.finish(), simplify(writer.finish())];
        expect([...read(interpret(program, { x: feed }), 'f', feed.axes).data]).toEqual([...feed.data]);
        expect(short.nodes.map(({ name }) => name)).toEqual(['x']);
      }),
      { numRuns: 50, seed: 4 },
    );
  });

  test('move indices too', () => {
    const text = `
      fixed place = 4, half = 2, class = 3
      data i[place] of class
      data t[class]
      rows[half, half'] of class = split[place -> half, half'](i)
      output f = t[class = rows]`;
    const feeds = { i: tensor(['place'], [4], [2, 0, 1, 1]), t: tensor(['class'], [3], [5, 6, 7]) };
    expect(numbers(text, feeds, ['half', "half'"])).toEqual([7, 5, 6, 6]);
  });
});

describe('select, pad and concat', () => {
  const spaces = 'fixed batch = 2, time = 5, part = 2, past, new = 3, all';
  const x = counted(['time', 'batch'], [5, 2]);

  test('a range begins after a number of entries, or as many as spaces have', () => {
    const select = (after: string): number[] =>
      numbers(`${spaces}\ndata x[time, batch]\noutput f = select[time -> part${after}](x)`, { x }, ['batch', 'part'], {
        past: 1,
      });
    expect(select('')).toEqual([1, 3, 2, 4]);
    expect(select('; after 2')).toEqual([5, 7, 6, 8]);
    expect(select('; after new')).toEqual([7, 9, 8, 10]);
    expect(select('; after past, 1')).toEqual([5, 7, 6, 8]);
    expect(select('; after past, 1, past')).toEqual([7, 9, 8, 10]);
  });

  test('padding has zeros around the range', () => {
    const text = `${spaces}\ndata y[part]\noutput f = pad[part -> time; after 2](y)`;
    expect(numbers(text, { y: counted(['part'], [2]) }, ['time'])).toEqual([0, 0, 1, 2, 0]);
  });

  test('values are joined in order, repeated along axes that they lack', () => {
    const text = `${spaces}
      data x[time, batch]
      data y[part]
      output f = concat[part, time, part -> all](y, x, -y)`;
    const joined = numbers(text, { x, y: counted(['part'], [2]) }, ['batch', 'all'], { all: 9 });
    expect(joined).toEqual([1, 2, 1, 3, 5, 7, 9, -1, -2, 1, 2, 2, 4, 6, 8, 10, -1, -2]);
  });

  test('⟨select x, y⟩ = ⟨x, pad y⟩', () => {
    const small = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(small, small, fc.nat(4), (time, part, after) => {
        fc.pre(part + after <= time);
        const b = build('both', { time: fixed(time), part: fixed(part) });
        const [u, v] = [b.input('u', ['time']), b.input('v', ['part'])];
        b.output('left', b.contract(b.select(u, 'time', 'part', after), v, ['part']));
        b.output('right', b.contract(u, b.pad(v, 'part', 'time', after), ['time']));
        const program = b.finish();
        const found = interpret(program, feedsFor(program, {}, 5));
        expect(read(found, 'left').data[0]).toBeCloseTo(read(found, 'right').data[0] ?? Number.NaN, 12);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

describe('derivatives', () => {
  const program = parseProgram(`
    fixed batch = 2, time, head = 2, key = 3, feature = 6, patch, one = 1, middle = 2, pairs = 4, wide = 6
    width n
    data gain[wide, n]
    data x[batch, patch, feature]
    parameter class_token[one, head, key]
    parameter w[head, key, n] ~ normal(0.5)
    tokens = concat[one, patch -> time](class_token, split[feature -> head, key](x))
    h = tanh(tokens @[head, key] w)
    parts = select[time -> middle; after one](h)
    flat = merge[middle, batch -> pairs](sin(parts))
    output f = mean[n](pad[pairs -> wide; after 1](flat) * gain)`);
  const sizes = { time: 4, patch: 3, n: 3 };

  test.each(['class_token', 'w'])('the gradient of %s matches central differences', (parameter) => {
    const dense = checked(denseGradients(reverse(program, { output: 'f', seed: ['wide'] })));
    const weights = [0.5, -1, 2, 1, -0.25, 3];
    const feeds = feedsFor(dense, sizes, 6, { 'd.f': tensor(['wide'], [6], weights) });
    const { axes } = read(feeds, parameter);
    const found = read(interpret(dense, feeds, sizes), gradientName(parameter), axes).data;
    expectClose(found, differences(program, feeds, sizes, parameter, weights), DIFFERENCES, parameter);
  });

  test('tangents move as their values do, with zeros for what is joined to them and stands still', () => {
    const moving = forward(program, { inputs: ['x'], parameters: () => false });
    const kinds = (op: 'split' | 'concat' | 'select' | 'merge' | 'pad') =>
      nodesOf(moving, op).filter(({ name }) => !program.nodes.some((node) => node.name === name)).length;
    expect((['split', 'concat', 'select', 'merge', 'pad'] as const).map(kinds)).toEqual([1, 1, 1, 1, 1]);
    const feeds = feedsFor(moving, sizes, 8);
    const direction = read(feeds, 't.x', ['batch', 'patch', 'feature']).data;
    const weights = [0.5, -1, 2, 1, -0.25, 3];
    const own = Object.fromEntries(Object.entries(feeds).filter(([name]) => name !== 't.x'));
    const slopes = differences(program, own, sizes, 'x', weights);
    const expected = slopes.reduce((sum, slope, k) => sum + slope * (direction[k] ?? Number.NaN), 0);
    const found = read(interpret(moving, feeds, sizes), 't.f', ['wide']).data;
    const weighed = Array.from(found).reduce((sum, value, k) => sum + value * (weights[k] ?? Number.NaN), 0);
    expectClose([weighed], [expected], DIFFERENCES, 'x');
  });

  test('what stands still is not written, whatever moves it', () => {
    const moving = forward(program, { inputs: ['gain'], parameters: () => false });
    const added = moving.nodes.slice(program.nodes.length).map(({ instruction }) => instruction.op);
    expect(added.filter((op) => ['split', 'concat', 'select', 'merge', 'pad'].includes(op))).toEqual([]);
  });

  test('operands that nothing wanted bears on are passed over', () => {
    const { program: back } = reverse(program, {
      output: 'f',
      seed: ['wide'],
      inputs: [],
      parameters: (p) => p === 'w',
    });
    // The selection of the program alone: tokens need no cotangent.
    expect(nodesOf(back, 'select').map(({ instruction }) => instruction.axis)).toEqual(['time', 'wide']);
  });

  test('an axis kept apart may not be moved', () => {
    const problem = messageOf(() => reverse(program, { output: 'f', seed: ['wide'], keep: ['batch'] }));
    expect(problem).toContain('moves entries along it');
  });
});

describe('rewriting', () => {
  const short = (formula: string): string => {
    const program = parseProgram(`
      fixed time = 5, part = 2, new = 3, pair = 4
      data x[time]
      data y[part]
      data z[new]
      output f = ${formula}`);
    const simple = simplify(program);
    const feeds = feedsFor(program, {}, 7);
    const [expected, found] = [program, simple].map((one) => read(interpret(one, feeds), 'f'));
    expectClose(found?.data ?? [], expected?.data ?? [], REORDERED, formula);
    return printProgram(simple).split('\n').slice(5).join('\n');
  };

  test('pairs that undo each other go', () => {
    expect(
      short("merge[part, part' -> pair](split[pair -> part, part'](merge[part, part' -> pair](y outer y[part'])))"),
    ).toBe(
      "  v1[part'] = y as [part -> part']\n  v2[part, part'] = y outer v1\n  v3[pair] = merge[part, part' -> pair](v2)\n  output f = v3",
    );
    expect(short('select[time -> part; after 1](pad[part -> time; after 1](y))')).toBe('  output f = y');
    expect(short('select[time -> new; after part](concat[part, new -> time](y, z))')).toBe('  output f = z');
    expect(short('select[time -> part](concat[part, new -> time](y, z))')).toBe('  output f = y');
    expect(short("select[time -> time'](x)")).toBe("  f[time'] = x as [time -> time']\n  output f");
  });

  test('ranges of ranges are ranges', () => {
    expect(short('select[new -> part; after 1](select[time -> new; after 2](x))')).toBe(
      '  f[part] = select[time -> part; after 3](x)\n  output f',
    );
    expect(short('pad[new -> time; after part](pad[part -> new; after 1](y))')).toBe(
      '  f[time] = pad[part -> time; after 1, part](y)\n  output f',
    );
  });

  test('what does not undo stays', () => {
    expect(short('select[time -> part](pad[part -> time; after 1](y))')).toContain('select');
    expect(short('pad[part -> time](select[time -> part](x))')).toContain('pad');
    expect(short('select[time -> new; after 1](concat[part, new -> time](y, z))')).toContain('concat');
  });

  test('gathers are pushed past them along other axes, and not along their own', () => {
    const b = build('net', { batch: fixed(3), time: fixed(4), half: fixed(2), all: fixed(6) });
    const x = b.map([b.input('x', ['batch', 'time'])], (u) => unary('exp', u));
    const y = b.concat([b.select(x, 'time', 'half', 1), x], ['half', 'time'], 'all');
    b.output('f', b.gather(y, b.constantIndex('batch', 1), 'batch'));
    b.output('g', b.gather(y, b.constantIndex('batch', 1), 'batch'));
    const pushed = pushGathers(b.finish());
    expect(nodesOf(pushed, 'concat').map(({ type }) => type.axes)).toEqual([['all']]);
    expect(nodesOf(pushed, 'select').map(({ type }) => type.axes)).toEqual([['half']]);
    const c = build('net', { time: fixed(4), half: fixed(2) });
    c.output('f', c.gather(c.select(c.input('x', ['time']), 'time', 'half'), c.constantIndex('half', 1), 'half'));
    expect(nodesOf(pushGathers(c.finish()), 'select').map(({ type }) => type.axes)).toEqual([['half']]);
  });
});

describe('the fragment', () => {
  test('has them on fixed axes, of initial matrices too', () => {
    const program = parseProgram(`
      fixed tap = 2, one = 1, three = 3, all = 6
      width n
      initial x[n] ~ normal(1)
      initial W[tap, n, n'] ~ normal(|n|^-0.5)
      initial V[one, n, n'] ~ normal(|n|^-0.5)
      M = pad[three -> all; after 2](concat[tap, one -> three](W, V))
      output f = avg(tanh(x[n'] @[n'] M))`);
    expect(checkFragment(program)).toMatchObject({ inFragment: true, violations: [] });
  });

  test('gives what is joined the largest power of its parts', () => {
    const grows = (factor: string): boolean =>
      checkFragment(
        parseProgram(`
          fixed one = 1, two = 2
          width n
          initial x[one, n] ~ normal(1)
          y = concat[one, one -> two](x, ${factor} * x)
          output f = avg(tanh(y))`),
      ).inFragment;
    expect([grows('|n|^-1'), grows('2'), grows('|n|^0.5')]).toEqual([true, true, false]);
  });
});

test('a map reads moved values like any others', () => {
  const b = build('net', { time: fixed(4), half: fixed(2), tap: fixed(2) });
  const pieces = b.split(b.input('x', ['time']), 'time', ['half', 'tap']);
  b.output(
    'f',
    b.map([pieces, b.sum(pieces, ['tap'])], (u, v) => mul(u, v)),
  );
  const program: Program = b.finish();
  const feeds = { x: tensor(['time'], [4], [1, 2, 3, 4]) };
  expect([...read(interpret(program, feeds), 'f', ['half', 'tap']).data]).toEqual([3, 6, 21, 28]);
});
