/** Gathers pushed towards the inputs: the same values, and only one place of what is read at one place. */

import { describe, expect, test } from 'vitest';
import {
  build,
  fixed,
  mul,
  nodeOf,
  nodesOf,
  type Program,
  pushGathers,
  simplify,
  unary,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { expectClose, feedsFor, REORDERED } from './support.ts';

const start = () => build('net', { batch: fixed(3), time: fixed(4), n: fixed(5), m: fixed(2) });
const sizes = {};

function expectSame(program: Program): Program {
  const pushed = pushGathers(program);
  const feeds = feedsFor(program, sizes, 7);
  const [before, after] = [interpret(program, feeds, sizes), interpret(pushed, feeds, sizes)];
  for (const { name } of program.outputs) {
    expectClose(after[name]?.data ?? [], before[name]?.data ?? [], REORDERED, name);
  }
  return pushed;
}

/** Names of values that still have a place for every time. */
const everywhere = (program: Program): string[] =>
  program.nodes
    .filter(({ type, instruction }) => type.axes.includes('time') && instruction.op !== 'input')
    .map(({ name }) => name);

describe('a value read at one place', () => {
  test('is computed there only: maps, contractions, normalizations and sums over other axes', () => {
    const b = start();
    const x = b.input('x', ['batch', 'time', 'n']);
    const shift = b.input('shift', ['time', 'n']);
    const h = b.contract(b.add(x, [shift]), b.parameter('w', ['m', 'n']), ['n']);
    const y = b.call('normalize', h, ['m'], { epsilon: 1e-3 });
    const z = b.contract(
      b.map([y], (u) => unary('tanh', u)),
      b.parameter('g', ['m']),
      [],
    );
    b.output('f', b.gather(b.sum(z, ['m']), b.index('place', 'time', ['batch']), 'time'));
    const pushed = expectSame(b.finish());
    expect(everywhere(pushed)).toEqual([]);
    expect(nodesOf(pushed, 'gather').map(({ instruction }) => instruction.table)).toEqual(['x', 'shift']);
  });

  test('an index that is the same for all examples', () => {
    const b = start();
    const x = b.map([b.input('x', ['batch', 'time', 'n'])], (u) => unary('exp', u));
    b.output('f', b.gather(x, b.constantIndex('time', 0), 'time'));
    expect(everywhere(expectSame(b.finish()))).toEqual([]);
  });

  test('attention keeps keys and values, and one query', () => {
    const b = start();
    const x = b.input('x', ['batch', 'time', 'n']);
    const query = b.contract(x, b.parameter('q', ['m', 'n']), ['n'], 'query');
    const key = b.rename(b.contract(x, b.parameter('k', ['m', 'n']), ['n'], 'key'), 'time', "time'");
    const weights = b.call('softmax', b.contract(query, key, ['m'], 'scores'), ["time'"], {}, 'weights');
    const mixed = b.contract(weights, b.rename(x, 'time', "time'"), ["time'"], 'mixed');
    const out = b.add<'batch' | 'time' | 'n'>(mixed, [x], 'residual');
    b.output('f', b.gather(out, b.index('place', 'time', ['batch']), 'time'));
    const pushed = expectSame(b.finish());
    expect(everywhere(pushed)).toEqual(['key']);
    for (const name of ['query', 'scores', 'weights', 'mixed', 'residual']) {
      expect(nodeOf(pushed, name).type.axes).not.toContain('time');
    }
  });
});

describe('a value that is needed whole', () => {
  test('because something else reads it', () => {
    const b = start();
    const h = b.map([b.input('x', ['batch', 'time', 'n'])], (u) => mul(u, u), 'h');
    b.output(
      'f',
      b.gather(
        b.map([h], (u) => unary('tanh', u)),
        b.index('place', 'time', ['batch']),
        'time',
      ),
    );
    b.output('total', b.sum(h, ['time', 'n']));
    expect(everywhere(expectSame(b.finish()))).toEqual(['h']);
  });

  test('because two places of it are read', () => {
    const b = start();
    const h = b.map([b.input('x', ['batch', 'time', 'n'])], (u) => mul(u, u), 'h');
    b.output('f', b.gather(h, b.index('first', 'time', ['batch']), 'time'));
    b.output('g', b.gather(h, b.index('second', 'time', ['batch']), 'time'));
    expect(everywhere(expectSame(b.finish()))).toEqual(['h']);
  });

  test('because it mixes places, or examples that the index tells apart', () => {
    const b = start();
    const x = b.input('x', ['batch', 'time', 'n']);
    const mixed = b.call('softmax', x, ['time'], {}, 'mixed');
    b.output('f', b.gather(mixed, b.index('place', 'time', ['batch']), 'time'));
    const y = b.input('y', ['batch', 'time']);
    b.output('g', b.gather(b.sum(y, ['batch'], 'summed'), b.index('at', 'time', ['batch']), 'time'));
    expect(everywhere(expectSame(b.finish()))).toEqual(['mixed', 'summed']);
  });
});

test('a program without gathers is handed back as it is', () => {
  const b = start();
  b.output(
    'f',
    b.map([b.input('x', ['n'])], (u) => unary('tanh', u)),
  );
  const program = simplify(b.finish());
  expect(pushGathers(program)).toBe(program);
});
