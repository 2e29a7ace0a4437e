/** Random programs: chains of operations on three inputs. */

import fc from 'fast-check';
import {
  type Axis,
  add,
  argument,
  fixed,
  mul,
  type Program,
  sub,
  unary,
  type Value,
  Writer,
  width,
} from '../../src/program/index.ts';

/** Sizes to run random programs at. */
export const randomSizes = { batch: 2, time: 3, n: 4, tap: 2 };
const AXES: readonly Axis[] = ['batch', 'time', 'n', "time'", "n'", 'tap', 'joint'];
/** Numbers from which each step of a random program picks its operation and operands. */
export const steps = fc.array(fc.tuple(fc.nat(12), fc.nat(99), fc.nat(99), fc.nat(99)), {
  minLength: 2,
  maxLength: 10,
});

/** A program that the choices make, of every operation that fits. Its output is `f`; its inputs are x, y and w. */
export function randomProgram(choices: readonly (readonly [number, number, number, number])[]): Program {
  const writer = new Writer('random');
  for (const [name, { kind }] of Object.entries({ batch: fixed(), time: fixed(), tap: fixed(), n: width() })) {
    writer.space({ name, kind, size: { symbol: name, ratio: 1 } });
  }
  writer.space({ name: 'joint', kind: 'fixed', size: { symbol: 'time', ratio: 2 } });
  const input = (name: string, axes: readonly Axis[]): Value =>
    writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, name);
  const pool: Value[] = [input('x', ['batch', 'time', 'n']), input('y', ['n', 'time']), input('w', ['n', "n'"])];
  const at = (k: number): Value => pool[k % pool.length] ?? input('z', []);
  for (const [op, i, j, k] of choices) pool.push(grow(writer, op, at(i), at(j), k));
  const last = at(pool.length - 1);
  writer.output('f', writer.map(unary('tanh', argument(0)), [last]));
  return writer.finish();
}

/** One more value; an operation that does not fit its operands becomes a map of the first. */
function grow(writer: Writer, op: number, a: Value, b: Value, k: number): Value {
  const shared = a.type.axes.filter((axis) => b.type.axes.includes(axis));
  const some = a.type.axes.filter((_, index) => (k >> index) & 1);
  const free = AXES.filter((axis) => !a.type.axes.includes(axis));
  const small = (value: Value): Value => writer.map(unary('tanh', argument(0)), [value]);
  switch (op) {
    case 0:
      return small(
        writer.contract(
          a,
          b,
          shared.filter((_, index) => (k >> index) & 1),
        ),
      );
    case 1:
      return writer.map(add(unary('sin', argument(0)), mul(0.5, argument(1))), [a, b]);
    case 2:
      return small(writer.reduce((['sum', 'mean', 'max'] as const)[k % 3] ?? 'sum', a, some));
    case 3:
      return writer.broadcast(a, free.slice(0, k % 2));
    case 4: {
      const from = a.type.axes[k % Math.max(1, a.type.axes.length)];
      if (from === undefined || from === 'batch') break;
      const to = from.endsWith("'") ? from.slice(0, -1) : `${from}'`;
      return a.type.axes.includes(to) ? a : writer.rename(a, [[from, to]]);
    }
    case 5:
      if (some.length === 0) break;
      return writer.call((['softmax', 'logSumExp', 'normalize'] as const)[k % 3] ?? 'softmax', [a], some, {
        epsilon: 0.1,
      });
    case 7:
    case 8: {
      const axis = a.type.axes.find((own) => own.startsWith('time'));
      if (axis === undefined) break;
      const windowing = { axis, position: axis, offset: 'tap', dilation: 1 + (k % 2), before: (k >> 1) % 2 };
      return a.type.axes.includes('tap') ? small(writer.overlap(a, windowing)) : writer.window(a, windowing);
    }
    case 9:
    case 10:
    case 11: {
      const joined = [a, b].find(({ type }) => type.axes.includes('joint'));
      const moved = rearrangements(writer, joined ?? a);
      return moved[k % moved.length]?.() ?? a;
    }
    case 6:
      return writer.map(sub(unary('gelu', argument(0)), unary('relu', argument(1))), [a, b]);
    default:
  }
  return writer.map(unary('tanh', argument(0)), [a]);
}

/** Ways to move the entries of a value along `time`, or along `joint`, which is `tap` × `time` and `time` + `time`. */
function rearrangements(writer: Writer, a: Value): readonly (() => Value)[] {
  const has = (axis: Axis): boolean => a.type.axes.includes(axis);
  const times = ['time', "time'"];
  const pairs = (time: Axis): readonly Axis[][] => [
    ['tap', time],
    [time, 'tap'],
  ];
  const starts = [0, 2, 'time'];
  if (has('joint')) {
    return times
      .filter((time) => !has(time))
      .flatMap((time) => [
        ...starts.map((after) => () => writer.select(a, 'joint', time, after)),
        ...(has('tap') ? [] : pairs(time).map((axes) => () => writer.split(a, 'joint', axes))),
      ]);
  }
  const other = (): Value => writer.map(unary('sin', argument(0)), [a]);
  return times
    .filter(has)
    .flatMap((time) => [
      ...starts.map((after) => () => writer.pad(a, time, 'joint', after)),
      ...pairs(time).map((axes) => () => writer.merge(has('tap') ? a : writer.broadcast(a, ['tap']), axes, 'joint')),
      () => writer.concat([a, other()], [time, time], 'joint'),
      () => writer.concat([other(), a], [time, time], 'joint'),
    ]);
}
