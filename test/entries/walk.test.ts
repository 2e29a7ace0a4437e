import { describe, expect, it, test } from 'vitest';
import { type Entries, type EntryAlgebra, type Reading, splitAxes, walk } from '../../src/entries/index.ts';
import { at, drawInitial } from '../../src/numeric/index.ts';
import {
  type Axis,
  bind,
  indexTensor,
  type Node,
  parseProgram,
  spaceOf,
  type Tensors,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { messageOf } from '../program/support.ts';

/** A value of any reading of the tests. */
interface Value<E> extends Entries<E> {
  readonly widths: readonly Axis[];
}

/** Walks a program whose own instructions are inputs alone; gives all its values by name. */
function walked<E>(
  text: string,
  algebra: EntryAlgebra<E>,
  input: (node: Node, places: number) => readonly E[],
  sizes: Readonly<Record<string, number>> = {},
): ReadonlyMap<string, Value<E>> {
  const program = parseProgram(text);
  const bound = bind(program, { n: 1, ...sizes });
  const kinds = new Map(program.spaces.map(({ name, kind }) => [name, kind]));
  const values = new Map<string, Value<E>>();
  const value = (ref: string): Value<E> => values.get(ref) ?? expect.fail(`no value ${ref}`);
  const count = (axis: Axis): number => bound[spaceOf(axis)] ?? Number.NaN;
  const isWidth = (axis: Axis): boolean => kinds.get(spaceOf(axis)) === 'width';
  const fed = (_: unknown, node: Node): Value<E> => {
    const { axes, shape, widths } = splitAxes(node, { isWidth, count });
    const places = shape.reduce((product, size) => product * size, 1);
    return { axes, shape, widths, data: input(node, places) };
  };
  const none = (): never => expect.fail('not walked');
  const reading: Reading<Value<E>, E> = {
    ...{ algebra, value, count, isWidth },
    own: { input: fed, parameter: fed, map: none, contract: none, call: none },
    widthsOf: ({ widths }) => widths,
    made: (data, { axes, shape }, widths) => ({ axes, shape, data, widths }),
    overWidth: (by, operand, axis) => ({
      ...operand,
      widths: operand.widths.filter((own) => own !== axis),
      data: Array.from(operand.data, (entry) => algebra.renamed(entry, [[axis, by]])),
    }),
  };
  for (const node of program.nodes) values.set(node.name, walk(node, reading));
  return values;
}

/** Entries as text, so that what is done to them, and in which order, can be read. */
const text: EntryAlgebra<string> = {
  number: String,
  position: Number,
  zero: (widths) => `0 on ${widths.join(', ')}`,
  sum: (entries, weight) => `${weight} (${entries.join(' + ')})`,
  largest: (entries, widths) => `max(${entries.join(', ')}) on ${widths.join(', ')}`,
  repeated: (entry, from, to) => `${entry} from ${from.join(', ')} to ${to.join(', ')}`,
  renamed: (entry, axes) => `${entry} with ${axes.map((pair) => pair.join(' for ')).join(', ')}`,
};

const named = ({ name }: Node, places: number): string[] =>
  Array.from({ length: places }, (_, p) => (name === 'index' ? String(p % 2) : `${name}${p}`));

/** The entries of one value of a program in which entries are text. */
function entriesOf(declared: string, formula: string): readonly string[] {
  const inputs = `fixed a = 2, b = 3, place = 2, tap = 2, six = 6\nwidth n\n${declared}\n`;
  return Array.from(walked(`${inputs}${formula}\noutput y`, text, named).get('y')?.data ?? []);
}

const X = 'initial x[b, n] ~ normal(1)';

describe('entries', () => {
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['are repeated along fixed axes as they are', X, 'y = x along [a]', ['x0', 'x1', 'x2', 'x0', 'x1', 'x2']],
    [
      'are repeated along widths by the algebra',
      'initial x[a, n] ~ normal(1)',
      "y = x along [n']",
      ["x0 from n to n', n", "x1 from n to n', n"],
    ],
    ['are added up in the order of places', X, 'y = sum[b](x)', ['1 (x0 + x1 + x2)']],
    ['have means', 'initial x[a, n] ~ normal(1)', 'y = mean[a](x)', ['0.5 (x0 + x1)']],
    ['have maxima', X, 'y = max[b](x)', ['max(x0, x1, x2) on n']],
    [
      'go over a width by the rule of the reading, after what is fixed',
      'initial x[a, n] ~ normal(1)',
      'y = sum[a, n](x)',
      ['1 (x0 + x1) with n for sum'],
    ],
    ['are picked', `${X}\ndata index[place] of b`, 'y = x[b = index]', ['x0', 'x1']],
    [
      'are added up where indices point',
      `${X}\ndata index[b] of place`,
      'y[place, n] = scatter[place = index; b](x)',
      ['1 (x0 + x2)', '1 (x1)'],
    ],
    ['are read through windows', X, 'y = window[b -> place, tap; stride 2, pad 1](x)', ['0 on n', 'x0', 'x1', 'x2']],
    [
      'are added up where windows overlap',
      'initial x[place, tap, n] ~ normal(1)',
      'y = overlap[place, tap -> b](x)',
      ['1 (x0)', '1 (x1 + x2)', '1 (x3)'],
    ],
    [
      'are split, the first axis the slowest',
      'initial x[six, n] ~ normal(1)',
      'y = split[six -> b, a](x)',
      ['x0', 'x1', 'x2', 'x3', 'x4', 'x5'],
    ],
    [
      'are merged in the order that is said',
      'initial x[a, b, n] ~ normal(1)',
      'y = merge[b, a -> six](x)',
      ['x0', 'x3', 'x1', 'x4', 'x2', 'x5'],
    ],
    ['are selected', X, 'y = select[b -> a; after 1](x)', ['x1', 'x2']],
    [
      'are padded by zeros of the algebra',
      'initial x[a, n] ~ normal(1)',
      'y = pad[a -> six; after b](x)',
      ['0 on n', '0 on n', '0 on n', 'x0', 'x1', '0 on n'],
    ],
    [
      'are renamed',
      'initial x[a, n] ~ normal(1)',
      "y = x[a', n']",
      ["x0 with a for a', n for n'", "x1 with a for a', n for n'"],
    ],
    ['are constants', '', 'y[a] = (0.5, -2)', ['0.5', '-2']],
  ];

  it.each(cases)('%s', (_, declared, formula, expected) => {
    expect(entriesOf(declared, formula)).toEqual(expected);
  });

  it('share one zero where nothing is', () => {
    let zeros = 0;
    const counting: EntryAlgebra<string> = { ...text, zero: () => `zero ${zeros++}` };
    const program = `fixed b = 1, place = 2, tap = 2\nwidth n\n${X}\ny = window[b -> place, tap; pad 1](x)\noutput y`;
    expect(Array.from(walked(program, counting, named).get('y')?.data ?? [])).toEqual(['zero 0', 'x0', 'x0', 'zero 0']);
  });
});

