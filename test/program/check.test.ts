/** The checker: everything wrong with a program at once. */

import { describe, expect, test } from 'vitest';
import {
  argument,
  build,
  checked,
  filled,
  fixed,
  gaussian,
  type Law,
  mul,
  type Node,
  type Program,
  problemsOf,
  reverse,
  type SizePower,
  sizePower,
  type ValueType,
  width,
} from '../../src/program/index.ts';
import { messageOf } from './support.ts';

const real = (...axes: string[]): ValueType => ({ kind: 'real', axes });

function network(): Program {
  const b = build('net', { batch: fixed(), in: fixed(3), n: width(), vocab: fixed(5) });
  const x = b.input('x', ['batch', 'in']);
  const token = b.index('token', 'vocab', ['batch']);
  const table = b.parameter('table', ['vocab', 'n']);
  const w = b.parameter('w', ['n', 'in']);
  const h = b.map([b.contract(x, w, ['in'], 'z'), b.gather(table, token, 'vocab', 'e')], (z, e) => mul(z, e), 'h');
  b.output('f', b.mean(h, ['n']));
  return b.finish();
}

/** The program with one line replaced. */
function broken(name: string, change: Partial<Node>): Program {
  const program = network();
  return { ...program, nodes: program.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)) };
}

test('a well-formed program has no problems and is returned as it is', () => {
  const program = network();
  expect(problemsOf(program)).toEqual([]);
  expect(checked(program)).toBe(program);
});

test('a program survives JSON', () => {
  const forward = network();
  for (const program of [forward, reverse(forward, { output: 'f', seed: ['batch'] }).program]) {
    const copy = JSON.parse(JSON.stringify(program)) as Program;
    expect(copy).toEqual(program);
    expect(problemsOf(copy)).toEqual([]);
  }
});

test('all mismatches at once', () => {
  const program: Program = {
    name: 'wrecked',
    spaces: [
      { name: 'in', kind: 'fixed', size: 3 },
      { name: 'in', kind: 'fixed', size: 4 },
      { name: "n'", kind: 'width', size: { symbol: 'n', ratio: 1 } },
      { name: 'm', kind: 'width', size: { symbol: 'n', ratio: 0 } },
      { name: 'batch', kind: 'fixed', size: { symbol: 'batch', ratio: 1 } },
    ],
    nodes: [
      { name: 'x', type: real('batch', 'in'), instruction: { op: 'input', role: 'data', type: real('batch', 'in') } },
      { name: 'y', type: real('time'), instruction: { op: 'input', role: 'data', type: real('time') } },
      {
        name: 'w',
        type: real('in'),
        instruction: { op: 'parameter', axes: ['in'], law: { kind: 'constant', value: 0 } },
      },
      { name: 'a', type: real('batch', 'in'), instruction: { op: 'map', expr: argument(0), args: ['b'] } },
      { name: 'b', type: real('batch', 'in'), instruction: { op: 'map', expr: argument(2), args: ['x', 'w'] } },
      { name: 'c', type: real('in'), instruction: { op: 'reduce', by: 'sum', arg: 'x', over: ['in'] } },
      { name: 'd', type: real(), instruction: { op: 'contract', args: ['x', 'w'], over: ['in', 'batch'] } },
      { name: 'x', type: real(), instruction: { op: 'constant', type: real(), values: [1] } },
    ],
    outputs: [
      { name: 'f', value: 'c', role: 'data' },
      { name: 'f', value: 'nowhere', role: 'data' },
    ],
  };
  expect(messageOf(() => checked(program))).toBe(
    [
      'program "wrecked": 12 mismatches',
      '  space in: declared twice',
      "  space n': a space has no prime; its copies do",
      '  space m: size 0, expected a positive number',
      '  input "y": axis time runs over no declared space',
      '  map "a": reads "b", which no line above defines',
      '  map "b": parameter "w" may be used only by contract or gather; contract it with a constant 1 to use it as it is',
      '  map "b": the expression reads operand 3 of 2',
      '  reduce "c": has axes [batch], recorded as [in]',
      '  contract "d": "w"[in] has no axis batch',
      '  constant "x": a value of that name exists already',
      '  output "f": named twice',
      '  output "f": no value "nowhere"',
    ].join('\n'),
  );
});

describe('parameters may be used only by contract and gather', () => {
  test.each<[string, Node['instruction']]>([
    ['map', { op: 'map', expr: argument(0), args: ['w'] }],
    ['reduce', { op: 'reduce', by: 'sum', arg: 'w', over: [] }],
    ['broadcast', { op: 'broadcast', arg: 'w', along: [] }],
    ['rename', { op: 'rename', arg: 'w', axes: [] }],
    ['scatter', { op: 'scatter', values: 'w', index: 'token', into: 'vocab', over: [] }],
    ['window', { op: 'window', arg: 'w', ...filled({ axis: 'in', position: 'in', offset: 'batch' }) }],
    ['overlap', { op: 'overlap', arg: 'w', ...filled({ axis: 'in', position: 'in', offset: 'batch' }) }],
    ['split', { op: 'split', arg: 'w', axis: 'in', into: ['in', 'batch'] }],
    ['merge', { op: 'merge', arg: 'w', axes: ['in', 'n'], into: 'batch' }],
    ['concat', { op: 'concat', args: ['w', 'w'], axes: ['in', 'in'], into: 'batch' }],
    ['select', { op: 'select', arg: 'w', axis: 'in', into: 'batch', after: { entries: 0, spaces: [] } }],
    ['pad', { op: 'pad', arg: 'w', axis: 'in', into: 'batch', after: { entries: 0, spaces: [] } }],
    ['call', { op: 'call', name: 'softmax', args: ['w'], over: ['n'], attributes: {} }],
  ])('%s', (op, instruction) => {
    expect(problemsOf(broken('z', { instruction, type: real('n', 'in') }))).toContainEqual({
      where: `${op} "z"`,
      problem: 'parameter "w" may be used only by contract or gather; contract it with a constant 1 to use it as it is',
    });
  });
});

