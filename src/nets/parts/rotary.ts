/**
 * Rotary positions (Su et al. 2021): the first `2 pairs` coordinates of a head are pairs (x_j, x_{j + pairs}), and the pair j of
 * the token at position t is turned by the angle t · frequency_j. What a query and a key make of each other then depends on
 * how far apart they are.
 */

import { required } from '../../errors/index.ts';
import { type Axis, add, argument, mul, sub, unary, type Value } from '../../program/index.ts';
import type { NetWriter } from '../netWriter.ts';

export interface Rotary {
  /** Radians per position, one for each pair of coordinates; the coordinates of a head beyond the pairs stay as they are. */
  readonly frequencies: readonly number[];
  /** What the turned coordinates are multiplied by, where it is not 1. */
  readonly factor?: number;
}

/** Turns values on [time, …, key], by numbers on [time] that count tokens. */
export function rotation(net: NetWriter, { frequencies, factor = 1 }: Rotary, places: Value): (x: Value) => Value {
  const { writer } = net;
  const coordinates = required(sizeOf(net, 'key'), 'number of coordinates of a head');
  const pairs = frequencies.length;
  const left = coordinates - 2 * pairs;
  writer.space({ name: 'pair', kind: 'fixed', size: pairs });
  if (left > 0) writer.space({ name: 'unturned', kind: 'fixed', size: left });
  const speeds = writer.write({ op: 'constant', type: { kind: 'real', axes: ['pair'] }, values: frequencies });
  const angles = writer.contract(places, speeds, []);
  const [cosine, sine] = (['cos', 'sin'] as const).map((name) => {
    const plain = unary(name, argument(0));
    return writer.map(factor === 1 ? plain : mul(factor, plain), [angles]);
  });
  const [x, y, c, s] = [argument(0), argument(1), argument(2), argument(3)];
  return (value) => {
    const [first, second] = [0, pairs].map((after) => writer.select(value, 'key', 'pair', after));
    const turned = [sub(mul(x, c), mul(y, s)), add(mul(y, c), mul(x, s))].map((expr) =>
      writer.map(expr, [first, second, cosine, sine]),
    );
    const [parts, axes]: [Value[], Axis[]] = [turned, ['pair', 'pair']];
    if (left > 0) {
      parts.push(writer.select(value, 'key', 'unturned', 2 * pairs));
      axes.push('unturned');
    }
    return writer.concat(parts, axes, 'key');
  };
}

function sizeOf({ writer }: NetWriter, space: string): number | undefined {
  const size = writer.spaceNamed(space)?.size;
  return typeof size === 'number' ? size : undefined;
}
