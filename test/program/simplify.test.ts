/** The simplifier: less to do, the same meaning. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Axis,
  add,
  argument,
  build,
  checked,
  fixed,
  mul,
  type Program,
  parseProgram,
  printProgram,
  simplify,
  sizePower,
  sub,
  tensor,
  unary,
  type Value,
  Writer,
  width,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { expectClose, feedsFor, REORDERED, read } from './support.ts';

const start = () => build('net', { batch: fixed(2), n: width() });
/** The lines between the declarations and the outputs. */
const lines = (program: Program): string[] =>
  printProgram(program)
    .split('\n')
    .filter((line) => line.includes(' = ') && !line.startsWith('  fixed') && !line.startsWith('  width'))
    .map((line) => line.trim());

describe('removes', () => {
  test('what no output needs, but no feed', () => {
    const b = start();
    const x = b.input('x', ['batch', 'n']);
    b.input('idle', ['n']);
    b.parameter('w', ['n']);
    b.map([b.sum(x, ['n'])], (z) => unary('exp', z), 'dead');
    b.output('f', b.mean(x, ['n'], 'f'));
    const simple = checked(simplify(b.finish()));
    expect(simple.nodes.map((node) => node.name)).toEqual(['x', 'idle', 'w', 'f']);
  });

  test('a second copy of the same instruction, and of what is computed from it', () => {
    const b = start();
    const x = b.input('x', ['batch', 'n']);
    const [s, t] = [b.sum(x, ['n'], 's'), b.sum(x, ['n'], 't')];
    const [u, v] = [b.contract(s, x, ['batch'], 'u'), b.contract(t, x, ['batch'], 'v')];
    b.output('f', b.contract(u, v, ['n'], 'f'));
    expect(lines(checked(simplify(b.finish())))).toEqual([
      's[batch] = sum[n](x)',
      'u[n] = s @[batch] x',
      'f[] = u @[n] u',
    ]);
  });

  test('numbers that JSON writes alike stay apart', () => {
    const b = start();
    const numbers = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    numbers.forEach((number, k) => {
      b.output(`f${k}`, b.constant([number]));
    });
    expect(lines(simplify(b.finish())).slice(0, 5)).toEqual([
      'v1[] = 0',
      'v2[] = -0',
      'v3[] = NaN',
      'v4[] = Infinity',
      'v5[] = -Infinity',
    ]);
  });

  test('two inputs of one type stay two', () => {
    const b = start();
    const [x, y] = [b.input('x', ['n']), b.input('y', ['n'])];
    b.output('f', b.contract(x, y, ['n'], 'f'));
    expect(lines(simplify(b.finish()))).toEqual(['f[] = x @[n] y']);
  });

  test('powers of a size that cancel, across maps', () => {
    const b = start();
    const x = b.input('x', ['batch', 'n']);
    const down = b.map([x], (z) => mul(sizePower('n', -0.5), z));
    const up = b.map([down], (z) => mul(sizePower('n', 0.5), z));
    b.output('f', b.sum(up, ['n'], 'f'));
    expect(lines(checked(simplify(b.finish())))).toEqual(['f[batch] = sum[n](x)']);
  });

  test('powers of thirds and tenths that cancel, across maps', () => {
    for (const powers of [
      ['1/3', '1/6', '-1/2'],
      [...Array<number>(10).fill(0.1), -1],
    ]) {
      const b = start();
      const x = b.input('x', ['batch', 'n']);
      const scaled = powers.reduce((value, power) => b.map([value], (z) => mul(sizePower('n', power), z)), x);
      b.output('f', b.sum(scaled, ['n'], 'f'));
      expect(lines(checked(simplify(b.finish())))).toEqual(['f[batch] = sum[n](x)']);
    }
  });

  test('reductions, broadcasts and renames that do nothing', () => {
    const b = start();
    const x = b.input('x', ['batch', 'n']);
    const still = b.broadcast(
      b.sum(
        b.map([x], (z) => z, 'a'),
        [],
        'b',
      ),
      [],
      'c',
    );
    b.output('f', b.rename(still, 'n', 'n', 'd'));
    const simple = checked(simplify(b.finish()));
    expect(simple.nodes.map((node) => node.name)).toEqual(['x']);
    expect(simple.outputs).toEqual([{ name: 'f', value: 'x', role: 'data' }]);
  });
});

describe('merges', () => {
  test('maps that one map alone reads', () => {
    const b = start();
    const [x, y] = [b.input('x', ['batch', 'n']), b.input('y', ['n'])];
    const t = b.map([x], (z) => unary('tanh', z), 't');
    const u = b.map([y], (z) => mul(2, z), 'u');
    b.output(
      'f',
      b.map([t, u], (p, q) => mul(p, mul(3, q)), 'f'),
    );
    expect(lines(checked(simplify(b.finish())))).toEqual(['f[batch, n] = 6 * (tanh(x) * y)']);
  });

  test('but none that is read twice or handed out', () => {
    const b = start();
    const x = b.input('x', ['batch', 'n']);
    const t = b.map([x], (z) => unary('tanh', z), 't');
    const e = b.map([x], (z) => unary('exp', z), 'e');
    b.output('e', e);
    b.output(
      'f',
      b.map([t, e], (p, q) => add(mul(p, p), q), 'f'),
    );
    const expected = ['t[batch, n] = tanh(x)', 'e[batch, n] = exp(x)', 'f[batch, n] = t * t + e'];
    expect(lines(checked(simplify(b.finish())))).toEqual(expected);
  });

  test('broadcasts of broadcasts', () => {
    const b = start();
    const x = b.input('x', []);
    b.output('f', b.broadcast(b.broadcast(x, ['n']), ['batch'], 'f'));
    expect(lines(checked(simplify(b.finish())))).toEqual(['f[batch, n] = x along [batch, n]']);
  });

  test('not where the operand that gives the axes would go', () => {
    const b = start();
    const [x, y] = [b.input('x', ['batch', 'n']), b.input('y', ['n'])];
    const zero = b.map([x], (z) => sub(z, 1), 'zero');
    b.output(
      'f',
      b.map([zero, y], (p, q) => add(mul(0, p), q), 'f'),
    );
    const program = b.finish();
    const simple = checked(simplify(program));
    expect(simple.nodes.find((node) => node.name === simple.outputs[0]?.value)?.type.axes).toHaveLength(2);
    const feeds = feedsFor(program, { n: 3 }, 1);
    const [actual, expected] = [simple, program].map((p) => read(interpret(p, feeds, { n: 3 }), 'f').data);
    expect(actual).toEqual(expected);
  });
});