describe('single lines', () => {
  test.each<[string, Partial<Node>, string]>([
    [
      'e',
      { instruction: { op: 'gather', table: 'table', index: 'x', axis: 'vocab' } },
      '"x"[batch, in] is real, expected an index into vocab',
    ],
    ['e', { instruction: { op: 'gather', table: 'w', index: 'token', axis: 'vocab' } }, '"w"[n, in] has no axis vocab'],
    [
      'h',
      { instruction: { op: 'map', expr: mul(sizePower('depth', -1), argument(0)), args: ['z'] } },
      'the expression reads the size of depth, no declared space',
    ],
    [
      'z',
      { instruction: { op: 'call', name: 'softmax', args: ['x', 'x'], over: ['in'], attributes: {} } },
      'softmax takes 1 operand, given 2',
    ],
    [
      'z',
      { instruction: { op: 'concat', args: ['x', 'x', 'x'], axes: ['in', 'in'], into: 'vocab' } },
      '2 axes for 3 values to join',
    ],
    [
      'x',
      { instruction: { op: 'constant', type: { kind: 'index', of: 'nowhere', axes: [] }, values: [0] } },
      'index into nowhere, which is no declared space',
    ],
    ['z', { type: real('n', 'batch', 'in') }, 'has axes [batch, n], recorded as [n, batch, in]'],
  ])('%s: %#', (name, change, problem) => {
    expect(problemsOf(broken(name, change)).map((found) => found.problem)).toContain(problem);
  });

  test('a law that reads the size of no declared space', () => {
    const law = gaussian(1, [{ space: 'm', exponent: -0.5 }]);
    const problem = 'the law reads the size of m, no declared space';
    const parameter = broken('w', { instruction: { op: 'parameter', axes: ['n', 'in'], law } });
    expect(problemsOf(parameter)).toEqual([{ where: 'parameter "w"', problem }]);
    const type = real('batch', 'in');
    const input = broken('x', { instruction: { op: 'input', role: 'data', type, law } });
    expect(problemsOf(input)).toEqual([{ where: 'input "x"', problem }]);
  });

  test('a power of a size that is no fraction in lowest terms', () => {
    const read = (exponent: string): unknown => JSON.parse(`{"space": "n", "exponent": ${exponent}}`);
    const end = 'expected a fraction in lowest terms, such as {"numerator": 1, "denominator": 2}';
    for (const given of ['-0.5', '{"numerator":2,"denominator":4}', '{"numerator":1,"denominator":0}', 'null']) {
      const power = read(given) as SizePower; // as a file of JSON would have it
      const problem = `the power of the size of n is ${given}, ${end}`;
      const law: Law = { kind: 'gaussian', scale: 1, powers: [power] };
      const parameter = broken('w', { instruction: { op: 'parameter', axes: ['n', 'in'], law } });
      expect(problemsOf(parameter)).toEqual([{ where: 'parameter "w"', problem }]);
      const map = broken('h', { instruction: { op: 'map', expr: { op: 'size', ...power }, args: ['z'] } });
      expect(problemsOf(map)[0]).toEqual({ where: 'map "h"', problem });
    }
  });

  test('the order of recorded axes is free', () => {
    expect(problemsOf(broken('z', { type: real('n', 'batch') }))).toEqual([]);
  });
});

describe('state', () => {
  const stepProgram = (...written: readonly (readonly [string, 'n' | 'm'])[]): Program => {
    const b = build('step', { n: fixed(2), m: fixed(2) });
    b.input('s', ['n'], 'state');
    b.input('t', ['n'], 'state');
    const [xn, xm] = [b.input('xn', ['n']), b.input('xm', ['m'])];
    for (const [name, space] of written) b.output(name, space === 'n' ? xn : xm, 'state');
    return b.finish();
  };

  test('pairs up by name', () => {
    expect(problemsOf(stepProgram(['s', 'n'], ['t', 'n']))).toEqual([]);
  });

  test('read but never written, changed in type, written but never read', () => {
    expect(messageOf(() => checked(stepProgram(['s', 'm'], ['r', 'n'])))).toBe(
      [
        'program "step": 3 mismatches',
        '  state "s": has axes [n] and becomes [m]',
        '  state "t": is read but never written; add an output of role state',
        '  state "r": is written but never read',
      ].join('\n'),
    );
  });

  test('a program that only writes state makes the initial one', () => {
    const b = build('start', { n: fixed(2) });
    b.output('s', b.constant([1, 2], ['n']), 'state');
    expect(problemsOf(b.finish())).toEqual([]);
  });
});