const numbers: EntryAlgebra<number> = {
  number: (value) => value,
  position: (entry) => entry,
  zero: () => 0,
  sum: (entries, weight) => weight * entries.reduce((sum, x) => sum + x, 0),
  largest: (entries) => Math.max(...entries),
  repeated: (entry) => entry,
  renamed: (entry) => entry,
};

test('numbers as entries give what the oracle gives', () => {
  const source = `
    fixed a = 2, b = 3, time = 5, place = 3, tap = 3, six = 6
    initial x[time, a] ~ normal(1)
    initial z[b, a] ~ normal(1)
    data index[time, place] of b
    picked = z[b = index]
    scattered[b, a] = scatter[b = index; time, place](picked)
    s = window[time -> place, tap; stride 2, pad 1](x)
    most = max[tap, a](s)
    back = overlap[place, tap -> time; stride 2, pad 1](s)
    moved = back[time']
    both = z along [time]
    pieces = split[six -> b, a](merge[a, b -> six](z))
    ends = pad[place -> time; after a](select[time -> place; after 1](x))
    output p = sum[time](picked)
    output q = mean[a, b](scattered)
    output most
    output moved
    output both
    output pieces
    output ends`;
  const program = parseProgram(source);
  const index = indexTensor(['time', 'place'], [5, 3], [0, 2, 1, 1, 1, 0, 2, 0, 0, 2, 2, 1, 0, 1, 2]);
  const feeds: Tensors = { ...drawInitial(program, {}, 4), index };
  const expected = interpret(program, feeds, {});
  const found = walked(source, numbers, ({ name }) => Array.from(feeds[name]?.data ?? expect.fail(`no feed ${name}`)));
  for (const { name, value: ref } of program.outputs) {
    const value = found.get(ref);
    expect(value?.axes).toEqual(expected[name]?.axes);
    const data = Array.from(value?.data ?? []);
    expect(data.length).toBe(expected[name]?.data.length);
    data.forEach((number, p) => {
      // A dozen additions of numbers of order 1, in another order.
      expect(Math.abs(number - at(expected[name]?.data ?? [], p))).toBeLessThan(1e-14);
    });
  }
});

test('a concatenation has to be written out, whose operands may have powers of the width of their own', () => {
  const program = 'fixed a = 2, b = 4\ninitial x[a] ~ normal(1)\ny = concat[a, a -> b](x, x)\noutput y';
  const run = () => walked(program, numbers, () => [1, 2]);
  expect(messageOf(run)).toContain('The concatenation "y" was not written out before its program was read.');
});

test('an index beyond its axis is refused', () => {
  const program = 'fixed b = 3, time = 2\ninitial z[b] ~ normal(1)\ndata index[time] of b\ny = z[b = index]\noutput y';
  const run = () => walked(program, numbers, ({ name }) => (name === 'index' ? [1, 3] : [1, 2, 3]));
  expect(messageOf(run)).toBe('"y" reads place 3 of axis b, which has 0 to 2.');
});