test('outputs keep their names, roles and order; equal outputs stay two', () => {
  const b = start();
  const s = b.input('s', ['n'], 'state');
  b.output(
    'b',
    b.map([s], (z) => mul(2, z), 'v'),
  );
  b.output(
    'a',
    b.map([s], (z) => mul(2, z), 'w'),
  );
  b.output(
    's',
    b.map([s], (z) => z, 'same'),
    'state',
  );
  const simple = checked(simplify(b.finish()));
  expect(simple.outputs).toEqual([
    { name: 'b', value: 'v', role: 'data' },
    { name: 'a', value: 'v', role: 'data' },
    { name: 's', value: 's', role: 'state' },
  ]);
});

test('what is simple stays the same object', () => {
  const b = start();
  b.output('f', b.sum(b.input('x', ['n']), ['n']));
  const simple = simplify(b.finish());
  expect(simplify(simple)).toBe(simple);
});

describe('random maps and contractions', () => {
  const AXES: readonly Axis[] = ['batch', 'n', "n'"];
  const sizes = { n: 3 };
  /** Chains of up to twelve operations on numbers kept of order 1 by tanh, in another order. */
  const CHAIN = 10 * REORDERED;
  const choices = fc.array(fc.tuple(fc.nat(6), fc.nat(99), fc.nat(99), fc.nat(99)), { minLength: 2, maxLength: 12 });

  /** Scalings by powers of n, merged and unmerged maps, contractions, reductions and repeated lines. */
  function randomProgram(steps: readonly (readonly [number, number, number, number])[]): Program {
    const writer = new Writer('random');
    writer.space({ name: 'batch', kind: 'fixed', size: 2 });
    writer.space({ name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } });
    const pool: Value[] = [['x', ['batch', 'n']] as const, ['y', ["n'"]] as const, ['w', ['n', "n'"]] as const].map(
      ([name, axes]) => writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, name),
    );
    const pick = (k: number): Value => pool[k % pool.length] ?? writer.value('x');
    steps.forEach(([op, i, j, k], line) => {
      const [a, b] = [pick(i), pick(j)];
      const shared = a.type.axes.filter((axis, at) => b.type.axes.includes(axis) && (k >> at) & 1);
      const exponent = ((k % 5) - 2) / 2;
      // A name of its own makes a line that may repeat an earlier one.
      const name = k % 2 === 0 ? `line${line}` : undefined;
      switch (op) {
        case 0:
          pool.push(writer.map(mul(sizePower('n', exponent), argument(0)), [a], name));
          break;
        case 1:
          pool.push(writer.map(add(unary('sin', argument(0)), mul(0.5, argument(1))), [a, b]));
          break;
        case 2:
          pool.push(writer.map(sub(mul(argument(0), 1), mul((k % 3) - 1, argument(1))), [a, b]));
          break;
        case 3:
          pool.push(writer.map(unary('tanh', argument(0)), [writer.contract(a, b, shared, name)]));
          break;
        case 4:
          pool.push(writer.reduce(k % 2 ? 'mean' : 'max', a, a.type.axes.slice(0, 1), name));
          break;
        case 5:
          pool.push(writer.broadcast(a, AXES.filter((axis) => !a.type.axes.includes(axis)).slice(0, k % 3), name));
          break;
        default:
          pool.push(writer.map(unary('tanh', argument(0)), [a], name));
      }
    });
    const last = pool.slice(-2);
    last.forEach((value, k) => {
      writer.output(`f${k}`, value);
    });
    return writer.finish();
  }

  test('keep their meaning, and are well formed and stable afterwards', () => {
    fc.assert(
      fc.property(choices, (steps) => {
        const program = checked(randomProgram(steps));
        const simple = checked(simplify(program));
        expect(simple.nodes.length).toBeLessThanOrEqual(program.nodes.length);
        expect(simplify(simple)).toBe(simple);
        const feeds = feedsFor(program, sizes, 3);
        const [actual, expected] = [interpret(simple, feeds, sizes), interpret(program, feeds, sizes)];
        for (const [name, { axes, data }] of Object.entries(expected)) {
          expectClose(read(actual, name, axes).data, data, CHAIN, `${name}\n${printProgram(program)}`);
        }
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});

test('chains of any length are merged in parts that walks over expressions can bear', () => {
  const lines = Array.from({ length: 3000 }, (_, k) => `x${k + 1} = x${k} + 1`);
  const program = parseProgram(`data x0\n${lines.join('\n')}\noutput f = x3000`);
  const simple = simplify(program);
  expect(simple.nodes.length).toBeLessThan(40);
  expect(interpret(simple, { x0: tensor([], [], [0.5]) }).f?.data[0]).toBe(3000.5);
});
