/** A program cut in two at an input: one part after the other is the whole. */

import { describe, expect, test } from 'vitest';
import {
  add,
  build,
  denseGradients,
  fixed,
  mul,
  nodesOf,
  type Program,
  reverse,
  splitAt,
  unary,
  width,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { expectClose, feedsFor, REORDERED } from './support.ts';

const sizes = { n: 5 };
const inputs = (program: Program): string[] => nodesOf(program, 'input').map(({ name }) => name);

/** A two-layer network with its gradients, whose backward pass starts at the input `d.f`. */
function network(): Program {
  const b = build('net', { batch: fixed(3), n: width(), m: fixed(4) });
  const x = b.input('x', ['batch', 'm']);
  const h = b.contract(x, b.parameter('w', ['n', 'm']), ['m'], 'h');
  const y = b.map([h], (u) => unary('tanh', u), 'y');
  const z = b.contract(y, b.parameter('v', ['n', "n'"]), ['n'], 'z');
  b.output(
    'f',
    b.mean(
      b.map([z], (u) => mul(u, u)),
      ["n'"],
    ),
  );
  return denseGradients(reverse(b.finish(), { output: 'f', seed: ['batch'], inputs: ['x'] }));
}

function expectWhole(program: Program, input: string): void {
  const { before, after, kept } = splitAt(program, input);
  const feeds = feedsFor(program, sizes, 4);
  const whole = interpret(program, feeds, sizes);
  const first = interpret(before, feeds, sizes);
  const second = interpret(after, { ...feeds, ...first }, sizes);
  for (const { name } of program.outputs) {
    expectClose((first[name] ?? second[name])?.data ?? [], whole[name]?.data ?? [], REORDERED, name);
  }
  expect(inputs(before)).not.toContain(input);
  expect(inputs(after)).toEqual(expect.arrayContaining([...kept]));
}

describe('cut at the seed of its backward pass', () => {
  const program = network();

  test('a network is its forward pass, then its gradients', () => expectWhole(program, 'd.f'));

  test('the forward part hands out its own outputs and what the gradients read', () => {
    const { before, after } = splitAt(program, 'd.f');
    expect(before.outputs.map(({ name }) => name)).toContain('f');
    expect(after.outputs.map(({ name }) => name).sort()).toEqual(['d.x', 'g.v', 'g.w']);
    // The gradient of the first layer reads the data themselves: given values are not handed over.
    expect(before.outputs.map(({ name }) => name)).not.toContain('x');
    expect(inputs(after)).toContain('x');
  });
});

describe('cut at any input', () => {
  const b = build('sums', { n: width() });
  const [x, y] = [b.input('x', ['n']), b.input('y', ['n'])];
  b.output(
    'early',
    b.map([y], (u) => unary('exp', u), 'e'),
  );
  b.output(
    'late',
    b.map([x, b.map([y], (u) => mul(u, u))], (u, v) => add(u, v)),
  );
  const program = b.finish();

  test.each(['x', 'y'])('%s', (input) => expectWhole(program, input));

  test('both at once leave nothing for the first part', () => {
    const { before, after } = splitAt(program, 'x', 'y');
    expect([before, after].map(({ outputs }) => outputs.map(({ name }) => name))).toEqual([[], ['early', 'late']]);
  });

  test('an input that nothing reads leaves everything in the first part', () => {
    const { before, after, kept } = splitAt(program, 'none');
    expect([before.outputs.length, after.outputs.length, kept.length]).toEqual([2, 0, 0]);
  });
});
