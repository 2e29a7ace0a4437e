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
export const steps = fc.array(fc.tuple(fc.nat(11), fc.nat(99), fc.nat(99), fc.nat(99)), {
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
    case 10: {
      const axis = a.type.axes.find((own) => own === 'time' || own === 'joint');
      if (axis === undefined) break;
      return rearranged(writer, a, axis, k);
    }
    case 6:
      return writer.map(sub(unary('gelu', argument(0)), unary('relu', argument(1))), [a, b]);
    default:
  }
  return writer.map(unary('tanh', argument(0)), [a]);
}

/** Entries moved along `time`, or along `joint`, which is `tap` × `time` and `time` + `time`. */
function rearranged(writer: Writer, a: Value, axis: Axis, k: number): Value {
  const has = (...axes: Axis[]): boolean => axes.some((own) => a.type.axes.includes(own));
  if (axis === 'joint') {
    if (has('time')) return a;
    if (k % 2 === 0) return writer.select(a, 'joint', 'time', k % 4);
    return has('tap') ? a : writer.split(a, 'joint', k % 3 === 0 ? ['time', 'tap'] : ['tap', 'time']);
  }
  if (has('joint')) return a;
  if (k % 3 === 0) return writer.pad(a, 'time', 'joint', k % 4);
  if (k % 3 === 1 && has('tap')) return writer.merge(a, k % 2 === 0 ? ['time', 'tap'] : ['tap', 'time'], 'joint');
  const other = writer.map(unary('sin', argument(0)), [a]);
  return writer.concat(k % 2 === 0 ? [a, other] : [other, a], ['time', 'time'], 'joint');
}
